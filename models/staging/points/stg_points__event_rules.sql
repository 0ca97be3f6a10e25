{# Grain: one row per model, event rule and region that has a row of its own. #}
with

typed as (

    select
        {{ seed_value('score_model', 'string') }},
        {{ seed_value('rule_id', 'string') }},
        {{ seed_value('score_group', 'string') }},
        {{ seed_value('event_key', 'string') }},
        {{ seed_value('region', 'string') }},
        {{ seed_value('valid_from', 'date') }},
        {{ seed_value('valid_to', 'date') }},
        {{ seed_value('points', 'decimal(18, 4)') }},
        {{ seed_value('window_days', 'integer') }},
        {{ seed_value('max_per_day', 'integer') }},
        {{ seed_value('max_events', 'integer') }},
        coalesce(nullif(trim(decay), ''), 'none') as decay,
        {{ seed_value('decay_days', 'integer') }},
        {{ seed_value('decay_rate', 'decimal(9, 8)') }},
        {{ seed_value('min_points', 'decimal(18, 4)') }},
        {{ seed_value('max_points', 'decimal(18, 4)') }},
        {{ seed_value('reason', 'string') }}

    from {{ ref('event_points') }}

)

select * from typed
