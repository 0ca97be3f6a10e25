{#
    Grain: one row per live model and age of a lead in days at which a condition on tenure_days begins or ceases to hold.
#}
{%- set born, most_days = "cast('1900-01-01' as date)", 100000 %}
with
conditions as (
    select score_model, operator, value, lower, upper from {{ ref('stg_points__rules') }}
    where attribute = 'tenure_days'

    union

    select model_attributes.score_model, segments.operator, segments.value, segments.lower, segments.upper
    from {{ ref('int_model_attributes') }} as model_attributes
    inner join {{ ref('segments') }} as segments
        on model_attributes.attribute = 'in_segment:' || segments.segment
        and segments.attribute = 'tenure_days'
),

texts as (
    select score_model, try_cast(text_key(text) as decimal(38, 12)) as days
    from (
        select score_model, {{ split_rows('value') }} as text from conditions
        where operator in ('equals', 'in')
    ) as parts
),

ages as (
    select {{ days_between(born, 'on_date') }} as days
    from (select {{ days_from(born, days_after(born, most_days)) }} as on_date) as birthdays
),

spans as (
    {# From the first day on which a condition holds to the last. #}
    select score_model, ceil(lower) as first_days, floor(upper) as last_days from conditions

    union

    select score_model, days as first_days, days as last_days from texts

    union

    select conditions.score_model, ages.days as first_days, ages.days as last_days
    from conditions
    inner join ages
        on contains(cast(ages.days as string), text_key(conditions.value))
    where conditions.operator = 'contains'
),

bounds as (
    select score_model, first_days as days from spans
    union
    select score_model, last_days + 1 as days from spans
)

select
    bounds.score_model,
    cast(bounds.days as integer) as tenure_days
from bounds
inner join {{ ref('int_live_models') }} as live_models
    on bounds.score_model = live_models.score_model
where bounds.days between 0 and {{ most_days }}
