{#
    Grain: one row per live model, scored day, outcome and rule that gives or takes points: how leads
    convert with and without it. A rule is looked at alone; `recommend` fits all together.
#}
with
rules as (
    select
        score_model,
        rule_id,
        kind,
        {# A region's row may name another group. #}
        coalesce(min(case when region is null then score_group end), min(score_group)) as score_group,
        min(coalesce(reason, rule_id)) as reason
    from {{ ref('stg_points__rules') }}
    group by score_model, rule_id, kind
),

compared as (
    select
        rules.*,
        totals.scored_day,
        totals.outcome,
        totals.leads,
        totals.evaluated_date,
        coalesce(fired.leads, 0) as leads_with,
        conversion_lift(
            coalesce(fired.conversions, 0), coalesce(fired.leads, 0), totals.conversions, totals.leads
        ) as lift,
        fired.mean_points,
        fired.deserved_points
    from {{ ref('score_quality') }} as totals
    inner join rules
        on totals.score_model = rules.score_model
    left join {{ ref('int_rule_conversions') }} as fired
        on totals.score_model = fired.score_model
        and totals.scored_day = fired.scored_day
        and totals.outcome = fired.outcome
        and rules.rule_id = fired.rule_id
    where totals.slice = 'overall'
)

select
    score_model,
    scored_day,
    outcome,
    rule_id,
    score_group,
    kind,
    reason,
    leads_with,
    leads_with / cast(leads as double) as fired_share,
    {{ struct_columns('lift') }},
    cast(mean_points as decimal(18, 4)) as points,
    deserved_points,
    evaluated_date
from compared
