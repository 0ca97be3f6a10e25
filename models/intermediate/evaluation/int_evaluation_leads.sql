{#
    Grain: one row per surviving lead, day after its creation at whose end it is scored, and outcome that
    its score is held against.
#}
{%- set last_day = days_after('dates.score_date', var('outcome_days')) %}
with
known_later as (
    select distinct dates.lead_id, dates.score_date
    from {{ ref('int_evaluation_dates') }} as dates
    inner join {{ ref('int_backdated_spans') }} as backdated
        on dates.lead_id = backdated.lead_id
        and {{ holds_on('backdated', 'dates.score_date') }}
),

outcomes as (
    {%- for outcome in ['opportunity', 'customer'] %}
        select
            lead_id, channel, region,
            '{{ outcome }}' as outcome,
            cast({{ outcome }}_at as date) as reached_date,
            cast(least({{ outcome }}_at, customer_at, lost_at) as date) as decided_date,
            is_customer_undated
        from {{ ref('int_lifecycles') }}
        {{- ' union all' if not loop.last }}
    {%- endfor %}
)

{# Only a lead that was alive then, and only days that are over. #}
select
    dates.lead_id, dates.scored_day, outcomes.outcome, dates.score_date, dates.created_date,
    cast(date_trunc('month', dates.created_date) as date) as created_month,
    outcomes.channel, outcomes.region,
    case
        when outcomes.is_customer_undated then 'undated'
        when outcomes.decided_date <= dates.score_date then 'decided'
        when {{ last_day }} > data_end.last_date then 'too young'
        else 'evaluated'
    end as status,
    coalesce(outcomes.reached_date <= {{ last_day }}, false) as is_converted,
    known_later.lead_id is not null as is_known_later
from {{ ref('int_evaluation_dates') }} as dates
cross join {{ ref('int_data_end') }} as data_end
cross join {{ ref('int_clock') }} as clock
inner join {{ ref('int_lead_lives') }} as lives
    on dates.lead_id = lives.lead_id
    and {{ holds_on('lives', 'dates.score_date') }}
inner join outcomes
    on dates.lead_id = outcomes.lead_id
left join known_later
    on dates.lead_id = known_later.lead_id
    and dates.score_date = known_later.score_date
where dates.score_date <= clock.clock_date
