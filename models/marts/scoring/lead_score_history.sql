{#
    Grain: one row per lead, live model and span of days of one score and band as observed; valid_to is
    NULL while it lasts. Between the days on which a score can rise it is observed at the ends of months
    only, so a score that decays shows in steps. It grows from build to build, as int_current_scores does.
#}
{{ config(
    materialized='incremental',
    meta={'kept_with': 'int_scored_models', 'due_in': 'int_due_leads', 'due_by': ['lead_id', 'score_model'], 'due_since': 'valid_to + 1'}
) }}
-- depends_on: {{ ref('int_due_leads') }}
with

scores as (

    select
        lead_id,
        score_model,
        score_date,
        score,
        cast(null as decimal(18, 4)) as previous_score,
        band,
        band_order,
        cause
    from {{ ref('int_banded_scores') }}
    where cause is not null

    {% if is_incremental() -%}
        union all

        {# The span that went on until the days that are scored anew, and may go on. #}
        select
            kept.lead_id,
            kept.score_model,
            kept.valid_from as score_date,
            kept.score,
            kept.previous_score,
            kept.band,
            kept.band_order,
            kept.cause

        from {{ this }} as kept

        inner join {{ ref('int_due_leads') }} as due_leads
            on kept.lead_id = due_leads.lead_id
            and kept.score_model = due_leads.score_model
            and kept.valid_from < due_leads.history_from_date
            and coalesce(kept.valid_to + 1 >= due_leads.history_from_date, true)
    {%- endif %}

),

observed as (

    select
        scores.lead_id,
        scores.score_model,
        scores.score_date,
        scores.score,
        scores.previous_score,
        scores.band,
        scores.band_order,
        scores.cause,
        lives.valid_from_date as life_from_date,
        lives.valid_until_date as life_until_date,
        lag(scores.score) over life as score_before,
        lag(scores.band) over life as band_before

    from scores

    inner join {{ ref('int_lead_lives') }} as lives
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
        observed.score_before is null
        or observed.score <> observed.score_before
        or observed.band <> observed.band_before

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

    cross join {{ ref('int_clock') }} as clock

)

select
    lead_id,
    score_model,
    score_date as valid_from,
    valid_to,
    score,
    coalesce(score_before, previous_score) as previous_score,
    band,
    band_order,
    cause

from spans
