{#
    Grain: one row per live model, region of leads and band that holds there, from its lower bound up to
    below its upper bound: a row with a region replaces the row of the same band without one. (all) has those without.
    A band makes an MQL where the seed lifecycle_stages names it, or one below it.
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
    ranked.score_model, ranked.lead_region, ranked.band, ranked.band_order, ranked.lower_bound,
    lead(ranked.lower_bound) over (
        partition by ranked.score_model, ranked.lead_region
        order by ranked.lower_bound asc nulls first, ranked.band_order asc
    ) as upper_bound,
    coalesce(ranked.band_order >= min(case when mql.value is not null then ranked.band_order end) over (
        partition by ranked.score_model, ranked.lead_region
    ), false) as is_mql,
    ranked.next_action
from ranked
left join {{ ref('lifecycle_stages') }} as mql
    on ranked.band = mql.value and mql.stage = 'mql' and mql.source = 'band'
where ranked.override_rank = 1
