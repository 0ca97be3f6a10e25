{# Grain: one row per landed lead, event key and day of what the CRM knows of the lead, sequences aside. #}
with

crm_event_keys as (

    select * from {{ ref('int_crm_event_keys') }}
    where follows_event_key is null

)

select
    lead_id,
    event_key,
    cast(occurred_at as date) as event_date,
    cast(count(*) as bigint) as event_count,
    cast(0 as decimal(18, 3)) as duration_seconds,
    min(occurred_at) as first_occurred_at

from crm_event_keys

group by
    lead_id,
    event_key,
    cast(occurred_at as date)
