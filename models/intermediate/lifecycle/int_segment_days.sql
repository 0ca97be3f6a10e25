{#
    Grain: one row per lead, live model, segment that stands for a stage, and day of the model's history
    on which the lead was in it. It grows from build to build, as int_current_scores does.
#}
{{ config(
    materialized='incremental',
    meta={'kept_with': 'int_scored_models', 'due_in': 'int_due_leads', 'due_by': ['lead_id', 'score_model'], 'due_since': 'score_date'}
) }}
with

observations as (

    select * from {{ ref('int_score_observations') }}
    where cause is not null

),

segments as (

    select * from {{ ref('int_observation_segments') }}
    where value = 'yes'

),

stages as (

    select distinct value as segment
    from {{ ref('lifecycle_stages') }}
    where source = 'segment'

)

select
    observations.lead_id,
    observations.score_model,
    stages.segment,
    observations.score_date

from observations

inner join segments
    on observations.lead_id = segments.lead_id
    and observations.score_date = segments.score_date

inner join stages
    on segments.attribute = 'in_segment:' || stages.segment
