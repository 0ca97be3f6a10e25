{#
    Grain: one row per surviving lead, live model, day on which the models are measured, and rule that
    fired. It grows from build to build, as int_current_scores does.
#}
{{ config(
    materialized='incremental',
    meta={'kept_with': 'int_scored_models', 'due_in': 'int_due_leads', 'due_by': ['lead_id', 'score_model'], 'due_since': 'score_date'}
) }}
with

factors as (

    select * from {{ ref('int_score_factors') }}
    where is_measured

)

select
    lead_id,
    score_model,
    score_date,
    lead_region,
    rule_id,
    points,
    units

from factors
