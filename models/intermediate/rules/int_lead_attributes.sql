{#
    Grain: one row per surviving lead that is due, span of days and attribute that a rule asks for, with its value as
    text ('' where missing). Attributes are the columns of the profile, account.<column>, and the keys of
    the extra columns.
#}
{%- set profile_columns = [
    'email', 'phone', 'first_name', 'last_name', 'person_id', 'company_name', 'job_title', 'seniority', 'title_role', 'department', 'department_group', 'industry', 'employee_count',
    'employee_band', 'annual_revenue', 'budget', 'currency', 'country', 'region', 'city', 'language', 'time_zone', 'lead_source', 'channel', 'campaign',
    'landing_page', 'email_domain', 'email_domain_kind', 'is_role_mailbox', 'consent_status', 'account_id', 'owner_id'
] %}
{%- set account_columns = ['domain', 'name', 'industry', 'employee_count', 'annual_revenue', 'currency', 'country'] %}
{%- set due_profiles -%}
    {# Not a CTE: one that is read more than once is kept in memory, with all its columns. #}
    (
        select * from {{ ref('int_lead_profiles') }}
        where lead_id in (select due_leads.lead_id from {{ ref('int_due_leads') }} as due_leads)
    ) as profiles
{%- endset %}
with

used as (

    select distinct attribute
    from {{ ref('int_model_attributes') }}

),

account_spans as (

    {# A lead without an account has a span without one: what is missing can be scored too. #}
    select
        profiles.lead_id,
        accounts.*,
        greatest(
            profiles.valid_from_date,
            coalesce(accounts_of_leads.valid_from_date, profiles.valid_from_date),
            coalesce(accounts.valid_from_date, profiles.valid_from_date)
        ) as shared_from_date,
        least(
            profiles.valid_until_date,
            coalesce(accounts_of_leads.valid_until_date, profiles.valid_until_date),
            coalesce(accounts.valid_until_date, profiles.valid_until_date)
        ) as shared_until_date

    from {{ due_profiles }}

    left join {{ ref('int_lead_accounts') }} as accounts_of_leads
        on profiles.lead_id = accounts_of_leads.lead_id
        and profiles.valid_from_date < accounts_of_leads.valid_until_date
        and profiles.valid_until_date > accounts_of_leads.valid_from_date

    left join {{ ref('int_account_versions') }} as accounts
        on accounts_of_leads.account_id = accounts.account_id
        and greatest(profiles.valid_from_date, accounts_of_leads.valid_from_date)
        < accounts.valid_until_date
        and least(profiles.valid_until_date, accounts_of_leads.valid_until_date)
        > accounts.valid_from_date

),

lead_accounts as (

    {# Money in the reporting currency, at the rate of the first day of the span. #}
    select
        account_spans.lead_id,
        account_spans.shared_from_date,
        account_spans.shared_until_date,
        account_spans.domain,
        account_spans.name,
        account_spans.industry,
        account_spans.employee_count,
        account_spans.currency,
        account_spans.country,
        account_spans.attributes,
        cast(account_spans.annual_revenue * exchange_rates.rate as decimal(26, 4))
            as annual_revenue

    from account_spans

    left join {{ ref('int_exchange_rates') }} as exchange_rates
        on coalesce(account_spans.currency, '') = exchange_rates.from_currency
        and account_spans.shared_from_date >= exchange_rates.valid_from_date
        and account_spans.shared_from_date < exchange_rates.valid_until_date

),

account_extra as (

    select attribute
    from used
    where
        attribute like 'account.%'
        and attribute not in ({{ "'account." ~ account_columns | join("', 'account.") ~ "'" }})

),

extra as (

    select attribute
    from used
    where
        attribute not in ({{ "'" ~ profile_columns | join("', '") ~ "'" }})
        and attribute not like 'account.%'
        and attribute not like 'in_segment:%'
        and attribute not in ('tenure_days', 'first_event_key')
        and attribute not in (
            select measures.measure from {{ ref('stg_mapping__event_measures') }} as measures
        )

),

profile_texts as (

    select
        lead_id,
        {%- for column in profile_columns %}
            coalesce({{ attribute_text(column) }}, '') as {{ column }},
        {%- endfor %}
        valid_from_date,
        valid_until_date

    from {{ due_profiles }}

),

account_texts as (

    select
        lead_id,
        {%- for column in account_columns %}
            coalesce({{ attribute_text(column) }}, '') as {{ column }},
        {%- endfor %}
        shared_from_date as valid_from_date,
        shared_until_date as valid_until_date

    from lead_accounts

)

select
    lead_id,
    valid_from_date,
    valid_until_date,
    attribute,
    value

from profile_texts

unpivot (value for attribute in ({{ profile_columns | join(', ') }}))

where attribute in (select used.attribute from used)

union all

select
    lead_id,
    valid_from_date,
    valid_until_date,
    'account.' || attribute as attribute,
    value

from account_texts

unpivot (value for attribute in ({{ account_columns | join(', ') }}))

where 'account.' || attribute in (select used.attribute from used)

union all

select
    profiles.lead_id,
    profiles.valid_from_date,
    profiles.valid_until_date,
    extra.attribute,
    coalesce({{ json_text('profiles.attributes', 'extra.attribute') }}, '') as value

from {{ due_profiles }}

cross join extra

union all

select
    lead_accounts.lead_id,
    lead_accounts.shared_from_date as valid_from_date,
    lead_accounts.shared_until_date as valid_until_date,
    account_extra.attribute,
    coalesce(
        {{ json_text('lead_accounts.attributes', 'substr(account_extra.attribute, 9)') }}, ''
    ) as value

from lead_accounts

cross join account_extra

union all

select
    lead_id,
    cast('1900-01-01' as date) as valid_from_date,
    cast('9999-12-31' as date) as valid_until_date,
    attribute,
    value

from {{ ref('int_golden_attributes') }}
