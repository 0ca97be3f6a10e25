{#
    Grain: one row per lead and band of the champion: the first day on which the score of the champion
    live that day was in it or above. It grows from build to build, as int_past_scores does.
#}
{{ config(
    materialized='incremental',
    meta={'kept_with': 'int_scored_models'},
    pre_hook="{{ forget(ref('int_due_leads'), ['lead_id']) }}"
) }}
with

scores as (

    select * from {{ ref('int_past_scores') }}
    where lead_id in (select due_leads.lead_id from {{ ref('int_due_leads') }} as due_leads)

),

live_models as (

    select
        *,
        lead(live_from_date, 1, cast('9999-12-31' as date)) over (order by live_from_date)
            as live_until_date

    from {{ ref('int_live_models') }}

    where role = 'champion'

),

region_bands as (

    select * from {{ ref('int_region_bands') }}

),

final as (

    select
        scores.lead_id,
        region_bands.band,
        min(scores.score_date) as reached_date

    from scores

    inner join live_models
        on scores.score_model = live_models.score_model
        and scores.score_date >= live_models.live_from_date
        and scores.score_date < live_models.live_until_date

    inner join region_bands
        on scores.score_model = region_bands.score_model
        and scores.lead_region = region_bands.lead_region
        and scores.band_order >= region_bands.band_order

    group by
        scores.lead_id,
        region_bands.band

)

select * from final
