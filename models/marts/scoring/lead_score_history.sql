{#
    Grain: one row per lead, live model and span of days of one score and band as observed; valid_to is NULL while it lasts.
    Between the days on which a score can rise it is observed at the ends of months only, so a score that decays shows in
    steps.
#}
with
observed as (
    select
        scored_days.*,
        lives.valid_from_date as life_from_date, lives.valid_until_date as life_until_date,
        lag(scored_days.score) over life as previous_score, lag(scored_days.band) over life as previous_band,
        lag(scored_days.band_order) over life as previous_band_order
    from {{ ref('int_scored_days') }} as scored_days
    inner join {{ ref('int_lead_lives') }} as lives
        on scored_days.lead_id = lives.lead_id
        and {{ holds_on('lives', 'scored_days.score_date') }}
    where scored_days.cause is not null
    window life as (
        partition by scored_days.lead_id, scored_days.score_model, lives.valid_from_date
        order by scored_days.score_date
    )
),

changed as (
    select
        *,
        lead(score_date, 1, life_until_date) over (
            partition by lead_id, score_model, life_from_date order by score_date
        ) as valid_until_date
    from observed
    where previous_score is null or score <> previous_score or band <> previous_band
)

select
    changed.lead_id, changed.score_model, changed.score_date as valid_from,
    case
        when changed.valid_until_date <= clock.clock_date then {{ days_after('changed.valid_until_date', -1) }}
    end as valid_to,
    changed.score, changed.previous_score, changed.band, changed.band_order,
    case
        when changed.previous_score is null then 'first'
        when changed.band_order > changed.previous_band_order then 'rose'
        when coalesce(changed.band_order = changed.previous_band_order, true) then 'stayed'
        when changed.cause in ('decay', 'silence', 'event left its window') then 'fell by decay'
        else 'fell'
    end as band_change,
    changed.cause
from changed
cross join {{ ref('int_clock') }} as clock
