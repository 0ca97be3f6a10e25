{#
    Grain: one row per day, channel and region on which anything happened. Each column counts what
    happened on that day, in leads, and in deals that tie to none; all are additive. Visitors and money are NULL where none was landed.
#}
{%- set stages = {
    'leads': 'lead_at', 'iqls': 'iql_at', 'mqls': 'mql_at', 'sqls': 'sql_at', 'trials': 'trial_at', 'opportunities': 'opportunity_at',
    'customers': 'customer_at',
} %}
with
happened as (
    {%- for column, reached_at in stages.items() %}
        select
            cast({{ reached_at }} as date) as funnel_date,
            channel,
            region,
            '{{ column }}' as measure,
            cast(1 as decimal(18, 4)) as amount
        from {{ ref('lead_lifecycle') }}
        where {{ reached_at }} is not null

        union all
    {% endfor %}
    {# A deal of nobody counts on its own. #}
    {%- set of_nobody = {'opportunities': 'created_at', 'customers': "case status when 'won' then closed_at end"} %}
    {%- for column, reached_at in of_nobody.items() %}
        select
            cast({{ reached_at }} as date) as funnel_date, '(none)' as channel, '(none)' as region,
            '{{ column }}' as measure, 1 as amount
        from {{ ref('int_opportunities') }}
        where lead_id is null and {{ reached_at }} is not null
        union all
    {% endfor %}
    select
        cast(revenue.earned_at as date) as funnel_date,
        coalesce(lifecycle.channel, '(none)') as channel,
        coalesce(lifecycle.region, '(none)') as region,
        'revenue' as measure,
        revenue.amount
    from {{ ref('int_revenue') }} as revenue
    left join {{ ref('lead_lifecycle') }} as lifecycle
        on revenue.lead_id = lifecycle.lead_id

    union all

    select
        spend_date as funnel_date,
        channel,
        region,
        'spend' as measure,
        amount
    from {{ ref('int_marketing_spend') }}

    union all

    select
        traffic.traffic_date as funnel_date,
        channels.meaning as channel,
        traffic.region,
        'visitors' as measure,
        cast(traffic.visitors as decimal(18, 4)) as amount
    from {{ ref('stg_raw__web_traffic') }} as traffic
    inner join {{ ref('int_words') }} as channels
        on traffic.channel = channels.written
        and channels.kind = 'channel'
    cross join {{ ref('int_clock') }} as clock
    where traffic.traffic_date <= clock.facts_until_date
)

select
    funnel_date,
    channel,
    region,
    cast(sum(case when measure = 'visitors' then amount end) as bigint) as visitors,
    {%- for column in stages %}
        count(case when measure = '{{ column }}' then 1 end) as {{ column }},
    {%- endfor %}
    cast(sum(case when measure = 'revenue' then amount end) as decimal(18, 4)) as revenue,
    cast(sum(case when measure = 'spend' then amount end) as decimal(18, 4)) as spend
from happened
group by all
