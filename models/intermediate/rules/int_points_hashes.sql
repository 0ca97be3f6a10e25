{# Grain: one row per scoring model, with the MD5 of all its rows in the point tables in canonical order. #}
{%- set tables = {
    'score_models': ['description', 'role', 'coalesce(traffic_share, 0)', 'min_score', 'max_score', "coalesce(scale, 'clamp')",
        'live_from'],
    'score_groups': ['score_group', 'kind', 'min_points', 'max_points', 'coalesce(weight, 1)'],
    'attribute_rules': ['rule_id', 'score_group', 'attribute', 'operator', 'value', 'lower', 'upper', 'region', 'valid_from', 'valid_to',
        'effect', 'points', 'reason'],
    'event_rules': ['rule_id', 'score_group', 'event_key', 'region', 'valid_from', 'valid_to', 'points', 'window_days', 'max_per_day',
        'max_events', 'decay', 'decay_days', 'decay_rate', 'min_points', 'max_points', 'reason'],
    'inactivity_rules': ['rule_id', 'score_group', 'event_key', 'silent_days', 'requires_event_key', 'region', 'valid_from', 'valid_to',
        'points', 'reason'],
    'score_bands': ['region', 'band', 'band_order', 'lower_bound', 'next_action'],
    'grade_bounds': ['kind', 'grade', 'lower_bound'],
    'grade_priorities': ['fit_grade', 'engagement_grade', 'priority'],
} %}
with
canonical_rows as (
    {%- for table, columns in tables.items() %}
        {%- set is_of_rules = table.endswith('_rules') %}
        select
            score_model,
            '{{ table }}'
            {%- for column in columns %}
                || '|' || coalesce(try_cast({{ column }} as string), '')
            {%- endfor %} as canonical_row
        from {{ ref('stg_points__rules' if is_of_rules else table | replace('grade_priorities', 'grade_matrix')) }}
        {%- if is_of_rules %}
            where kind = '{{ table | replace("_rules", "") }}'
        {%- endif %}
        {{- ' union all' if not loop.last }}
    {%- endfor %}
)

select
    score_model,
    md5({{ ordered_list('canonical_row', 'canonical_row', '\\n') }}) as points_hash
from canonical_rows
group by score_model
