{#
    Grain: one row per surviving lead, live model, day on which the models are measured, and rule that
    fired. It grows from build to build, as int_past_scores does.
#}
{{ config(
    materialized='incremental',
    meta={'kept_with': 'int_scored_models'},
    pre_hook="{{ forget(ref('int_due_leads'), ['lead_id', 'score_model'], since=['score_date', 'history_from_date']) }}"
) }}
with

factors as (

    select * from {{ ref('int_factors') }}

),

observations as (

    select * from {{ ref('int_score_observations') }}

),

evaluation_dates as (

    select * from {{ ref('int_evaluation_dates') }}

),

due_leads as (

    select * from {{ ref('int_due_leads') }}

),

measured as (

    {# Today is scored with every lead that is due, and may be a day that was measured before. #}
    select
        observations.observation_id,
        observations.lead_id,
        observations.score_date,
        observations.lead_region

    from observations

    inner join evaluation_dates
        on observations.lead_id = evaluation_dates.lead_id
        and observations.score_date = evaluation_dates.score_date

    inner join due_leads
        on observations.lead_id = due_leads.lead_id
        and observations.score_model = due_leads.score_model
        and observations.score_date >= due_leads.history_from_date

),

final as (

    select
        measured.lead_id,
        factors.score_model,
        measured.score_date,
        measured.lead_region,
        factors.rule_id,
        factors.points,
        factors.units

    from measured

    inner join factors
        on measured.observation_id = factors.observation_id

)

select * from final
