{#
    Grain: one row per surviving lead, live model and day on which the models are measured, with its score.
    It grows from build to build, as int_current_scores does.
#}
{{ config(
    materialized='incremental',
    meta={'kept_with': 'int_scored_models', 'due_in': 'int_due_leads', 'due_by': ['lead_id', 'score_model'], 'due_since': 'score_date'}
) }}
with

scores as (

    select * from {{ ref('int_banded_scores') }}
    where is_measured

)

select
    lead_id,
    score_model,
    score_date,
    raw_score,
    score,
    band,
    band_order

from scores
