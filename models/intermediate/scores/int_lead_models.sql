{#
    Grain: one row per scored lead: the model whose score counts for it. Challengers take the leads of
    their traffic share by a stable hash, in the order of their names; all others have the champion that
    went live last.
#}
{{ config(materialized='view') }}
with

observations as (

    select distinct
        lead_id,
        score_date

    from {{ ref('lead_score_by_model') }}

),

live_models as (

    select * from {{ ref('int_live_models') }}

),

shares as (

    select
        score_model,
        live_from_date,
        10000 * (sum(traffic_share) over (order by score_model) - traffic_share) as first_bucket,
        10000 * sum(traffic_share) over (order by score_model) as end_bucket

    from live_models

    where role = 'challenger'

),

ranked as (

    select
        observations.lead_id,
        coalesce(shares.score_model, champions.score_model) as score_model,
        row_number() over (
            partition by observations.lead_id
            order by
                shares.score_model asc nulls last,
                champions.live_from_date desc,
                champions.score_model asc
        ) as model_rank

    from observations

    inner join live_models as champions
        on champions.role = 'champion'
        and observations.score_date >= champions.live_from_date

    left join shares
        on {{ hash_bucket('observations.lead_id') }} >= shares.first_bucket
        and {{ hash_bucket('observations.lead_id') }} < shares.end_bucket
        and observations.score_date >= shares.live_from_date

),

final as (

    select
        lead_id,
        score_model

    from ranked

    where model_rank = 1

)

select * from final
