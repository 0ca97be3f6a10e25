{#
    Grain: one row per scored lead: the model whose score counts for it. Challengers take the leads of
    their traffic share by a stable hash, in the order of their names; all others have the champion that
    went live last.
#}
{{ config(materialized='view') }}
with

scores as (

    select
        lead_id,
        score_model,
        score_date
    from {{ ref('lead_score_by_model') }}

),

shares as (

    select
        score_model,
        live_from_date,
        10000 * (sum(traffic_share) over (order by score_model) - traffic_share) as first_bucket,
        10000 * sum(traffic_share) over (order by score_model) as end_bucket

    from {{ ref('int_live_models') }}

    where role = 'challenger'

)

select
    scores.lead_id,
    scores.score_model

from scores

inner join {{ ref('int_champions') }} as champions
    on scores.score_date >= champions.live_from_date
    and scores.score_date < champions.live_until_date

left join shares
    on {{ hash_bucket('scores.lead_id') }} >= shares.first_bucket
    and {{ hash_bucket('scores.lead_id') }} < shares.end_bucket
    and scores.score_date >= shares.live_from_date

where scores.score_model = coalesce(shares.score_model, champions.score_model)
