{#
    Grain: one row per surviving lead and thing that may stand for a stage (seed lifecycle_stages: source
    and value), with its first and last time. What is without a time (a deal that is open, a refund) is none.
#}
{{ config(materialized='view') }}
{%- set milestones = [
    ('feedback', 'verdict', 'given_at', ref('stg_raw__lead_feedback')),
    ('opportunity', "'opened'", 'created_at', ref('int_opportunities')),
    ('opportunity', 'status', 'closed_at', ref('int_opportunities')),
    ('payment', "'made'", 'case when landed_amount > 0 then paid_at end', ref('int_payments')),
] %}
{#- What scoring sees counts at the lead's creation at the earliest; deals, payments, verdicts keep their dates. #}
{%- set reached_at -%}
    case
        when milestones.source in ('event_key', 'band', 'segment')
            then greatest(milestones.reached_at, identities.person_created_at)
        else milestones.reached_at
    end
{%- endset %}
with
milestones as (
    {%- for source, value, reached_at, table in milestones %}
        select
            lead_id,
            '{{ source }}' as source,
            {{ value }} as value,
            cast({{ reached_at }} as timestamp) as reached_at
        from {{ table }}

        union all
    {% endfor %}
    select lead_id, source, value, cast(reached_date as timestamp) as reached_at
    from {{ ref('int_score_milestones') }}

    union all

    select parts.lead_id, stages.event_type as source, stages.property_value as value, stages.occurred_at as reached_at
    from {{ ref('int_crm_events') }} as stages
    inner join {{ ref('int_opportunity_leads') }} as parts
        on stages.opportunity_id = parts.opportunity_id
        and parts.is_primary
        and stages.event_type = 'opportunity_stage'

    union all

    select
        event_days.lead_id, 'event_key' as source, event_days.event_key as value,
        event_days.first_occurred_at as reached_at
    from {{ ref('int_person_event_days') }} as event_days
    inner join {{ ref('int_clock') }} as clock
        on event_days.event_date <= clock.clock_date
    where event_days.event_key in (
            select stages.value from {{ ref('lifecycle_stages') }} as stages
            where stages.source = 'event_key'
        )
)

select
    identities.surviving_lead_id as lead_id,
    milestones.source, milestones.value,
    min({{ reached_at }}) as reached_at,
    max({{ reached_at }}) as last_reached_at
from milestones
inner join {{ ref('int_lead_identities') }} as identities
    on milestones.lead_id = identities.lead_id
cross join {{ ref('int_clock') }} as clock
where cast(milestones.reached_at as date) <= clock.facts_until_date
group by identities.surviving_lead_id, milestones.source, milestones.value
