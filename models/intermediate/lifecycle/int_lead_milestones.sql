{#
    Grain: one row per surviving lead and thing that may stand for a stage (seed lifecycle_stages: source
    and value), with its first time.
#}
{{ config(materialized='view') }}
with

feedback as (

    select * from {{ ref('int_current_feedback') }}

),

milestones as (

    select
        first_events.lead_id,
        'event_key' as source,
        first_events.event_key as value,
        greatest(first_events.first_occurred_at, identities.person_created_at) as reached_at

    from {{ ref('int_first_event_times') }} as first_events

    inner join {{ ref('int_lead_identities') }} as identities
        on first_events.lead_id = identities.lead_id

    union all

    select
        band_dates.lead_id,
        'band' as source,
        band_dates.band as value,
        greatest(cast(band_dates.reached_date as timestamp), identities.person_created_at)
            as reached_at

    from {{ ref('int_band_dates') }} as band_dates

    inner join {{ ref('int_champions') }} as champions
        on band_dates.score_model = champions.score_model
        and band_dates.reached_date < champions.live_until_date

    inner join {{ ref('int_lead_identities') }} as identities
        on band_dates.lead_id = identities.lead_id

    union all

    select
        segment_dates.lead_id,
        'segment' as source,
        segment_dates.segment as value,
        greatest(cast(segment_dates.reached_date as timestamp), identities.person_created_at)
            as reached_at

    from {{ ref('int_segment_dates') }} as segment_dates

    inner join {{ ref('int_lead_identities') }} as identities
        on segment_dates.lead_id = identities.lead_id

    union all

    select
        identities.surviving_lead_id as lead_id,
        'feedback' as source,
        feedback.verdict as value,
        feedback.given_at as reached_at

    from feedback

    inner join {{ ref('int_lead_identities') }} as identities
        on feedback.lead_id = identities.lead_id

    union all

    select
        opportunities.lead_id,
        'opportunity_stage' as source,
        opportunity_stages.stage as value,
        opportunity_stages.entered_at as reached_at

    from {{ ref('stg_raw__opportunity_stages') }} as opportunity_stages

    inner join {{ ref('int_opportunities') }} as opportunities
        on opportunity_stages.opportunity_id = opportunities.opportunity_id

    union all

    select
        lead_id,
        'opportunity' as source,
        'opened' as value,
        created_at as reached_at

    from {{ ref('int_opportunities') }}

    union all

    select
        lead_id,
        'opportunity' as source,
        status as value,
        closed_at as reached_at

    from {{ ref('int_opportunities') }}

    where status <> 'open'

    union all

    select
        lead_id,
        'payment' as source,
        'made' as value,
        paid_at as reached_at

    from {{ ref('int_payments') }}

    where landed_amount > 0

)

select
    milestones.lead_id,
    milestones.source,
    milestones.value,
    min(milestones.reached_at) as reached_at

from milestones

cross join {{ ref('int_clock') }} as clock

where cast(milestones.reached_at as date) <= clock.facts_until_date

group by
    milestones.lead_id,
    milestones.source,
    milestones.value
