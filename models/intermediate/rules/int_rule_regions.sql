{#
    Grain: one row per live model, rule and region of leads, with the region of the rule's row that holds
    there ('' for the row without one): a row with a region replaces the row of the same rule without one.
#}
with

rules as (

    select
        score_model,
        rule_id,
        region
    from {{ ref('stg_points__attribute_rules') }}
    union
    select
        score_model,
        rule_id,
        region
    from {{ ref('stg_points__event_rules') }}
    union
    select
        score_model,
        rule_id,
        region
    from {{ ref('stg_points__inactivity_rules') }}

)

select
    rules.score_model,
    rules.rule_id,
    lead_regions.lead_region,
    max(coalesce(rules.region, '')) as rule_region,
    cast(row_number() over (
        order by rules.score_model, rules.rule_id, lead_regions.lead_region
    ) as int) as rule_number

from rules

inner join {{ ref('int_live_models') }} as live_models
    on rules.score_model = live_models.score_model

inner join {{ ref('int_lead_regions') }} as lead_regions
    on rules.region is null or rules.region = lead_regions.lead_region

group by
    rules.score_model,
    rules.rule_id,
    lead_regions.lead_region
