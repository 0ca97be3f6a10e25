{#
    Grain: one row per surviving lead, deleted ones included, with the first time it reached each stage. A
    duration that is negative is a fault of the data: it is left out and flagged, the lead still counts.
#}
{%- set ways = ['lead_to_mql', 'mql_to_sql', 'lead_to_opportunity', 'opportunity_to_customer', 'lead_to_customer'] %}
with
contacted as (
    select
        lifecycles.lead_id,
        min(contacts.occurred_at) as first_contact_at
    from {{ ref('int_lifecycles') }} as lifecycles
    inner join {{ ref('int_kpi_events') }} as contacts
        on lifecycles.lead_id = contacts.lead_id
        and lifecycles.sql_at <= contacts.occurred_at
        and contacts.kpi_event = 'contact'
    group by lifecycles.lead_id
),

timed as (
    select
        lifecycles.*,
        contacted.first_contact_at,
        {%- for way in ways %}
            {%- set start, end = way.split('_to_') %}
            {%- set end_at = 'lifecycles.' ~ end ~ '_at' %}
            {%- if end == 'customer' %}
                {%- set end_at = 'case when not lifecycles.is_customer_undated then lifecycles.customer_at end' %}
            {%- endif %}
            {{ days_apart('lifecycles.' ~ start ~ '_at', end_at) }} as days_{{ way }},
        {%- endfor %}
        {{ hours_apart('lifecycles.sql_at', 'contacted.first_contact_at') }} as hours_sql_to_contact
    from {{ ref('int_lifecycles') }} as lifecycles
    left join contacted
        on lifecycles.lead_id = contacted.lead_id
)

select
    timed.lead_id,
    timed.channel,
    timed.country,
    timed.region,
    timed.is_deleted,
    coalesce(
        least(timed.days_{{ ways | join(', timed.days_') }}) < 0, false
    ) as has_negative_duration,
    {%- for stage in ['lead', 'iql', 'mql', 'sql', 'trial', 'opportunity', 'customer', 'lost', 'recycled'] %}
        timed.{{ stage }}_at,
    {%- endfor %}
    cast(timed.sql_at as date) as sql_date,
    cast(timed.customer_at as date) as customer_date,
    timed.first_contact_at,
    {%- for way in ways %}
        case when timed.days_{{ way }} >= 0 then timed.days_{{ way }} end as days_{{ way }},
    {%- endfor %}
    timed.hours_sql_to_contact,
    case
        when timed.hours_sql_to_contact <= {{ var('contact_within_hours') }} then true
        when {{ hours_apart('timed.sql_at', 'cast(' ~ days_after('clock.clock_date', 1) ~ ' as timestamp)') }}
            >= {{ var('contact_within_hours') }} then false
    end as is_contacted_in_time,
    cast(coalesce(revenue.amount, 0) as decimal(18, 4)) as revenue
from timed
cross join {{ ref('int_clock') }} as clock
left join (
    select
        lead_id,
        sum(amount) as amount
    from {{ ref('int_revenue') }}
    group by lead_id
) as revenue
    on timed.lead_id = revenue.lead_id
