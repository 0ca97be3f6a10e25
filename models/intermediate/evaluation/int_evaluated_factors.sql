{# Grain: one row per surviving lead, live model, day on which the models are measured, and rule that fired. #}
{{ config(materialized='view') }}
select
    measured.lead_id,
    measured.score_model,
    measured.score_date,
    measured.lead_region,
    measured.factor.rule_id,
    measured.factor.points,
    measured.factor.units

from (
    select lead_id, score_model, score_date, lead_region, {{ unnested('factors') }} as factor
    from {{ ref('int_scored_days') }}
    where is_measured
) as measured
