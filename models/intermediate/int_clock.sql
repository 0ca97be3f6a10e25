{#
    Grain: one row. The warehouse clock and the last day whose facts (deals, payments, changes) are known:
    without as_of the day of the last landing, so what is dated later waits, be it planned or mistyped.
#}
{%- set landed = [
    'leads', 'lead_events', 'accounts', 'opportunities', 'opportunity_stages', 'opportunity_leads', 'payments',
    'lead_feedback', 'marketing_spend', 'web_traffic'
] %}
with

leads as (

    select * from {{ ref('stg_raw__leads') }}

),

lead_events as (

    select * from {{ ref('stg_raw__lead_events') }}

),

last_days as (

    select cast(max(created_at) as date) as last_date
    from leads
    where created_at <= landed_at

    union all

    select cast(max(occurred_at) as date) as last_date
    from lead_events
    where occurred_at <= landed_at

),

last_landings as (

    {%- for entity in landed %}
        select cast(max(landed_at) as date) as landed_date
        from {{ ref('stg_raw__' ~ entity) }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}

),

last_landing as (

    select max(landed_date) as landed_date
    from last_landings

),

as_of as (

    select cast(nullif('{{ var("as_of") }}', '') as date) as as_of_date

),

final as (

    select
        coalesce(as_of.as_of_date, max(last_days.last_date)) as clock_date,
        coalesce(as_of.as_of_date, last_landing.landed_date, cast('9999-12-31' as date)) as facts_until_date

    from last_days

    cross join last_landing

    cross join as_of

    group by
        as_of.as_of_date,
        last_landing.landed_date

)

select * from final
