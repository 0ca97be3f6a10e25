{#
    Grain: one row per live model, scored day, outcome, part of the leads and bin of scores. The
    calibrated probability is the isotonic regression of the conversion rate over 20 bins of equally many
    leads: the largest, over all bins up to this one, of the smallest mean rate from there to this bin or
    beyond.
#}
{%- set bins = 20 %}
{%- set parts = {
    'all': ('leads', 'conversions'),
    'first half': ('first_half_leads', 'first_half_conversions'),
    'second half': ('leads - first_half_leads', 'conversions - first_half_conversions'),
} %}
with

counts as (

    select * from {{ ref('int_score_counts') }}
    where slice = 'overall'

),

placed as (

    select
        *,
        sum(leads) over (partition by score_model, scored_day, outcome) as all_leads,
        sum(leads) over (partition by score_model, scored_day, outcome order by score) as leads_up_to

    from counts

),

numbered as (

    {# Leads of one score stay together, in the bin where the middle one of them lies. #}
    select
        *,
        cast(floor({{ bins }} * (leads_up_to - leads / cast(2 as double)) / all_leads) as integer) as bin

    from placed

),

binned as (

    {%- for part, (leads, conversions) in parts.items() %}
        select
            score_model,
            scored_day,
            outcome,
            '{{ part }}' as part,
            bin,
            min(score) as lower_score,
            max(score) as upper_score,
            cast(sum({{ leads }}) as bigint) as leads,
            cast(sum({{ conversions }}) as bigint) as conversions

        from numbered

        group by
            score_model,
            scored_day,
            outcome,
            bin
        {%- if not loop.last %}

            union all
        {% endif %}
    {%- endfor %}

),

summed as (

    select
        *,
        sum(leads) over so_far as leads_so_far,
        sum(conversions) over so_far as conversions_so_far

    from binned

    window so_far as (partition by score_model, scored_day, outcome, part order by bin)

),

spans as (

    select
        starts.score_model,
        starts.scored_day,
        starts.outcome,
        starts.part,
        starts.bin as start_bin,
        ends.bin as end_bin,
        (ends.conversions_so_far - starts.conversions_so_far + starts.conversions)
        / cast(nullif(ends.leads_so_far - starts.leads_so_far + starts.leads, 0) as double)
            as mean_rate

    from summed as starts

    inner join summed as ends
        on starts.score_model = ends.score_model
        and starts.scored_day = ends.scored_day
        and starts.outcome = ends.outcome
        and starts.part = ends.part
        and starts.bin <= ends.bin

),

smallest as (

    select
        *,
        min(mean_rate) over (
            partition by score_model, scored_day, outcome, part, start_bin
            order by end_bin desc
        ) as smallest_rate

    from spans

),

rates as (

    select
        score_model,
        scored_day,
        outcome,
        part,
        end_bin as bin,
        max(smallest_rate) as calibrated_probability

    from smallest

    group by
        score_model,
        scored_day,
        outcome,
        part,
        end_bin

)

select
    binned.score_model,
    binned.scored_day,
    binned.outcome,
    binned.part,
    binned.bin,
    binned.lower_score,
    binned.upper_score,
    binned.leads,
    binned.conversions,
    coalesce(rates.calibrated_probability, 0) as calibrated_probability

from binned

left join rates
    on binned.score_model = rates.score_model
    and binned.scored_day = rates.scored_day
    and binned.outcome = rates.outcome
    and binned.part = rates.part
    and binned.bin = rates.bin
