{#
    Grain: one row. The warehouse clock and the last day whose facts (deals, payments, changes) are known:
    without as_of the day of the last landing, so what is dated later waits, be it planned or mistyped.
#}
{%- set landed = [
    'leads', 'lead_aliases', 'lead_events', 'accounts', 'opportunities', 'opportunity_stages', 'opportunity_leads',
    'payments', 'lead_feedback', 'marketing_spend', 'web_traffic'
] %}
with
deleted_events as (
    select event_id
    from {{ current_versions(
        '(select * from ' ~ ref('stg_raw__lead_events') ~ ' where event_id in (
            select gone.event_id from ' ~ ref('stg_raw__lead_events') ~ ' as gone where gone.is_deleted
        ))', ['event_id']
    ) }} as events
    where is_deleted
),

known as (
    select
        greatest(
            (
                select max(leads.created_at) from {{ ref('stg_raw__leads') }} as leads
                where leads.created_at <= leads.landed_at
            ),
            {# What nobody is known to have done does not move it. #}
            (
                select max(events.occurred_at) from {{ ref('stg_raw__lead_events') }} as events
                where
                    events.occurred_at <= events.landed_at
                    and (
                        events.lead_id in (select leads.lead_id from {{ ref('stg_raw__leads') }} as leads)
                        or events.lead_id in (select names.alias_id from {{ ref('stg_raw__lead_aliases') }} as names)
                    )
                    and events.event_id not in (select gone.event_id from deleted_events as gone)
            )
        ) as last_at,
        greatest(
            {%- for entity in landed %}
                (select max(landed.landed_at) from {{ ref('stg_raw__' ~ entity) }} as landed)
                {{- ',' if not loop.last }}
            {%- endfor %}
        ) as last_landed_at
),

as_of as (
    select cast(nullif('{{ var("as_of") }}', '') as date) as as_of_date
)

select
    coalesce(as_of.as_of_date, cast(known.last_at as date)) as clock_date,
    coalesce(as_of.as_of_date, cast(known.last_landed_at as date), cast('9999-12-31' as date)) as facts_until_date
from known
cross join as_of
