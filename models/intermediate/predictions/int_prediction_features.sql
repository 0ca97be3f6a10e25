{#
    Grain: one row per lead, date and feature that it has then, with a number: 1 for a value of an attribute,
    else the number, the age in days, or a count of events. Nothing that names a person, and no owner or
    deal, which are there because somebody saw the outcome coming.
#}
{{ config(materialized='view') }}
{%- set texts = ['seniority', 'title_role', 'department_group', 'industry', 'employee_band', 'country', 'region',
    'language', 'channel', 'lead_source', 'campaign', 'landing_page', 'email_domain_kind', 'is_role_mailbox'] %}
{%- set numbers = ['employee_count', 'annual_revenue', 'budget'] %}
with
attributes as (
    {%- for name in texts + numbers %}
        select
            lead_id, valid_from_date, valid_until_date,
            '{{ name }}'{{ " || ' = ' || " ~ attribute_text(name) if name in texts }} as feature,
            cast({{ 1 if name in texts else name }} as double) as value
        from {{ ref('int_lead_profiles') }}
        where {{ name }} is not null

        union all
    {% endfor %}
    {# What a rule asks for beyond these. #}
    select
        profiles.lead_id, profiles.valid_from_date, profiles.valid_until_date,
        asked.attribute || ' = ' || {{ json_text('profiles.attributes', 'asked.attribute') }} as feature,
        1 as value
    from {{ ref('int_lead_profiles') }} as profiles
    inner join (select distinct attribute from {{ ref('int_model_attributes') }}) as asked
        on {{ json_text('profiles.attributes', 'asked.attribute') }} <> ''
    where
        asked.attribute not in ({{ "'" ~ (texts + numbers) | join("', '") ~ "'" }})
        and asked.attribute not like 'account.%'
        and asked.attribute not like 'in_segment:%'
)

select
    lead_id, score_date,
    'days since creation' as feature,
    cast({{ days_between('created_date', 'score_date') }} as double) as value
from {{ ref('int_prediction_dates') }}

union all

select dates.lead_id, dates.score_date, attributes.feature, attributes.value
from {{ ref('int_prediction_dates') }} as dates
inner join attributes
    on dates.lead_id = attributes.lead_id
    and {{ holds_on('attributes', 'dates.score_date') }}
{%- for days in [14, 90] %}

    union all

    select
        dates.lead_id, dates.score_date,
        event_days.event_key || ' in the last {{ days }} days' as feature,
        cast(sum(event_days.event_count) as double) as value
    from {{ ref('int_prediction_dates') }} as dates
    inner join {{ ref('int_all_event_days') }} as event_days
        on dates.lead_id = event_days.lead_id
        and event_days.is_landed
        and event_days.follows_event_key is null
        and dates.score_date >= event_days.event_date
        and {{ days_between('event_days.event_date', 'dates.score_date') }} < {{ days }}
    group by all
{%- endfor %}
