{#
    Grain: one row per lead, live model and reason at the clock: each rule that fired, and each group limit, weight or scale
    that changed the sum. The points of a lead and model add up to its score exactly.
#}
with
reasons as (
    select
        days.lead_id,
        days.score_model,
        rules.score_group,
        rules.rule_id,
        rules.reason,
        factors.points,
        factors.occurrences,
        factors.last_event_date
    from {{ ref('int_factors') }} as factors
    inner join {{ ref('int_days_to_score') }} as days
        on factors.observation_id = days.observation_id
        and days.is_current
    inner join {{ ref('int_rules') }} as rules
        on factors.rule_number = rules.rule_number
    {%- for name, points in [
        ('limit', 'clamped_points - rule_points'), ('weight', 'group_points - clamped_points')
    ] %}
        union all

        select
            lead_id,
            score_model,
            score_group,
            'group_{{ name }}' as rule_id,
            '{{ name | capitalize }} of the group ' || score_group as reason,
            {{ points }} as points,
            null as occurrences,
            null as last_event_date
        from {{ ref('int_current_groups') }}
        where {{ points }} <> 0
    {%- endfor %}

    union all

    select
        scores.lead_id,
        scores.score_model,
        '(score)' as score_group,
        'score_scale' as rule_id,
        case models.scale when 'rescale' then 'Rescaled to the range of scores' else 'Limit of the score' end as reason,
        scores.score - scores.raw_score as points,
        null as occurrences,
        null as last_event_date
    from {{ ref('int_scores') }} as scores
    inner join {{ ref('int_live_models') }} as models
        on scores.score_model = models.score_model
    where
        scores.is_current
        and scores.score <> scores.raw_score
)

select
    lead_id,
    score_model,
    score_group,
    rule_id,
    reason,
    cast(points as decimal(18, 4)) as points,
    cast(occurrences as bigint) as occurrences,
    cast(last_event_date as date) as last_event_date
from reasons
