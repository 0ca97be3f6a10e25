{#
    Grain: one row per live model, scored day, outcome and slice of the leads: sums over pairs of a lead
    that converted and one that did not. A score's twofold wins are twice the leads of the other kind that
    it beats plus those that it ties with, so all sums are whole numbers.
#}
{%- set top_shares = {'decile': 0.1, 'quintile': 0.2} %}
with

counts as (

    select
        *,
        leads - conversions as failures

    from {{ ref('int_score_counts') }}

),

ranked as (

    select
        *,
        cast(2 * (sum(failures) over ascending) - failures as bigint) as failures_beaten_twofold,
        cast(2 * (sum(conversions) over descending) - conversions as bigint) as conversions_beating_twofold,
        cast(sum(leads) over descending as bigint) as leads_from_here,
        cast(sum(conversions) over descending as bigint) as conversions_from_here,
        cast(sum(leads) over all_scores as bigint) as all_leads

    from counts

    window
        all_scores as (partition by score_model, scored_day, outcome, slice, slice_value),
        ascending as (partition by score_model, scored_day, outcome, slice, slice_value order by score asc),
        descending as (partition by score_model, scored_day, outcome, slice, slice_value order by score desc)

),

shared as (

    {# Of the leads of one score at the border of the top tenth or fifth only a part is in it. #}
    select
        *,
    {%- for name, share in top_shares.items() %}
        least(greatest(({{ share }} * all_leads - leads_from_here + leads) / cast(leads as double), 0), 1)
            as part_in_top_{{ name }}
        {{- ',' if not loop.last }}
    {%- endfor %}

    from ranked

)

select
    score_model,
    scored_day,
    outcome,
    slice,
    slice_value,
    cast(sum(leads) as bigint) as leads,
    cast(sum(conversions) as bigint) as conversions,
    cast(sum(known_later_leads) as bigint) as known_later_leads,
    cast(sum(conversions * failures_beaten_twofold) as bigint) as twofold_wins,
    sum(
        cast(conversions * failures_beaten_twofold as decimal(19, 0))
        * cast(failures_beaten_twofold as decimal(18, 0))
    ) as squares_of_conversions,
    sum(
        cast(failures * conversions_beating_twofold as decimal(19, 0))
        * cast(conversions_beating_twofold as decimal(18, 0))
    ) as squares_of_failures,
    {# Doubles are rounded before they are summed, so that the order of rows does not matter. #}
    sum(
        cast(conversions * conversions_from_here / cast(leads_from_here as double) as decimal(38, 18))
    ) as precision_sum,
{%- for name in top_shares %}
    sum(cast(conversions * part_in_top_{{ name }} as decimal(38, 12))) as conversions_in_top_{{ name }}
    {{- ',' if not loop.last }}
{%- endfor %}

from shared

group by
    score_model,
    scored_day,
    outcome,
    slice,
    slice_value
