{#
    Grain: one row per live model, region of leads and band that holds there, from its lower bound up to
    below its upper bound: a row with a region replaces the row of the same band without one. (all) has those without.
#}
with
ranked as (
    select
        score_bands.*,
        lead_regions.lead_region,
        row_number() over (
            partition by score_bands.score_model, score_bands.band, lead_regions.lead_region
            order by score_bands.region asc nulls last
        ) as override_rank
    from {{ ref('score_bands') }} as score_bands
    inner join {{ ref('int_live_models') }} as live_models
        on score_bands.score_model = live_models.score_model
    inner join (
        {{ lead_regions() }}
        union
        select '(all)' as lead_region
    ) as lead_regions
        on score_bands.region is null or score_bands.region = lead_regions.lead_region
)

select
    score_model, lead_region, band, band_order, lower_bound,
    lead(lower_bound) over (
        partition by score_model, lead_region
        order by lower_bound asc nulls first, band_order asc
    ) as upper_bound,
    next_action
from ranked
where override_rank = 1
