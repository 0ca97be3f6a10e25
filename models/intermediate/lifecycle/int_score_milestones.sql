{#
    Grain: one row per lead and band or segment of a champion (source and value, as in lifecycle_stages), with the first
    day of its history on which the lead was in the segment, or in the band or above while the champion was the one that counts.
#}
select
    scored_days.lead_id,
    'band' as source,
    region_bands.band as value,
    min(scored_days.score_date) as reached_date
from {{ ref('int_scored_days') }} as scored_days
inner join {{ ref('int_live_models') }} as champions
    on scored_days.score_model = champions.score_model
    and scored_days.score_date < champions.live_until_date
inner join {{ ref('int_region_bands') }} as region_bands
    on scored_days.score_model = region_bands.score_model
    and scored_days.lead_region = region_bands.lead_region
    and scored_days.band_order >= region_bands.band_order
where scored_days.cause is not null
group by scored_days.lead_id, region_bands.band

union all

select
    scored_days.lead_id,
    'segment' as source,
    {{ field('scored_days.segment', 'segment') }} as value,
    min(scored_days.score_date) as reached_date
from (
    select lead_id, score_model, score_date, {{ unnested('stage_segments') }} as segment
    from {{ ref('int_scored_days') }}
    where cause is not null
) as scored_days
inner join {{ ref('int_live_models') }} as champions
    on scored_days.score_model = champions.score_model
    and champions.role = 'champion'
group by scored_days.lead_id, {{ field('scored_days.segment', 'segment') }}
