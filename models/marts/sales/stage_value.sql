{#
    Grain: one row per stage at which sales may hold a lead or deal, and what one is worth there: the share that became customers × the
    mean of the won deals. Shares are rounded to 4 decimals and money to the cent, on whole numbers, so that anybody can check them.
#}
{%- set stages = {'lead': 'lead_at', 'mql': 'mql_at', 'sql': 'sql_at'} %}
with
reached as (
    {# Leads that have had the days of the var outcome_days since. #}
    {%- for stage, reached_at in stages.items() %}
        {%- set until = days_after('cast(reached.' ~ reached_at ~ ' as date)', var('outcome_days')) %}
        select
            '{{ stage }}' as stage,
            count(*) as reached,
            count(case when cast(reached.customer_at as date) <= {{ until }} then 1 end) as converted
        from {{ ref('lead_lifecycle') }} as reached
        cross join {{ ref('int_clock') }} as clock
        where {{ until }} <= clock.clock_date

        union all
    {% endfor %}
    select
        'opportunity' as stage,
        count(*) as reached,
        count(case when status = 'won' then 1 end) as converted
    from {{ ref('opportunity') }}
    where status <> 'open'
),

won as (
    select
        count(amount) as deals,
        sum(cast(round(amount, 2) * 100 as bigint)) as cents
    from {{ ref('opportunity') }}
    where status = 'won'
),

priced as (
    select
        reached.*,
        cast({{ integer_divide('20000 * converted + reached', '2 * nullif(reached, 0)') }} as decimal(18, 0))
        * cast('0.0001' as decimal(4, 4)) as conversion_rate,
        cast({{ integer_divide('2 * won.cents + won.deals', '2 * nullif(won.deals, 0)') }} as decimal(18, 0))
        * cast('0.01' as decimal(2, 2)) as mean_deal_amount
    from reached
    cross join won
)

select
    stage,
    cast(reached as bigint) as reached,
    cast(converted as bigint) as converted,
    cast(conversion_rate as decimal(5, 4)) as conversion_rate,
    cast(mean_deal_amount as decimal(18, 2)) as mean_deal_amount,
    cast(round(conversion_rate * mean_deal_amount, 2) as decimal(18, 2)) as expected_value
from priced
