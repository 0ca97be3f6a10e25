{# Grain: one row per account that is not deleted and span of days on which a version of it holds, the last of a day. #}
with
spans as (
    select
        versions.record_id, versions.landing_seq,
        versions.from_date as valid_from_date,
        lead(versions.from_date, 1, cast('9999-12-31' as date)) over (
            partition by versions.record_id order by versions.version_number
        ) as valid_until_date,
        last_value(versions.is_deleted) over (
            partition by versions.record_id order by versions.version_number
            rows between unbounded preceding and unbounded following
        ) as is_deleted_now
    from {{ ref('int_version_starts') }} as versions
    cross join {{ ref('int_clock') }} as clock
    where
        versions.entity = 'accounts'
        and versions.from_date <= clock.facts_until_date
)

select landed.*, spans.valid_from_date, spans.valid_until_date
from spans
inner join {{ ref('stg_raw__accounts') }} as landed
    on spans.record_id = landed.account_id
    and spans.landing_seq = landed.landing_seq
where
    spans.valid_from_date < spans.valid_until_date
    and not spans.is_deleted_now
