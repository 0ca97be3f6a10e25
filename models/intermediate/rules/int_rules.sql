{#
    Grain: one row per live model, rule and region of leads: a row with a region replaces the row of the same rule
    without one. Factors name a rule by its number, which rises with model and rule_id.
#}
with
ranked as (
    select
        rules.*,
        lead_regions.lead_region,
        row_number() over (
            partition by rules.score_model, rules.rule_id, lead_regions.lead_region
            order by rules.region asc nulls last
        ) as override_rank
    from {{ ref('stg_points__rules') }} as rules
    inner join {{ ref('int_live_models') }} as live_models
        on rules.score_model = live_models.score_model
    inner join ({{ lead_regions() }}) as lead_regions
        on rules.region is null or rules.region = lead_regions.lead_region
)

select
    cast(row_number() over (order by ranked.score_model, ranked.rule_id, ranked.lead_region) as int) as rule_number,
    ranked.score_model, ranked.rule_id, ranked.lead_region,
    coalesce(ranked.region, '') as rule_region,
    ranked.kind, ranked.score_group, score_groups.group_number, ranked.condition_id, ranked.event_key,
    ranked.requires_event_key, ranked.decay,
    coalesce(ranked.reason, ranked.rule_id) as reason,
    {# Points that every lead has: it is as old as no day at least. #}
    coalesce(ranked.attribute = 'tenure_days' and ranked.operator = 'at_least' and ranked.lower <= 0, false)
        as is_of_all_leads,
    ranked.effect, ranked.points, ranked.min_points, ranked.max_points, ranked.window_days, ranked.max_per_day,
    ranked.max_events, ranked.decay_days, ranked.decay_rate, ranked.silent_days,
    coalesce(ranked.valid_from, cast('1900-01-01' as date)) as valid_from_date,
    coalesce(ranked.valid_to, cast('9999-12-31' as date)) as valid_to_date
from ranked
inner join {{ ref('int_score_groups') }} as score_groups
    on ranked.score_model = score_groups.score_model
    and ranked.score_group = score_groups.score_group
where ranked.override_rank = 1
