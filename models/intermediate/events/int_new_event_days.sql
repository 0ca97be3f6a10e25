{#
    Grain: one row per landed lead and day of which an event was landed, or landed anew, since the last
    build, with the last of those rows. None where all days are rolled up anew.
#}
{{ config(post_hook="{{ withdraw('int_rolled_up_leads') }}") }}
{%- set rolled_up = none if is_outdated('int_rolled_up_leads') else previous_build('int_rolled_up_leads') %}
with

new_events as (

    {# What is landed is no CTE: one that is read twice is kept in memory. #}
    select
        event_id,
        landing_seq
    from {{ ref('stg_raw__lead_events') }}
    {% if rolled_up is none -%}
        where false
    {%- else -%}
        where landing_seq > (select max(rolled_up.last_landing_seq) from {{ rolled_up }} as rolled_up)
    {%- endif %}

)

{# Also the day that an event was on before it was landed anew. #}
select
    landed.lead_id,
    cast(landed.occurred_at as date) as event_date,
    max(new_events.landing_seq) as last_landing_seq

from {{ ref('stg_raw__lead_events') }} as landed

inner join new_events
    on landed.event_id = new_events.event_id

group by
    landed.lead_id,
    cast(landed.occurred_at as date)
