{# Over all days, channels and regions the funnel counts each lead's stages and revenue exactly once. #}
{%- set stages = {
    'leads': 'lead_at', 'iqls': 'iql_at', 'mqls': 'mql_at', 'sqls': 'sql_at', 'trials': 'trial_at',
    'opportunities': 'opportunity_at', 'customers': 'customer_at',
} %}
with

funnel as (

    select
        {%- for column in stages %}
            sum({{ column }}) as {{ column }},
        {%- endfor %}
        sum(revenue) as revenue

    from {{ ref('funnel') }}

),

lifecycle as (

    select
        {%- for column, reached_at in stages.items() %}
            count({{ reached_at }}) as {{ column }},
        {%- endfor %}
        sum(revenue) as revenue

    from {{ ref('lead_lifecycle') }}

)

select
    funnel.leads as funnel_leads,
    lifecycle.leads as lifecycle_leads

from funnel

cross join lifecycle

where
    coalesce(funnel.revenue, 0) <> coalesce(lifecycle.revenue, 0)
    {%- for column in stages %}
        or coalesce(funnel.{{ column }}, 0) <> lifecycle.{{ column }}
    {%- endfor %}
