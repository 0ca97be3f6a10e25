{#
    Grain: one row per scoring model and region ((all) for every one) with a band that makes an MQL: from
    which score on its leads are handed over to sales. The lowest band has no bound, and hands over all.
#}
with

bands as (

    select
        score_model,
        lead_region as region,
        band,
        lower_bound
    from {{ ref('int_region_bands') }}

    union all

    select
        score_model,
        '(all)' as region,
        band,
        lower_bound
    from {{ ref('stg_points__score_bands') }}
    where region is null

)

select
    bands.score_model,
    bands.region,
    case when count(*) = count(bands.lower_bound) then min(bands.lower_bound) end as lower_bound

from bands

inner join {{ ref('lifecycle_stages') }} as stages
    on bands.band = stages.value
    and stages.stage = 'mql'
    and stages.source = 'band'

group by all
