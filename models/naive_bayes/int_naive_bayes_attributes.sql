{#
    Grain: one row per surviving lead that is not deleted and field of the seed naive_bayes_fields, with
    its value at the clock as text; NULL where it is unset.
#}
{%- set profile_columns = [
    'company_name', 'account_id', 'job_title', 'seniority', 'title_role', 'department', 'department_group', 'industry', 'employee_count', 'employee_band',
    'annual_revenue', 'budget', 'currency', 'country', 'region', 'city', 'language', 'time_zone', 'lead_source', 'channel', 'campaign', 'landing_page',
    'email_domain', 'email_domain_kind', 'is_role_mailbox', 'consent_status', 'owner_id'
] %}
{%- set account_columns = ['domain', 'name', 'industry', 'employee_count', 'annual_revenue', 'currency', 'country'] %}
with

profiles as (

    select * from {{ ref('int_current_profiles') }}
    where not is_deleted

),

accounts as (

    select
        accounts_of_leads.lead_id,
        accounts.*

    from {{ ref('int_lead_accounts') }} as accounts_of_leads

    cross join {{ ref('int_clock') }} as clock

    inner join {{ ref('int_account_versions') }} as accounts
        on accounts_of_leads.account_id = accounts.account_id
        and clock.clock_date >= accounts.valid_from_date
        and clock.clock_date < accounts.valid_until_date

    where
        clock.clock_date >= accounts_of_leads.valid_from_date
        and clock.clock_date < accounts_of_leads.valid_until_date

),

known as (

    select
        profiles.lead_id,
        fields.field,
        case fields.attribute
            {%- for column in profile_columns %}
                when '{{ column }}' then {{ attribute_text('profiles.' ~ column) }}
            {%- endfor %}
            else {{ json_text('profiles.attributes', 'fields.attribute') }}
        end as value

    from profiles

    cross join {{ ref('naive_bayes_fields') }} as fields

    where fields.attribute <> 'lifecycle_stage' and fields.attribute not like 'account.%'

    union all

    select
        accounts.lead_id,
        fields.field,
        case fields.attribute
            {%- for column in account_columns %}
                when 'account.{{ column }}' then {{ attribute_text('accounts.' ~ column) }}
            {%- endfor %}
            else {{ json_text('accounts.attributes', 'substr(fields.attribute, 9)') }}
        end as value

    from accounts

    cross join {{ ref('naive_bayes_fields') }} as fields

    where fields.attribute like 'account.%'

    union all

    select
        lifecycle.lead_id,
        fields.field,
        case
            {%- for stage in ['customer', 'opportunity', 'trial', 'sql', 'mql', 'iql'] %}
                when lifecycle.{{ stage }}_at is not null then '{{ stage }}'
            {%- endfor %}
            else 'lead'
        end as value

    from {{ ref('int_lifecycles') }} as lifecycle

    cross join {{ ref('naive_bayes_fields') }} as fields

    where fields.attribute = 'lifecycle_stage'

)

select
    profiles.lead_id,
    fields.field,
    fields.kind,
    nullif(trim(known.value), '') as value

from profiles

cross join {{ ref('naive_bayes_fields') }} as fields

left join known
    on profiles.lead_id = known.lead_id
    and fields.field = known.field
