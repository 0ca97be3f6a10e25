{#
    Grain: one row per lead, live model and span of days of one score and band as observed; valid_to is
    NULL while it lasts. Between the days on which a score can rise it is observed at the ends of months
    only, so a score that decays shows in steps. It grows from build to build, as int_past_scores does.
#}
{{ config(
    materialized='incremental',
    meta={'kept_with': 'int_scored_models'},
    pre_hook="{{ forget(ref('int_due_leads'), ['lead_id', 'score_model'], since=['valid_to', 'history_from_date - 1']) }}"
) }}
with

scores as (

    select
        past_scores.*,
        due_leads.history_from_date

    from {{ ref('int_past_scores') }} as past_scores

    inner join {{ ref('int_due_leads') }} as due_leads
        on past_scores.lead_id = due_leads.lead_id
        and past_scores.score_model = due_leads.score_model

),

lives as (

    select * from {{ ref('int_lead_lives') }}

),

clock as (

    select * from {{ ref('int_clock') }}

),

observed as (

    select
        scores.lead_id,
        scores.score_model,
        scores.score_date,
        scores.score,
        scores.band,
        scores.band_order,
        scores.cause,
        scores.history_from_date,
        lives.valid_from_date as life_from_date,
        lives.valid_until_date as life_until_date,
        lag(scores.score) over life as previous_score,
        lag(scores.band) over life as previous_band

    from scores

    inner join lives
        on scores.lead_id = lives.lead_id
        and scores.score_date >= lives.valid_from_date
        and scores.score_date < lives.valid_until_date

    window life as (
        partition by scores.lead_id, scores.score_model, lives.valid_from_date
        order by scores.score_date
    )

),

changed as (

    select
        observed.*,
        lead(observed.score_date) over (
            partition by observed.lead_id, observed.score_model, observed.life_from_date
            order by observed.score_date
        ) as next_change_date

    from observed

    where
        observed.previous_score is null
        or observed.score <> observed.previous_score
        or observed.band <> observed.previous_band

),

spans as (

    select
        changed.*,
        case
            when changed.next_change_date is not null
                then {{ days_after('changed.next_change_date', -1) }}
            when changed.life_until_date <= clock.clock_date
                then {{ days_after('changed.life_until_date', -1) }}
        end as valid_to

    from changed

    cross join clock

),

final as (

    {# A span that ends before the days that are scored anew, and not by them, stays as it is. #}
    select
        lead_id,
        score_model,
        score_date as valid_from,
        valid_to,
        score,
        previous_score,
        band,
        band_order,
        cause

    from spans

    where coalesce(valid_to >= {{ days_after('history_from_date', -1) }}, true)

)

select * from final
