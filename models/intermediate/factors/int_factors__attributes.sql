{# Grain: one row per observation and attribute rule that fired: every rule whose condition holds counts. #}
with

observations as (

    select * from {{ ref('int_score_observations') }}

),

conditions_met as (

    select * from {{ ref('int_observation_conditions') }}

),

segments as (

    select * from {{ ref('int_observation_segments') }}

),

condition_values as (

    select * from {{ ref('int_condition_values') }}

),

rules as (

    select * from {{ ref('int_attribute_rules') }}

),

held as (

    select
        lead_id,
        score_date,
        condition_id

    from conditions_met

    union all

    select
        segments.lead_id,
        segments.score_date,
        condition_values.condition_id

    from segments

    inner join condition_values
        on segments.attribute = condition_values.attribute
        and segments.value = condition_values.value

),

final as (

    select
        observations.lead_id,
        observations.score_date,
        rules.score_model,
        rules.score_group,
        rules.rule_id,
        coalesce(rules.reason, rules.rule_id) as reason,
        rules.effect,
        rules.points,
        cast(1 as decimal(20, 8)) as units,
        cast(1 as bigint) as occurrences,
        cast(null as date) as last_event_date

    from observations

    inner join held
        on observations.lead_id = held.lead_id
        and observations.score_date = held.score_date

    inner join rules
        on held.condition_id = rules.condition_id
        and observations.score_model = rules.score_model
        and observations.lead_region = rules.lead_region
        and observations.score_date >= rules.valid_from_date
        and observations.score_date <= rules.valid_to_date

)

select * from final
