{#
    Grain: one row per surviving lead and day on which one of its leads changed. Each field is the survivor's, else
    that of the latest other lead of the person that has one, and consent the strictest; most people are one lead, with
    nothing to choose from.
#}
{{ config(materialized='view') }}
{%- set fields = [
    'email', 'phone', 'first_name', 'last_name', 'person_id', 'company_name', 'account_id', 'job_title', 'department', 'industry', 'employee_count', 'annual_revenue', 'budget', 'currency',
    'country', 'region', 'city', 'language', 'time_zone', 'lead_source', 'campaign', 'landing_page', 'consent_status', 'owner_id', 'lead_url', 'attributes'
] %}
{%- set people -%}
    {{ ref('int_lead_versions') }} as versions
    inner join {{ ref('int_lead_identities') }} as identities on versions.lead_id = identities.lead_id
    left join {{ ref('int_words') }} as consents on versions.consent_status = consents.written and consents.kind = 'consent'
{%- endset %}
with
change_dates as (
    select distinct
        identities.surviving_lead_id,
        versions.valid_from_date as change_date
    from {{ people }}
    where identities.person_lead_count > 1
),

members as (
    select
        versions.*,
        identities.surviving_lead_id, identities.person_created_at, change_dates.change_date,
        consents.strictness, consents.meaning as consent,
        row_number() over (
            partition by identities.surviving_lead_id, change_dates.change_date
            order by
                versions.lead_id = identities.surviving_lead_id,
                greatest(versions.effective_updated_at, versions.lead_created_at),
                versions.lead_created_at, versions.lead_id
        ) as precedence
    from {{ people }}
    inner join change_dates
        on identities.surviving_lead_id = change_dates.surviving_lead_id
        and {{ holds_on('versions', 'change_dates.change_date') }}
),

persons as (
    select
        versions.lead_id,
        identities.person_created_at as created_at,
        {%- for field in fields %}
            versions.{{ field }},
        {%- endfor %}
        versions.is_deleted_then as is_deleted,
        coalesce(consents.meaning = 'objected', false) as has_objected,
        versions.valid_from_date, versions.valid_until_date
    from {{ people }}
    where identities.person_lead_count = 1

    union all

    select
        surviving_lead_id as lead_id,
        person_created_at as created_at,
        {%- for field in fields if field != 'attributes' %}
            {%- set place = '(coalesce(strictness, -1), precedence)' if field == 'consent_status' else 'precedence' %}
            max_by({{ field }}, case when {{ field }} is not null then {{ place }} end) as {{ field }},
        {%- endfor %}
        {{ merged_json('attributes', 'precedence') }} as attributes,
        coalesce(max(case when lead_id = surviving_lead_id then is_deleted_then end), false) as is_deleted,
        coalesce(bool_or(consent = 'objected'), false) as has_objected,
        change_date as valid_from_date,
        lead(change_date, 1, cast('9999-12-31' as date))
            over (partition by surviving_lead_id order by change_date) as valid_until_date
    from members
    group by surviving_lead_id, person_created_at, change_date
)

select
    *,
    case when contains(email, '@') then split_part(email, '@', 2) end as email_domain
from persons
