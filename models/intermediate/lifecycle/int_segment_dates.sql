{#
    Grain: one row per lead, segment that stands for a stage, champion, and build that found the lead in it
    first: the day of the champion's history. It grows from build to build, as int_past_scores does.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    meta={'kept_with': 'int_scored_models'},
    pre_hook="{{ forget(ref('int_due_leads'), ['lead_id', 'score_model'], since=['reached_date', 'history_from_date']) }}"
) }}
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
        observations.score_model,
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
        observations.score_model,
        stages.segment

)

select * from final
