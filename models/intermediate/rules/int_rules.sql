{# Grain: one row per live model, rule and region of leads: what its number in factors stands for. #}
with

rules as (

    select
        rule_number,
        score_model,
        rule_id,
        score_group,
        reason,
        effect
    from {{ ref('int_attribute_rules') }}

    union all

    select
        rule_number,
        score_model,
        rule_id,
        score_group,
        reason,
        'points' as effect
    from {{ ref('int_event_rules') }}

    union all

    select
        rule_number,
        score_model,
        rule_id,
        score_group,
        reason,
        'points' as effect
    from {{ ref('int_inactivity_rules') }}

),

idle_groups as (

    select * from {{ ref('int_idle_groups') }}

),

final as (

    select
        rules.rule_number,
        rules.score_model,
        rules.rule_id,
        rules.score_group,
        idle_groups.group_number,
        coalesce(rules.reason, rules.rule_id) as reason,
        rules.effect

    from rules

    inner join idle_groups
        on rules.score_model = idle_groups.score_model
        and rules.score_group = idle_groups.score_group

)

select * from final
