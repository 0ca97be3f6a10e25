{#
    Grain: one row per opportunity of a landed lead, as known at the clock, with its primary lead and the
    amount in the reporting currency. What has no result, or no day of it yet, is open.
#}
with

primary_leads as (

    select * from {{ ref('int_opportunity_leads') }}
    where is_primary

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
        opportunities.closed_at,
        clock.facts_until_date

    from {{ ref('int_current_opportunities') }} as opportunities

    inner join primary_leads
        on opportunities.opportunity_id = primary_leads.opportunity_id

    cross join {{ ref('int_clock') }} as clock

    where cast(opportunities.created_at as date) <= clock.facts_until_date

),

known as (

    select
        *,
        case
            when cast(closed_at as date) <= facts_until_date and is_won then 'won'
            when cast(closed_at as date) <= facts_until_date and not is_won then 'lost'
            else 'open'
        end as status

    from closed

),

dated as (

    select
        *,
        cast(case when status = 'open' then created_at else closed_at end as date) as amount_date
    from known

)

select
    dated.opportunity_id,
    dated.lead_id,
    dated.stage,
    dated.status,
    dated.currency,
    dated.amount_date,
    dated.amount as landed_amount,
    cast(dated.amount * exchange_rates.rate as decimal(18, 4)) as amount,
    dated.created_at,
    case when dated.status <> 'open' then dated.closed_at end as closed_at

from dated

left join {{ ref('int_exchange_rates') }} as exchange_rates
    on dated.currency = exchange_rates.from_currency
    and dated.amount_date >= exchange_rates.valid_from_date
    and dated.amount_date < exchange_rates.valid_until_date
