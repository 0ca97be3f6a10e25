{#
    Grain: one row per live model, scored day, outcome, region ((all) for every one) and whole number of
    points from which on leads could be handed over to sales.
#}
with
bounds as (
    {# From which score on leads are handed over to sales; the lowest band has no bound, and hands over all. #}
    select
        score_model,
        lead_region as region,
        case when count(*) = count(lower_bound) then min(lower_bound) end as lower_bound
    from {{ ref('int_region_bands') }}
    where is_mql
    group by score_model, lead_region
),

above as (
    select
        score_model, scored_day, outcome,
        coalesce(region, '(all)') as region,
        floor(score) as cutoff,
        cast(sum(count(*)) over from_here as bigint) as leads,
        cast(sum(sum(cast(is_converted as int))) over from_here as bigint) as conversions,
        sum(count(*)) over this_region as all_leads,
        sum(sum(cast(is_converted as int))) over this_region as all_conversions,
        ({{ days_between('min(min(created_date)) over this_day', 'max(max(created_date)) over this_day') }} + 1)
        / cast(7 as double) as weeks
    from {{ ref('int_evaluation_scores') }}
    group by score_model, scored_day, outcome, floor(score), rollup(region)
    window
        this_day as (partition by scored_day, outcome),
        this_region as (partition by score_model, scored_day, outcome, region),
        from_here as (partition by score_model, scored_day, outcome, region order by floor(score) desc)
),

measured as (
    {# A region's part of the calls is its part of the leads. #}
    select
        above.*,
        above.leads / above.weeks as leads_per_week,
        {{ var('calls_per_week') }} * above.all_leads
        / cast(max(above.all_leads) over (partition by above.score_model, above.scored_day, above.outcome) as double)
            as calls_per_week,
        case
            when above.outcome = 'customer'
                then ({{ var('win_value') }} * above.conversions - {{ var('call_cost') }} * above.leads) / above.weeks
        end as expected_profit_per_week,
        case when bounds.region is not null then above.cutoff end as todays_cutoff
    from above
    left join bounds
        on above.score_model = bounds.score_model
        and above.region = bounds.region
        and above.cutoff >= coalesce(bounds.lower_bound, cast('-99999999999999' as decimal(18, 4)))
)

select
    score_model, scored_day, outcome, region,
    cast(cutoff as decimal(18, 0)) as cutoff,
    leads, conversions,
    conversions / cast(leads as double) as precision_rate,
    conversions / cast(nullif(all_conversions, 0) as double) as recall_rate,
    leads_per_week, calls_per_week, expected_profit_per_week,
    coalesce(cutoff = min(todays_cutoff) over this_region, false) as is_todays_cutoff,
    {# Where no cut-off keeps within the calls, none is marked. #}
    coalesce(cutoff = min(case when leads_per_week <= calls_per_week then cutoff end) over this_region, false)
        as is_calls_cutoff,
    outcome = 'customer'
    and row_number() over by_profit = 1 as is_best_cutoff,
    (select clock.clock_date from {{ ref('int_clock') }} as clock) as evaluated_date
from measured
window
    this_region as (partition by score_model, scored_day, outcome, region),
    by_profit as (
        partition by score_model, scored_day, outcome, region order by expected_profit_per_week desc, cutoff desc
    )
