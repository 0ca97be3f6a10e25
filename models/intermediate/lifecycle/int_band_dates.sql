{#
    Grain: one row per lead, live model and band: the first day of the model's history on which its score was
    in it or above. It grows from build to build, as int_current_scores does.
#}
{{ config(
    materialized='incremental',
    meta={'kept_with': 'int_scored_models', 'due_in': 'int_due_leads', 'due_by': ['lead_id', 'score_model'], 'due_since': 'reached_date'}
) }}
-- depends_on: {{ ref('int_due_leads') }}
with

scores as (

    select * from {{ ref('int_banded_scores') }}
    where cause is not null

),

reached as (

    select
        scores.lead_id,
        scores.score_model,
        region_bands.band,
        min(scores.score_date) as reached_date

    from scores

    inner join {{ ref('int_region_bands') }} as region_bands
        on scores.score_model = region_bands.score_model
        and scores.lead_region = region_bands.lead_region
        and scores.band_order >= region_bands.band_order

    group by
        scores.lead_id,
        scores.score_model,
        region_bands.band

)

select reached.*

from reached

{% if is_incremental() -%}
    {# What was reached before the days that are scored anew stays. #}
    left join (
        select kept.*

        from {{ this }} as kept

        inner join {{ ref('int_due_leads') }} as due_leads
            on kept.lead_id = due_leads.lead_id
            and kept.score_model = due_leads.score_model
            and kept.reached_date < due_leads.history_from_date
    ) as reached_before
        on reached.lead_id = reached_before.lead_id
        and reached.score_model = reached_before.score_model
        and reached.band = reached_before.band

    where reached_before.lead_id is null
{%- endif %}
