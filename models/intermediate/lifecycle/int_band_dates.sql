{# Grain: one row per lead, live model and band: the first day of the model's history on which its score was in it or above. #}
select
    scored_days.lead_id,
    scored_days.score_model,
    region_bands.band,
    min(scored_days.score_date) as reached_date

from {{ ref('int_scored_days') }} as scored_days

inner join {{ ref('int_region_bands') }} as region_bands
    on scored_days.score_model = region_bands.score_model
    and scored_days.lead_region = region_bands.lead_region
    and scored_days.band_order >= region_bands.band_order

where scored_days.cause is not null

group by scored_days.lead_id, scored_days.score_model, region_bands.band
