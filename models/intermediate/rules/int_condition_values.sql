{# Grain: one row per condition of a rule or segment and distinct value of its attribute that meets it. #}
with

conditions as (

    select
        condition_id,
        attribute,
        operator,
        value,
        lower,
        upper
    from {{ ref('stg_points__attribute_rules') }}
    union
    select
        condition_id,
        attribute,
        operator,
        value,
        lower,
        upper
    from {{ ref('stg_mapping__segments') }}
    where attribute is not null

),

condition_texts as (

    {# Of `in` each part between bars is a value; the other operators compare the whole text. #}
    select
        condition_id,
        text_key(text) as text_key

    from (
        select
            condition_id,
            {{ split_rows('value') }} as text
        from conditions
        where operator = 'in'

        union

        select
            condition_id,
            value as text
        from conditions
        where operator in ('equals', 'contains')
    ) as texts

),

attribute_values as (

    select
        attribute,
        value,
        text_key(value) as value_key,
        case when {{ is_number('value') }} then try_cast(value as decimal(38, 12)) end
            as value_number

    from (
        select
            attribute,
            value
        from {{ ref('int_lead_attributes') }}
        union
        select
            attribute,
            value
        from {{ ref('int_observation_measures') }}
        union
        select
            'in_segment:' || segment as attribute,
            'yes' as value
        from {{ ref('stg_mapping__segments') }}
        union
        select
            'in_segment:' || segment as attribute,
            'no' as value
        from {{ ref('stg_mapping__segments') }}
    ) as distinct_values

),

text_matches as (

    select
        conditions.condition_id,
        attribute_values.attribute,
        attribute_values.value

    from conditions

    inner join condition_texts
        on conditions.condition_id = condition_texts.condition_id

    inner join attribute_values
        on conditions.attribute = attribute_values.attribute
        and case conditions.operator
            when 'contains' then contains(attribute_values.value_key, condition_texts.text_key)
            else condition_texts.text_key = attribute_values.value_key
        end

),

other_matches as (

    select
        conditions.condition_id,
        attribute_values.attribute,
        attribute_values.value

    from conditions

    inner join attribute_values
        on conditions.attribute = attribute_values.attribute
        and case conditions.operator
            when 'is_set' then attribute_values.value <> ''
            when 'is_missing' then attribute_values.value = ''
            when 'at_least' then conditions.lower <= attribute_values.value_number
            when 'at_most' then conditions.upper >= attribute_values.value_number
            when 'between'
                then attribute_values.value_number is not null
                    and (conditions.lower is null or conditions.lower <= attribute_values.value_number)
                    and (conditions.upper is null or conditions.upper >= attribute_values.value_number)
            else false
        end

)

select * from text_matches

union

select * from other_matches
