{#
    Grain: one row per opportunity, as known at the clock, those that are one counted once, with its primary lead (NULL where
    it ties to none) and the amount in the reporting currency. What has no result, or no day of it yet, is open.
#}
with
known as (
    select
        opportunities.opportunity_id, opportunity_leads.lead_id, opportunities.stage,
        opportunities.owner_id, opportunities.is_won,
        coalesce(opportunities.is_undated_win, false) as is_undated_win,
        coalesce(opportunities.currency, '') as currency,
        opportunities.amount, opportunities.created_at,
        case
            when opportunities.is_won is not null and cast(opportunities.closed_at as date) <= clock.facts_until_date
                then opportunities.closed_at
        end as closed_at
    from {{ ref('int_current_opportunities') }} as opportunities
    cross join {{ ref('int_clock') }} as clock
    left join {{ ref('int_opportunity_leads') }} as opportunity_leads
        on opportunities.opportunity_id = opportunity_leads.opportunity_id
        and opportunity_leads.is_primary
    where
        opportunities.opportunity_id = opportunities.surviving_opportunity_id
        and cast(opportunities.created_at as date) <= clock.facts_until_date
),

dated as (
    select *, cast(coalesce(closed_at, created_at) as date) as amount_date from known
)

select
    dated.opportunity_id, dated.lead_id, dated.stage, dated.owner_id,
    case when dated.closed_at is null then 'open' when dated.is_won then 'won' else 'lost' end as status,
    dated.currency, dated.amount_date,
    dated.amount as landed_amount,
    cast(dated.amount * exchange_rates.rate as decimal(18, 4)) as amount,
    dated.created_at, dated.closed_at, dated.is_undated_win
from dated
left join {{ ref('int_exchange_rates') }} as exchange_rates
    on dated.currency = exchange_rates.from_currency
    and {{ holds_on('exchange_rates', 'dated.amount_date') }}
