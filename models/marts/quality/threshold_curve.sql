{#
    Grain: one row per live model, scored day, outcome, region ((all) for every one) and whole number of
    points from which on leads could be handed over to sales.
#}
with

counts as (

    select
        *,
        case slice when 'region' then slice_value else '(all)' end as region

    from {{ ref('int_score_counts') }}

    where slice in ('overall', 'region')

),

leads as (

    select * from {{ ref('int_evaluation_leads') }}
    where status = 'evaluated'

),

bands as (

    select
        score_model,
        lead_region as region,
        band,
        lower_bound
    from {{ ref('int_region_bands') }}

    union all

    select
        score_model,
        '(all)' as region,
        band,
        lower_bound
    from {{ ref('stg_points__score_bands') }}
    where region is null

),

handed_over_bands as (

    select value as band
    from {{ ref('lifecycle_stages') }}
    where
        stage = 'mql'
        and source = 'band'

),

weeks as (

    select
        scored_day,
        outcome,
        ({{ days_between('min(created_date)', 'max(created_date)') }} + 1) / cast(7 as double) as weeks

    from leads

    group by
        scored_day,
        outcome

),

todays_bounds as (

    {# The lowest band has no bound: with it every lead is handed over. #}
    select
        bands.score_model,
        bands.region,
        case when count(*) = count(bands.lower_bound) then min(bands.lower_bound) end as lower_bound

    from bands

    inner join handed_over_bands
        on bands.band = handed_over_bands.band

    group by
        bands.score_model,
        bands.region

),

points as (

    select
        score_model,
        scored_day,
        outcome,
        region,
        floor(score) as cutoff,
        sum(leads) as leads,
        sum(conversions) as conversions

    from counts

    group by
        score_model,
        scored_day,
        outcome,
        region,
        floor(score)

),

above as (

    select
        score_model,
        scored_day,
        outcome,
        region,
        cutoff,
        cast(sum(leads) over descending as bigint) as leads,
        cast(sum(conversions) over descending as bigint) as conversions,
        sum(leads) over this_region as all_leads,
        sum(conversions) over this_region as all_conversions

    from points

    window
        this_region as (partition by score_model, scored_day, outcome, region),
        descending as (partition by score_model, scored_day, outcome, region order by cutoff desc)

),

measured as (

    {# A region's part of the calls is its part of the leads. #}
    select
        above.*,
        above.leads / weeks.weeks as leads_per_week,
        {{ var('calls_per_week') }} * above.all_leads
        / cast(max(above.all_leads) over (partition by above.score_model, above.scored_day, above.outcome) as double)
            as calls_per_week,
        case
            when above.outcome = 'customer'
                then ({{ var('win_value') }} * above.conversions - {{ var('call_cost') }} * above.leads)
                    / weeks.weeks
        end as expected_profit_per_week,
        todays_bounds.score_model is not null
        and coalesce(above.cutoff >= todays_bounds.lower_bound, true) as is_handed_over_today

    from above

    inner join weeks
        on above.scored_day = weeks.scored_day
        and above.outcome = weeks.outcome

    left join todays_bounds
        on above.score_model = todays_bounds.score_model
        and above.region = todays_bounds.region

)

select
    score_model,
    scored_day,
    outcome,
    region,
    cast(cutoff as decimal(18, 0)) as cutoff,
    leads,
    conversions,
    conversions / cast(leads as double) as precision_rate,
    conversions / cast(nullif(all_conversions, 0) as double) as recall_rate,
    leads_per_week,
    calls_per_week,
    expected_profit_per_week,
    is_handed_over_today
    and cutoff = min(case when is_handed_over_today then cutoff end) over this_region
        as is_todays_cutoff,
    {# Where no cut-off keeps within the calls, none is marked. #}
    coalesce(cutoff = min(case when leads_per_week <= calls_per_week then cutoff end) over this_region, false)
        as is_calls_cutoff,
    outcome = 'customer'
    and row_number() over (
        partition by score_model, scored_day, outcome, region
        order by expected_profit_per_week desc, cutoff desc
    ) = 1 as is_best_cutoff,
    (select clock.clock_date from {{ ref('int_clock') }} as clock) as evaluated_date

from measured

window this_region as (partition by score_model, scored_day, outcome, region)
