{#
    Grain: one row per lead, live model and span of days of one score and band as observed; valid_to is
    NULL while it lasts. Between the days on which a score can rise it is observed at the ends of months
    only, so a score that decays shows in steps.
#}
with

scores as (

    select * from {{ ref('int_banded_scores') }}
    where cause is not null

),

current_scores as (

    select * from {{ ref('int_banded_scores') }}
    where is_current

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
        lag(scores.score) over lead_model as previous_score,
        lag(scores.band) over lead_model as previous_band

    from scores

    window lead_model as (
        partition by scores.lead_id, scores.score_model order by scores.score_date
    )

),

changed as (

    select
        observed.*,
        lead(observed.score_date) over (
            partition by observed.lead_id, observed.score_model order by observed.score_date
        ) as next_change_date

    from observed

    where
        observed.previous_score is null
        or observed.score <> observed.previous_score
        or observed.band <> observed.previous_band

),

final as (

    select
        changed.lead_id,
        changed.score_model,
        changed.score_date as valid_from,
        case
            when changed.next_change_date is not null
                then {{ days_after('changed.next_change_date', -1) }}
            when current_scores.score_date < clock.clock_date then current_scores.score_date
        end as valid_to,
        changed.score,
        changed.previous_score,
        changed.band,
        changed.band_order,
        changed.cause

    from changed

    cross join clock

    inner join current_scores
        on changed.lead_id = current_scores.lead_id
        and changed.score_model = current_scores.score_model

)

select * from final
