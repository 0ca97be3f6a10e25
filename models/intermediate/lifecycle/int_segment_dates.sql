{#
    Grain: one row per lead and segment that stands for a stage: the first day of the history of a
    champion on which the lead was in it.
#}
with

observations as (

    select * from {{ ref('int_score_observations') }}
    where cause is not null

),

live_models as (

    select * from {{ ref('int_live_models') }}
    where role = 'champion'

),

segments as (

    select * from {{ ref('int_observation_segments') }}
    where value = 'yes'

),

stages as (

    select distinct value as segment
    from {{ ref('lifecycle_stages') }}
    where source = 'segment'

),

final as (

    select
        segments.lead_id,
        stages.segment,
        min(segments.score_date) as reached_date

    from segments

    inner join stages
        on segments.attribute = 'in_segment:' || stages.segment

    inner join observations
        on segments.lead_id = observations.lead_id
        and segments.score_date = observations.score_date

    inner join live_models
        on observations.score_model = live_models.score_model

    group by
        segments.lead_id,
        stages.segment

)

select * from final
