{#
    Grain: one row per surviving lead, span of days and attribute account.<column> that is asked for, with its value as
    text ('' where missing). A lead without an account has a span without one: what is missing can be scored too.
#}
{{ config(materialized='view') }}
{%- set account_columns = ['domain', 'name', 'industry', 'employee_count', 'annual_revenue', 'currency', 'country'] %}
with
spans as (
    {# `greatest` and `least` leave out what is NULL. #}
    select
        profiles.lead_id,
        accounts.*,
        greatest(profiles.valid_from_date, belongings.valid_from_date, accounts.valid_from_date) as shared_from_date,
        least(profiles.valid_until_date, belongings.valid_until_date, accounts.valid_until_date) as shared_until_date
    from {{ ref('int_lead_profiles') }} as profiles
    left join {{ ref('int_lead_accounts') }} as belongings
        on profiles.lead_id = belongings.lead_id
        and profiles.valid_from_date < belongings.valid_until_date
        and profiles.valid_until_date > belongings.valid_from_date
    left join {{ ref('int_account_versions') }} as accounts
        on belongings.account_id = accounts.account_id
        and greatest(profiles.valid_from_date, belongings.valid_from_date) < accounts.valid_until_date
        and least(profiles.valid_until_date, belongings.valid_until_date) > accounts.valid_from_date
),

texts as (
    {# Money in the reporting currency, at the rate of the first day of the span. #}
    select
        spans.lead_id,
        spans.shared_from_date as valid_from_date,
        spans.shared_until_date as valid_until_date,
        spans.attributes,
        {%- for column in account_columns if column != 'annual_revenue' %}
            coalesce({{ attribute_text('spans.' ~ column) }}, '') as {{ column }},
        {%- endfor %}
        coalesce(
            {{ number_text('cast(spans.annual_revenue * exchange_rates.rate as decimal(26, 4))') }}, ''
        ) as annual_revenue
    from spans
    left join {{ ref('int_exchange_rates') }} as exchange_rates
        on coalesce(spans.currency, '') = exchange_rates.from_currency
        and {{ holds_on('exchange_rates', 'spans.shared_from_date') }}
)

select
    lead_id, valid_from_date, valid_until_date,
    'account.' || attribute as attribute,
    value
from texts
unpivot (value for attribute in ({{ account_columns | join(', ') }}))
where 'account.' || attribute in ({{ asked_attributes() }})

union all

select
    texts.lead_id, texts.valid_from_date, texts.valid_until_date, asked.attribute,
    coalesce({{ json_text('texts.attributes', 'substr(asked.attribute, 9)') }}, '') as value
from texts
inner join ({{ asked_attributes() }}) as asked
    on asked.attribute like 'account.%'
    and asked.attribute not in ({{ "'account." ~ account_columns | join("', 'account.") ~ "'" }})
