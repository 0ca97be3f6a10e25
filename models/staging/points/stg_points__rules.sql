{#
    Grain: one row per rule of any family, model and region that has a row of its own. `kind` is the family; what a
    family does not have is NULL.
#}
{%- set shared = 'score_model, rule_id, score_group, region, valid_from, valid_to, reason' %}
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
            {{ shared }},
            {%- for column in families.values() | sum(start=[]) | unique %}
                {{ column if column in columns else 'null as ' ~ column }},
            {%- endfor %}
            {{ 'value' if kind == 'attribute' else 'cast(null as string) as value' }},
            {{ "coalesce(effect, 'points')" if kind == 'attribute' else "'points'" }} as effect,
            {{ "coalesce(decay, 'none')" if kind == 'event' else 'cast(null as string)' }} as decay,
            coalesce(points, 0) as points
        from {{ ref(kind ~ '_points') }}
        {{- ' union all' if not loop.last }}
    {%- endfor %}
)

select
    *,
    case when kind = 'attribute' then {{ condition_id() }} end as condition_id
from typed
