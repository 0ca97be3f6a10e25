{# Grain: one row per account and span of days on which a version of it holds. #}
with

spans as (

    select * from {{ ref('int_version_spans') }}
    where entity = 'accounts'

)

select
    landed.*,
    spans.valid_from_date,
    spans.valid_until_date

from {{ ref('stg_raw__accounts') }} as landed

inner join spans
    on landed.account_id = spans.record_id
    and landed.landing_seq = spans.landing_seq
