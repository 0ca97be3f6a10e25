{#
    Grain: one row per surviving lead, span of days and attribute that is asked for, with its value as
    text ('' where missing). Attributes are the columns of the profile, account.<column>, and the keys of
    the extra columns; personas have theirs for ever.
#}
{%- set profile_columns = [
    'email', 'phone', 'first_name', 'last_name', 'person_id', 'company_name', 'job_title', 'seniority', 'title_role', 'department', 'department_group', 'industry', 'employee_count',
    'employee_band', 'annual_revenue', 'budget', 'currency', 'country', 'region', 'city', 'language', 'time_zone', 'lead_source', 'channel', 'campaign',
    'landing_page', 'email_domain', 'email_domain_kind', 'is_role_mailbox', 'consent_status', 'account_id', 'owner_id'
] %}
with
asked as (
    {{ asked_attributes() }}
),

texts as (
    select
        lead_id,
        {%- for column in profile_columns %}
            coalesce({{ attribute_text(column) }}, '') as {{ column }},
        {%- endfor %}
        valid_from_date,
        valid_until_date
    from {{ ref('int_lead_profiles') }}
)

select lead_id, valid_from_date, valid_until_date, attribute, value
from texts
unpivot (value for attribute in ({{ profile_columns | join(', ') }}))
where attribute in (select asked.attribute from asked)

union all

select
    profiles.lead_id, profiles.valid_from_date, profiles.valid_until_date, asked.attribute,
    coalesce({{ json_text('profiles.attributes', 'asked.attribute') }}, '') as value
from {{ ref('int_lead_profiles') }} as profiles
cross join asked
where
    asked.attribute not in ({{ "'" ~ profile_columns | join("', '") ~ "'" }}, 'tenure_days', 'first_event_key')
    and asked.attribute not like 'account.%' and asked.attribute not like 'in_segment:%'
    and asked.attribute not in (select measures.measure from {{ ref('event_measures') }} as measures)

union all

select lead_id, valid_from_date, valid_until_date, attribute, value
from {{ ref('int_account_attributes') }}

union all

select
    lead_id,
    cast('1900-01-01' as date) as valid_from_date,
    cast('9999-12-31' as date) as valid_until_date,
    attribute, value
from {{ ref('int_golden_attributes') }}
