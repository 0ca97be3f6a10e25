{#
    Grain: one row per landed lead of events, with the last row landed that its events were rolled up
    from. Built after all that is rolled up, so that a build that was killed is made up for by the next.
#}
{{ config(
    materialized='incremental',
    meta={'kept_with': 'int_rolled_up_leads', 'due_in': 'int_new_event_days', 'due_by': ['lead_id']}
) }}
-- depends_on: {{ ref('int_lead_event_days') }}
-- depends_on: {{ ref('int_event_steps') }}
-- depends_on: {{ ref('int_event_bursts') }}
-- depends_on: {{ ref('int_kpi_event_times') }}
-- depends_on: {{ ref('int_new_event_days') }}
with

landed as (

    {% if is_incremental() -%}
        select
            lead_id,
            last_landing_seq
        from {{ ref('int_new_event_days') }}
    {%- else -%}
        select
            lead_id,
            landing_seq as last_landing_seq
        from {{ ref('stg_raw__lead_events') }}
    {%- endif %}

)

select
    lead_id,
    max(last_landing_seq) as last_landing_seq,
    '{{ definition_hash('int_rolled_up_leads') if execute }}' as definition_hash

from landed

group by lead_id
