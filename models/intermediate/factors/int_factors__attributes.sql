{# Grain: one row per observation and attribute rule that fired: every rule whose condition holds counts. #}
with
held as (
    select days.*, condition_values.condition_id
    from {{ ref('int_lead_attributes') }} as attributes
    inner join {{ ref('int_condition_values') }} as condition_values
        on attributes.attribute = condition_values.attribute
        and attributes.value = condition_values.value
    inner join {{ ref('int_days_to_score') }} as days
        on attributes.lead_id = days.lead_id
        and {{ holds_on('attributes', 'days.score_date') }}
    {%- for name in ['int_measures', 'int_segments'] %}
        union all

        select days.*, condition_values.condition_id
        from {{ ref('int_days_to_score') }} as days
        inner join {{ ref(name) }} as of_the_day
            on days.lead_id = of_the_day.lead_id
            and days.score_date = of_the_day.score_date
        inner join {{ ref('int_condition_values') }} as condition_values
            on of_the_day.attribute = condition_values.attribute
            and of_the_day.value = condition_values.value
    {%- endfor %}
)

select
    held.observation_id, rules.rule_number, rules.points,
    cast(1 as decimal(20, 8)) as units,
    cast(1 as bigint) as occurrences,
    cast(null as date) as last_event_date
from held
inner join {{ ref('int_rules') }} as rules
    on held.condition_id = rules.condition_id
    and held.score_model = rules.score_model
    and held.lead_region = rules.lead_region
    and held.score_date >= rules.valid_from_date
    and held.score_date <= rules.valid_to_date
