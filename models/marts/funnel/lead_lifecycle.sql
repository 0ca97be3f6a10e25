{#
    Grain: one row per surviving lead, deleted ones included, with the first time it reached each stage.
    Durations are differences of timestamps in days; one that is negative is a fault of the data: it is
    left out and flagged, the lead still counts.
#}
with

revenue as (

    select
        lead_id,
        sum(amount) as revenue

    from {{ ref('int_revenue') }}

    group by lead_id

),

contacts as (

    select
        lead_id,
        occurred_at

    from {{ ref('int_kpi_events') }}

    where kpi_event = 'contact'

),

leads as (

    {# First touch is the first channel known of a lead; where it is, the last known up to the clock. #}
    select
        profiles.lead_id,
        min(profiles.created_at) as lead_at,
        min_by(profiles.channel, case when profiles.channel is not null then profiles.valid_from_date end)
            as channel,
        max_by(profiles.country, case when profiles.country is not null then profiles.valid_from_date end)
            as country,
        max_by(profiles.region, case when profiles.region is not null then profiles.valid_from_date end)
            as region,
        max_by(profiles.is_deleted, profiles.valid_from_date) as is_deleted

    from {{ ref('int_lead_profiles') }} as profiles

    cross join {{ ref('int_clock') }} as clock

    where profiles.valid_from_date <= clock.clock_date

    group by profiles.lead_id

),

reached as (

    select
        lead_id,
    {%- for stage in ['iql', 'mql', 'sql', 'trial', 'opportunity', 'customer', 'lost'] %}
        min(case when stage = '{{ stage }}' then reached_at end) as {{ stage }}_at
        {{- ',' if not loop.last }}
    {%- endfor %}

    from {{ ref('int_lead_stages') }}

    group by lead_id

),

contacted as (

    select
        reached.lead_id,
        min(contacts.occurred_at) as first_contact_at

    from reached

    inner join contacts
        on reached.lead_id = contacts.lead_id
        and reached.sql_at <= contacts.occurred_at

    group by reached.lead_id

),

{% set durations = [
    ('lead', 'mql'), ('mql', 'sql'), ('lead', 'opportunity'), ('opportunity', 'customer'), ('lead', 'customer')
] -%}
timed as (

    select
        leads.*,
        reached.iql_at,
        reached.mql_at,
        reached.sql_at,
        reached.trial_at,
        reached.opportunity_at,
        reached.customer_at,
        reached.lost_at,
        contacted.first_contact_at,
        {{ hours_apart('reached.sql_at', 'contacted.first_contact_at') }} as hours_sql_to_contact,
        {{ hours_apart(
            'reached.sql_at', 'cast(' ~ days_after('clock.clock_date', 1) ~ ' as timestamp)'
        ) }} as hours_since_sql,
        {%- for start, end in durations %}
        {{ days_apart(
            ('leads' if start == 'lead' else 'reached') ~ '.' ~ start ~ '_at', 'reached.' ~ end ~ '_at'
        ) }} as days_{{ start }}_to_{{ end }},
        {%- endfor %}
        cast(coalesce(revenue.revenue, 0) as decimal(18, 4)) as revenue

    from leads

    cross join {{ ref('int_clock') }} as clock

    left join reached
        on leads.lead_id = reached.lead_id

    left join contacted
        on leads.lead_id = contacted.lead_id

    left join revenue
        on leads.lead_id = revenue.lead_id

)

select
    lead_id,
    coalesce(channel, '(none)') as channel,
    country,
    coalesce(region, '(none)') as region,
    is_deleted,
    coalesce(least(
        {%- for start, end in durations %}
            days_{{ start }}_to_{{ end }}{{ ',' if not loop.last }}
        {%- endfor %}
    ) < 0, false) as has_negative_duration,
    lead_at,
    iql_at,
    mql_at,
    sql_at,
    trial_at,
    opportunity_at,
    customer_at,
    lost_at,
    {{ reporting_date('sql_at') }} as sql_date,
    {{ reporting_date('customer_at') }} as customer_date,
    first_contact_at,
    {%- for start, end in durations %}
        case
            when days_{{ start }}_to_{{ end }} >= 0 then days_{{ start }}_to_{{ end }}
        end as days_{{ start }}_to_{{ end }},
    {%- endfor %}
    hours_sql_to_contact,
    case
        when hours_sql_to_contact <= {{ var('contact_within_hours') }} then true
        when hours_since_sql >= {{ var('contact_within_hours') }} then false
    end as is_contacted_in_time,
    revenue

from timed
