{# Grain: one row per live model, rule and region of leads: what its number in factors stands for. #}
with

rules as (

    {%- for kind in ['attribute', 'event', 'inactivity'] %}
        select
            rule_number,
            score_model,
            rule_id,
            score_group,
            reason,
            {{ 'effect' if kind == 'attribute' else "'points' as effect" }}
        from {{ ref('int_' ~ kind ~ '_rules') }}
        {%- if not loop.last %}

            union all
        {% endif %}
    {%- endfor %}

)

select
    rules.rule_number,
    rules.score_model,
    rules.rule_id,
    rules.score_group,
    idle_groups.group_number,
    coalesce(rules.reason, rules.rule_id) as reason,
    rules.effect

from rules

inner join {{ ref('int_idle_groups') }} as idle_groups
    on rules.score_model = idle_groups.score_model
    and rules.score_group = idle_groups.score_group
