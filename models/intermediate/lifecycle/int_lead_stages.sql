{#
    Grain: one row per surviving lead and stage it reached. Of the seed's rows for a stage the lowest
    priority number for which the lead has a milestone counts, among equals the earliest.
#}
{{ config(materialized='view') }}
with

lifecycle_stages as (

    select
        stage,
        source,
        value,
        cast(priority as integer) as priority

    from {{ ref('lifecycle_stages') }}

),

ranked as (

    select
        milestones.lead_id,
        lifecycle_stages.stage,
        milestones.reached_at,
        row_number() over (
            partition by milestones.lead_id, lifecycle_stages.stage
            order by lifecycle_stages.priority, milestones.reached_at
        ) as milestone_rank

    from {{ ref('int_lead_milestones') }} as milestones

    inner join lifecycle_stages
        on milestones.source = lifecycle_stages.source
        and milestones.value = lifecycle_stages.value

)

select
    lead_id,
    stage,
    reached_at

from ranked

where milestone_rank = 1
