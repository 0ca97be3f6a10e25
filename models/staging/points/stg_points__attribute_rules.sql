{# Grain: one row per model, attribute rule and region that has a row of its own. #}
with

typed as (

    select
        {{ seed_value('score_model', 'string') }},
        {{ seed_value('rule_id', 'string') }},
        {{ seed_value('score_group', 'string') }},
        {{ seed_value('attribute', 'string') }},
        {{ seed_value('operator', 'string') }},
        value,
        {{ seed_value('lower', 'decimal(38, 12)') }},
        {{ seed_value('upper', 'decimal(38, 12)') }},
        {{ seed_value('region', 'string') }},
        {{ seed_value('valid_from', 'date') }},
        {{ seed_value('valid_to', 'date') }},
        coalesce(nullif(trim(effect), ''), 'points') as effect,
        coalesce(cast(nullif(trim(points), '') as decimal(18, 4)), 0) as points,
        {{ seed_value('reason', 'string') }}

    from {{ ref('attribute_points') }}

)

select
    *,
    {{ condition_id() }} as condition_id
from typed
