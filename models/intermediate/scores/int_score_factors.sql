{# Grain: one row per lead, live model, day at whose end the lead is scored, and rule that fired. #}
{{ config(materialized='view') }}
select
    observations.lead_id,
    observations.lead_region,
    observations.score_date,
    observations.is_current,
    observations.is_measured,
    factors.observation_id,
    rules.score_model,
    rules.score_group,
    rules.rule_id,
    rules.reason,
    rules.effect,
    factors.points,
    factors.units,
    factors.occurrences,
    factors.last_event_date

from {{ ref('int_factors') }} as factors

inner join {{ ref('int_score_observations') }} as observations
    on factors.observation_id = observations.observation_id

inner join {{ ref('int_rules') }} as rules
    on factors.rule_number = rules.rule_number
