{#
    Grain: one row per stage at which sales may hold a lead or deal, for leads also whether their time for it is over, and
    what one is worth: the share that became customers × the mean of the won deals. Shares are rounded to 4 decimals, and
    money to the cent, on whole numbers, so that anybody can check them.
#}
{%- set stages = {'lead': 'lead_at', 'mql': 'mql_at', 'sql': 'sql_at'} %}
with
reached as (
    {# Who bought within the days of the var outcome_days; of those who did not, who bought within as many more. #}
    {%- for stage, reached_at in stages.items() %}
        {%- for is_late in [false, true] %}
            {%- set begin = days_after('cast(reached.' ~ reached_at ~ ' as date)', var('outcome_days')) %}
            {%- set end = days_after(begin, var('outcome_days')) if is_late else begin %}
            select
                '{{ stage }}' as stage,
                {{ is_late | lower }} as is_late,
                count(*) as reached,
                count(case when cast(reached.customer_at as date) <= {{ end }} then 1 end) as converted
            from {{ ref('lead_lifecycle') }} as reached
            cross join {{ ref('int_clock') }} as clock
            where
                {{ end }} <= clock.clock_date
                {{ 'and coalesce(cast(reached.customer_at as date) > ' ~ begin ~ ', true)' if is_late }}

            union all
        {% endfor %}
    {%- endfor %}
    select
        'opportunity' as stage,
        false as is_late,
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
    is_late,
    cast(reached as bigint) as reached,
    cast(converted as bigint) as converted,
    cast(conversion_rate as decimal(5, 4)) as conversion_rate,
    cast(mean_deal_amount as decimal(18, 2)) as mean_deal_amount,
    cast(round(conversion_rate * mean_deal_amount, 2) as decimal(18, 2)) as expected_value
from priced
