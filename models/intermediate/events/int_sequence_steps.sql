{#
    Grain: one row per event, landed or of the CRM, key of a sequence that it comes under if an event of the key
    that it must follow came before, and any_engagement if the sequence is one.
#}
{{ config(materialized='view') }}
with

steps as (

    select
        lead_id,
        event_id,
        event_date,
        occurred_at,
        duration_seconds,
        event_key,
        is_engagement,
        follows_event_key,
        within_days
    from {{ ref('int_event_steps') }}

    union all

    select
        lead_id,
        event_id,
        cast(occurred_at as date) as event_date,
        occurred_at,
        cast(null as decimal(18, 3)) as duration_seconds,
        event_key,
        is_engagement,
        follows_event_key,
        within_days
    from {{ ref('int_crm_event_keys') }}
    where follows_event_key is not null

)

select
    lead_id,
    event_id,
    event_date,
    occurred_at,
    duration_seconds,
    event_key,
    follows_event_key,
    within_days
from steps

union all

select
    lead_id,
    event_id,
    event_date,
    occurred_at,
    duration_seconds,
    'any_engagement' as event_key,
    follows_event_key,
    within_days
from steps
where is_engagement
