{#
    Grain: one row per opportunity of a landed lead, as known at the clock, with its primary lead and the
    amount in the reporting currency.
#}
with

opportunities as (

    {{ current_versions(ref('stg_raw__opportunities'), ['opportunity_id'], has_updated_at=true) }}

),

primary_leads as (

    select * from {{ ref('int_opportunity_leads') }}
    where is_primary

),

clock as (

    select * from {{ ref('int_clock') }}

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates') }}

),

closed as (

    select
        opportunities.opportunity_id,
        primary_leads.lead_id,
        opportunities.created_at,
        opportunities.stage,
        opportunities.amount,
        coalesce(opportunities.currency, '') as currency,
        opportunities.is_won,
        case
            when opportunities.is_won is not null
                then coalesce(opportunities.closed_at, opportunities.updated_at)
        end as closed_at,
        clock.facts_until_date

    from opportunities

    inner join primary_leads
        on opportunities.opportunity_id = primary_leads.opportunity_id

    cross join clock

    where cast(opportunities.created_at as date) <= clock.facts_until_date

),

known as (

    select
        *,
        case
            when cast(closed_at as date) <= facts_until_date and is_won then 'won'
            when cast(closed_at as date) <= facts_until_date then 'lost'
            else 'open'
        end as status,
        cast(coalesce(closed_at, created_at) as date) as amount_date

    from closed

),

final as (

    select
        known.opportunity_id,
        known.lead_id,
        known.stage,
        known.status,
        known.currency,
        known.amount_date,
        known.amount as landed_amount,
        cast(known.amount * exchange_rates.rate as decimal(18, 4)) as amount,
        known.created_at,
        case when known.status <> 'open' then known.closed_at end as closed_at

    from known

    left join exchange_rates
        on known.currency = exchange_rates.from_currency
        and known.amount_date >= exchange_rates.valid_from_date
        and known.amount_date < exchange_rates.valid_until_date

)

select * from final
