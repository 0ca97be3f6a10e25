{# Grain: one row per landed lead and span of days on which a version of it holds. #}
{{ config(materialized='view') }}
with

spans as (

    select * from {{ ref('int_version_spans') }}
    where entity = 'leads'

)

select
    landed.*,
    spans.effective_updated_at,
    spans.record_created_at as lead_created_at,
    spans.is_deleted_then,
    spans.valid_from_date,
    spans.valid_until_date

from {{ ref('stg_raw__leads') }} as landed

inner join spans
    on landed.lead_id = spans.record_id
    and landed.landing_seq = spans.landing_seq
