{#
    Grain: one row per lead, live model and day of its history, with score and band. It grows from build to
    build: the days of leads that are due are scored anew, the others stay.
#}
{{ config(
    materialized='incremental',
    meta={'kept_with': 'int_scored_models'},
    pre_hook="{{ forget(ref('int_due_leads'), ['lead_id', 'score_model'], since=['score_date', 'history_from_date']) }}"
) }}
with

scores as (

    select * from {{ ref('int_banded_scores') }}
    where cause is not null

),

final as (

    select
        lead_id,
        score_model,
        lead_region,
        score_date,
        score,
        band,
        band_order,
        cause

    from scores

)

select * from final
