{# Grain: one row per live model, attribute rule and region of leads. #}
select
    rules.*,
    rule_regions.lead_region,
    rule_regions.rule_number,
    coalesce(rules.valid_from, cast('1900-01-01' as date)) as valid_from_date,
    coalesce(rules.valid_to, cast('9999-12-31' as date)) as valid_to_date

from {{ ref('stg_points__attribute_rules') }} as rules

inner join {{ ref('int_rule_regions') }} as rule_regions
    on rules.score_model = rule_regions.score_model
    and rules.rule_id = rule_regions.rule_id
    and coalesce(rules.region, '') = rule_regions.rule_region
