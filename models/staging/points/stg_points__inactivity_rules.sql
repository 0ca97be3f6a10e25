{# Grain: one row per model, inactivity rule and region that has a row of its own. #}
with

typed as (

    select
        {{ seed_value('score_model', 'string') }},
        {{ seed_value('rule_id', 'string') }},
        {{ seed_value('score_group', 'string') }},
        {{ seed_value('event_key', 'string') }},
        {{ seed_value('silent_days', 'integer') }},
        {{ seed_value('requires_event_key', 'string') }},
        {{ seed_value('region', 'string') }},
        {{ seed_value('valid_from', 'date') }},
        {{ seed_value('valid_to', 'date') }},
        {{ seed_value('points', 'decimal(18, 4)') }},
        {{ seed_value('reason', 'string') }}

    from {{ ref('inactivity_points') }}

)

select * from typed
