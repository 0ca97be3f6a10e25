{#
    Grain: one row per person of sales who is there, with the weight of the share of new leads: as landed, times how they did
    in the last full quarter (var rep_performance) against the mean of all, halfway from the mean. Who closed no deal then
    is taken for the mean.
#}
{%- set measures = {
    'none': 'cast(null as double)',
    'won_amount': "cast(sum(case when deals.status = 'won' then coalesce(deals.amount, 0) end) as double)",
    'win_rate': "avg(case when deals.status = 'won' then 1.0 else 0.0 end)",
} %}
{%- set this_quarter = "date_trunc('quarter', clock.clock_date)" %}
with
reps as (
    select *
    from {{ ref('stg_raw__reps') }}
    where is_active
),

performances as (
    select
        reps.rep_id,
        coalesce({{ measures.get(var('rep_performance'), measures['none']) }}, 0) as performance
    from reps
    inner join {{ ref('int_opportunities') }} as deals
        on reps.rep_id = deals.owner_id
        and deals.status in ('won', 'lost')
    cross join {{ ref('int_clock') }} as clock
    where
        deals.closed_at < {{ this_quarter }}
        and deals.closed_at >= date_trunc('quarter', {{ days_after('cast(' ~ this_quarter ~ ' as date)', -1) }})
    group by reps.rep_id
)

select
    reps.rep_id,
    text_key(reps.region) as region_key,
    text_key(reps.language) as language_key,
    text_key(reps.expertise) as expertise_key,
    reps.capacity,
    cast(reps.weight as double) * coalesce(
        (performances.performance + avg(performances.performance) over ())
        / nullif(2 * avg(performances.performance) over (), 0),
        1
    ) as weight
from reps
left join performances
    on reps.rep_id = performances.rep_id
