{#
    Grain: one row per rule of any family, model and region that has a row of its own. `kind` is the family; what a
    family does not have is NULL.
#}
{%- set shared = {
    'score_model': 'string', 'rule_id': 'string', 'score_group': 'string', 'region': 'string', 'valid_from': 'date', 'valid_to': 'date',
    'reason': 'string'
} %}
{%- set own = {
    'attribute': 'string', 'operator': 'string', 'lower': 'decimal(38, 12)', 'upper': 'decimal(38, 12)', 'event_key': 'string',
    'requires_event_key': 'string', 'window_days': 'integer', 'max_per_day': 'integer', 'max_events': 'integer', 'decay_days': 'integer',
    'decay_rate': 'decimal(9, 8)', 'silent_days': 'integer', 'min_points': 'decimal(18, 4)', 'max_points': 'decimal(18, 4)'
} %}
{%- set families = {
    'attribute': ['attribute', 'operator', 'lower', 'upper'],
    'event': ['event_key', 'window_days', 'max_per_day', 'max_events', 'decay_days', 'decay_rate', 'min_points', 'max_points'],
    'inactivity': ['event_key', 'requires_event_key', 'silent_days']
} %}
with
typed as (
    {%- for kind, columns in families.items() %}
        select
            '{{ kind }}' as kind,
            {%- for column, type in shared.items() %}
                {{ seed_value(column, type) }},
            {%- endfor %}
            {%- for column, type in own.items() %}
                {{ seed_value(column, type) if column in columns else 'cast(null as ' ~ type ~ ') as ' ~ column }},
            {%- endfor %}
            {{ 'value' if kind == 'attribute' else 'cast(null as string) as value' }},
            {{ "coalesce(nullif(trim(effect), ''), 'points')" if kind == 'attribute' else "'points'" }} as effect,
            {{ "coalesce(nullif(trim(decay), ''), 'none')" if kind == 'event' else 'cast(null as string)' }} as decay,
            coalesce(cast(nullif(trim(points), '') as decimal(18, 4)), 0) as points
        from {{ ref(kind ~ '_points') }}
        {{- ' union all' if not loop.last }}
    {%- endfor %}
)

select
    *,
    case when kind = 'attribute' then {{ condition_id() }} end as condition_id
from typed
