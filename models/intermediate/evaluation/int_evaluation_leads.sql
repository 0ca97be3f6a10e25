{#
    Grain: one row per surviving lead, day after its creation at whose end it is scored, and outcome that
    its score is held against.
#}
{%- set outcomes = {'opportunity': 'opportunity_at', 'customer': 'customer_at'} %}
with

known_later as (

    select distinct
        dates.lead_id,
        dates.score_date

    from {{ ref('int_evaluation_dates') }} as dates

    inner join {{ ref('int_backdated_spans') }} as backdated
        on dates.lead_id = backdated.lead_id
        and dates.score_date >= backdated.valid_from_date
        and dates.score_date < backdated.valid_until_date

),

scored as (

    {# Only a lead that was alive then, and only days that are over. #}
    select
        dates.*,
        lifecycle.channel,
        lifecycle.region,
        lifecycle.opportunity_at,
        lifecycle.customer_at,
        lifecycle.lost_at,
        data_end.last_date,
        known_later.lead_id is not null as is_known_later

    from {{ ref('int_evaluation_dates') }} as dates

    cross join {{ ref('int_data_end') }} as data_end

    cross join {{ ref('int_clock') }} as clock

    inner join {{ ref('int_lead_lives') }} as lives
        on dates.lead_id = lives.lead_id
        and dates.score_date >= lives.valid_from_date
        and dates.score_date < lives.valid_until_date

    inner join {{ ref('int_lifecycles') }} as lifecycle
        on dates.lead_id = lifecycle.lead_id

    left join known_later
        on dates.lead_id = known_later.lead_id
        and dates.score_date = known_later.score_date

    where dates.score_date <= clock.clock_date

),

outcomes as (

    {%- for outcome in outcomes %}
        select '{{ outcome }}' as outcome
        {{- ' union all' if not loop.last }}
    {%- endfor %}

),

held_against as (

    select
        scored.*,
        outcomes.outcome,
        cast(case outcomes.outcome
            {%- for outcome, reached_at in outcomes.items() %}
                when '{{ outcome }}' then scored.{{ reached_at }}
            {%- endfor %}
        end as date) as reached_date

    from scored

    cross join outcomes

)

select
    lead_id,
    scored_day,
    outcome,
    score_date,
    created_date,
    cast(date_trunc('month', created_date) as date) as created_month,
    channel,
    region,
    case
        when least(reached_date, cast(customer_at as date), cast(lost_at as date)) <= score_date then 'decided'
        when {{ days_after('score_date', var('outcome_days')) }} > last_date then 'too young'
        else 'evaluated'
    end as status,
    coalesce(reached_date <= {{ days_after('score_date', var('outcome_days')) }}, false)
        as is_converted,
    is_known_later

from held_against
