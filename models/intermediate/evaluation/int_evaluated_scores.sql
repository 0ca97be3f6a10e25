{#
    Grain: one row per surviving lead, live model and day on which the models are measured, with its score.
    It grows from build to build, as int_past_scores does.
#}
{{ config(
    materialized='incremental',
    meta={'kept_with': 'int_scored_models'},
    pre_hook="{{ forget(ref('int_due_leads'), ['lead_id', 'score_model'], since=['score_date', 'history_from_date']) }}"
) }}
with

scores as (

    select * from {{ ref('int_banded_scores') }}

),

evaluation_dates as (

    select * from {{ ref('int_evaluation_dates') }}

),

due_leads as (

    select * from {{ ref('int_due_leads') }}

),

final as (

    {# Today is scored with every lead that is due, and may be a day that was measured before. #}
    select
        scores.lead_id,
        scores.score_model,
        scores.score_date,
        scores.raw_score,
        scores.score,
        scores.band,
        scores.band_order

    from scores

    inner join evaluation_dates
        on scores.lead_id = evaluation_dates.lead_id
        and scores.score_date = evaluation_dates.score_date

    inner join due_leads
        on scores.lead_id = due_leads.lead_id
        and scores.score_model = due_leads.score_model
        and scores.score_date >= due_leads.history_from_date

)

select * from final
