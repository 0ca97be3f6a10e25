{#
    Grain: one row per month of creation, channel and region: the customers to be expected of its leads by
    the champion's score of the quality day, and of as many leads of the twelve months before.
#}
with
leads as (
    select leads.*, scores.score
    from {{ ref('int_evaluation_leads') }} as leads
    inner join {{ ref('int_scored_days') }} as scores
        on leads.lead_id = scores.lead_id
        and leads.score_date = scores.score_date
    inner join {{ ref('int_live_models') }} as champions
        on scores.score_model = champions.score_model
    inner join {{ ref('int_clock') }} as clock
        on champions.live_from_date <= clock.clock_date
        and champions.live_until_date > clock.clock_date
    where
        leads.outcome = 'customer'
        and leads.scored_day = {{ var('quality_day') }}
        and leads.status <> 'decided'
),

base as (
    select
        months.created_month as quality_month,
        earlier.score,
        cast(earlier.is_converted as int) as conversions,
        {{ integer_divide('5 * (rank() over by_score - 1)', 'count(*) over this_month') }}
            as fifth
    from (select distinct created_month from leads) as months
    inner join leads as earlier
        on months.created_month > earlier.created_month
        and {{ days_between('earlier.created_month', 'months.created_month') }} <= 366
    where earlier.status = 'evaluated'
    window
        this_month as (partition by months.created_month),
        by_score as (partition by months.created_month order by earlier.score)
),

fifths as (
    {# Leads of one score are in one fifth, so that there may be fewer than five. #}
    select
        quality_month,
        fifth,
        min(score) as lower_score,
        lead(min(score)) over (partition by quality_month order by min(score)) as upper_score,
        avg(conversions) as rate,
        sum(sum(conversions)) over (partition by quality_month) as all_conversions,
        sum(sum(conversions)) over (partition by quality_month)
        / cast(sum(count(*)) over (partition by quality_month) as double) as base_rate
    from base
    group by quality_month, fifth
)

select
    fifths.quality_month,
    leads.channel,
    leads.region,
    count(*) as leads,
    cast(sum(cast(fifths.rate as decimal(18, 12))) as double) as expected_customers,
    cast(sum(cast(fifths.base_rate as decimal(18, 12))) as double) as base_customers,
    cast(max(fifths.all_conversions) as bigint) as base_conversions
from leads
inner join fifths
    on leads.created_month = fifths.quality_month
    and (leads.score >= fifths.lower_score or fifths.fifth = 0)
    and (leads.score < fifths.upper_score or fifths.upper_score is null)
group by all
