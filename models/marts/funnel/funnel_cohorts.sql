{#
    Grain: one row per month of creation, channel and region that has leads: how many of them reached
    each stage ever, and at most 30, 60, 90 or 180 days after they came in.
#}
{%- set stages = {
    'iqls': 'iql_at', 'mqls': 'mql_at', 'sqls': 'sql_at', 'trials': 'trial_at', 'opportunities': 'opportunity_at', 'customers': 'customer_at',
} %}
{%- set horizons = [30, 60, 90, 180] %}
with
cohorts as (
    select
        cast(date_trunc('month', lead_at) as date) as cohort_month,
        channel,
        region,
        count(*) as leads,
    {%- for column, reached_at in stages.items() %}
        {%- for days in horizons %}
            count(case when {{ reached_at }} <= lead_at + interval {{ days }} day then 1 end)
                as {{ column }}_within_{{ days }},
        {%- endfor %}
        count({{ reached_at }}) as {{ column }}
        {{- ',' if not loop.last }}
    {%- endfor %}
    from {{ ref('lead_lifecycle') }}
    group by
        cast(date_trunc('month', lead_at) as date),
        channel,
        region
)

select
    cohorts.*,
{%- for days in horizons %}
    {{ days_after('last_day(cohorts.cohort_month)', days) }} <= data_end.last_date
        as is_mature_{{ days }}
    {{- ',' if not loop.last }}
{%- endfor %}
from cohorts
cross join {{ ref('int_data_end') }} as data_end
