{# Grain: one row per surviving lead, live model, day on which the models are measured, and rule that fired. #}
{{ config(materialized='view') }}
select
    lead_id,
    score_model,
    score_date,
    lead_region,
    factor.rule_id,
    factor.points,
    factor.units

from (
    select lead_id, score_model, score_date, lead_region, {{ unnested('factors') }} as factor
    from {{ ref('int_scored_days') }}
    where is_measured
) as measured
