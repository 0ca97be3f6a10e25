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
    where is_measured

),

final as (

    select
        lead_id,
        score_model,
        score_date,
        raw_score,
        score,
        band,
        band_order

    from scores

)

select * from final
