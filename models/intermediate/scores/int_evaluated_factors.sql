{#
    Grain: one row per surviving lead, live model, day on which the models are measured, and rule that fired. Kept from build
    to build as int_scored_days is, and made before it: what that says is complete is complete here too.
#}
{{ config(
    materialized='incremental' if target.type == 'duckdb' else 'table',
    incremental_strategy='append' if target.type == 'duckdb' else none,
    pre_hook="{{ delete_due() }}"
) }}
-- depends_on: {{ ref('int_history_due') }}
select
    days.lead_id, days.score_model, days.score_date, days.lead_region,
    rules.rule_id,
    factors.points, factors.units
from {{ ref('int_days_to_score') }} as days
inner join {{ ref('int_factors') }} as factors
    on days.observation_id = factors.observation_id
inner join {{ ref('int_rules') }} as rules
    on factors.rule_number = rules.rule_number
where days.is_measured
