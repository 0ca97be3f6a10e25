{# Grain: one row per condition of a rule or segment and distinct value of its attribute that meets it. #}
with
conditions as (
    select condition_id, attribute, operator, value, lower, upper from {{ ref('stg_points__rules') }}
    where kind = 'attribute'
    union
    select {{ condition_id() }} as condition_id, attribute, operator, value, lower, upper from {{ ref('segments') }}
    where attribute is not null
),

condition_texts as (
    {# Of `in` each part between bars is a value; other operators compare the whole text, or none. #}
    select condition_id, attribute, operator, lower, upper, text_key(text) as text_key
    from (
        select *, {{ split_rows('value') }} as text from conditions
        where operator = 'in'
        union
        select *, value as text from conditions
        where operator <> 'in'
    ) as texts
),

attribute_values as (
    select
        attribute, value,
        text_key(value) as value_key,
        case when {{ is_number('value') }} then try_cast(value as decimal(38, 12)) end as value_number
    from (
        select attribute, value from {{ ref('int_lead_attributes') }}
        union
        select attribute, value from {{ ref('int_measures') }}
        union
        select 'in_segment:' || segments.segment as attribute, answers.value
        from {{ ref('segments') }} as segments
        cross join (
            select 'yes' as value
            union all
            select 'no' as value
        ) as answers
    ) as distinct_values
)

select distinct conditions.condition_id, attribute_values.attribute, attribute_values.value
from condition_texts as conditions
inner join attribute_values
    on conditions.attribute = attribute_values.attribute
    and case conditions.operator
        when 'contains' then contains(attribute_values.value_key, conditions.text_key)
        when 'is_set' then attribute_values.value <> ''
        when 'is_missing' then attribute_values.value = ''
        when 'at_least' then conditions.lower <= attribute_values.value_number
        when 'at_most' then conditions.upper >= attribute_values.value_number
        when 'between'
            then attribute_values.value_number is not null
                and coalesce(conditions.lower <= attribute_values.value_number, true)
                and coalesce(conditions.upper >= attribute_values.value_number, true)
        else conditions.text_key = attribute_values.value_key
    end
