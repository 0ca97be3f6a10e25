{#
    Grain: one row per surviving lead and day on which one of its leads changed. Each field is the
    survivor's, else that of the latest other lead of the person that has one.
#}
{{ config(materialized='view') }}
{%- set fields = [
    'email', 'phone', 'first_name', 'last_name', 'person_id', 'company_name', 'account_id', 'job_title', 'department', 'industry', 'employee_count', 'annual_revenue', 'budget', 'currency',
    'country', 'region', 'city', 'language', 'time_zone', 'lead_source', 'campaign', 'landing_page', 'consent_status', 'owner_id'
] %}
{%- set versions -%}
    {# Not a CTE: one that is read twice is kept in memory. #}
    select
        versions.*,
        identities.surviving_lead_id,
        identities.person_created_at,
        versions.lead_id = identities.surviving_lead_id as is_survivor

    from {{ ref('int_lead_versions') }} as versions

    inner join {{ ref('int_lead_identities') }} as identities
        on versions.lead_id = identities.lead_id
{%- endset %}
with

members as (

    {{ versions }}

    where identities.person_lead_count > 1

),

sole as (

    {# Most people are one lead: nothing to collapse. #}
    {{ versions }}

    where identities.person_lead_count = 1

),

change_dates as (

    select distinct
        surviving_lead_id,
        valid_from_date

    from members

),

members_at_change as (

    select
        members.*,
        change_dates.valid_from_date as change_date,
        row_number() over (
            partition by change_dates.surviving_lead_id, change_dates.valid_from_date
            order by
                greatest(members.effective_updated_at, members.lead_created_at),
                members.lead_created_at,
                members.lead_id
        ) as freshness

    from change_dates

    inner join members
        on change_dates.surviving_lead_id = members.surviving_lead_id
        and change_dates.valid_from_date >= members.valid_from_date
        and change_dates.valid_from_date < members.valid_until_date

),

collapsed as (

    select
        surviving_lead_id as lead_id,
        change_date as valid_from_date,
        min(person_created_at) as created_at,
        {%- for field in fields %}
            coalesce(
                max(case when is_survivor then {{ field }} end),
                max_by(
                    {{ field }},
                    case when not is_survivor and {{ field }} is not null then freshness end
                )
            ) as {{ field }},
        {%- endfor %}
        {{ merged_json('attributes', 'case when is_survivor then 1000000 else freshness end') }}
            as attributes,
        coalesce(max(case when is_survivor then is_deleted_then end), false) as is_deleted

    from members_at_change

    group by
        surviving_lead_id,
        change_date

)

select
    lead_id,
    valid_from_date,
    person_created_at as created_at,
    {%- for field in fields %}
        {{ field }},
    {%- endfor %}
    attributes,
    is_deleted_then as is_deleted,
    valid_until_date

from sole

union all

select
    collapsed.*,
    lead(collapsed.valid_from_date, 1, cast('9999-12-31' as date)) over (
        partition by collapsed.lead_id order by collapsed.valid_from_date
    ) as valid_until_date

from collapsed
