{#
    Grain: one row per surviving lead, live model and date at which this build scores the lead: today, which is the clock or
    the last day before the lead was deleted, and of its history and of the days on which the models are measured those
    that are due. Personas are scored at the clock, beside the leads: neither current nor history. Of several causes that
    make a day one of the history the first is told, in the order of their numbers.
#}
with
due as (
    select distinct spans.pair_id, spans.live_from_date, history_due.*
    from {{ ref('int_history_due') }} as history_due
    inner join {{ ref('int_score_spans') }} as spans
        on history_due.lead_id = spans.lead_id
        and history_due.score_model = spans.score_model
),

dates as (
    select pair_id, last_date as score_date, is_lead as is_current, false as is_measured, cast(null as string) as cause
    from {{ ref('int_score_spans') }}
    where
        valid_to_date = last_date
        and (last_date >= live_from_date or not is_lead)
    {%- for history_dates in [
        ref('int_history_dates__accounts'), ref('int_history_dates__events'), ref('int_history_dates__leads')
    ] %}
        union all

        {# Between these days a score only falls, so the first day over a threshold is exact. #}
        select due.pair_id, history_dates.score_date, false as is_current, false as is_measured, history_dates.cause
        from {{ history_dates }} as history_dates
        inner join due
            on history_dates.lead_id = due.lead_id
            and history_dates.score_model = due.score_model
            and history_dates.score_date >= greatest(due.history_from_date, due.live_from_date)
    {%- endfor %}

    union all

    {# A model is measured on days before it went live, too. #}
    select due.pair_id, evaluation_dates.score_date, false as is_current, true as is_measured, null as cause
    from {{ ref('int_evaluation_dates') }} as evaluation_dates
    inner join due
        on evaluation_dates.lead_id = due.lead_id
        and evaluation_dates.score_date >= due.history_from_date
),

days as (
    select
        pair_id, score_date,
        bool_or(is_current) as is_current,
        bool_or(is_measured) as is_measured,
        min(cause) as cause
    from dates
    group by pair_id, score_date
)

select
    days.pair_id + {{ days_between("cast('1900-01-01' as date)", 'days.score_date') }} as observation_id,
    spans.lead_id, spans.score_model, days.score_date, spans.created_date, spans.lead_region, days.is_current,
    days.is_measured,
    {# NULL for a day that is scored as today or to measure the models only: no part of the history. #}
    substr(days.cause, 3) as cause
from days
inner join {{ ref('int_score_spans') }} as spans
    on days.pair_id = spans.pair_id
    and days.score_date >= spans.valid_from_date
    and days.score_date <= spans.valid_to_date
