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

live_models as (

    select * from {{ ref('int_live_models') }}

),

champions as (

    {# Of each day on which some lead is scored. #}
    select
        days.score_date,
        live_models.score_model,
        row_number() over (
            partition by days.score_date
            order by live_models.live_from_date desc, live_models.score_model asc
        ) as champion_rank

    from (select distinct score_date from scores) as days

    inner join live_models
        on live_models.role = 'champion'
        and days.score_date >= live_models.live_from_date

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

final as (

    select
        scores.lead_id,
        scores.score_model

    from scores

    inner join champions
        on scores.score_date = champions.score_date
        and champions.champion_rank = 1

    left join shares
        on {{ hash_bucket('scores.lead_id') }} >= shares.first_bucket
        and {{ hash_bucket('scores.lead_id') }} < shares.end_bucket
        and scores.score_date >= shares.live_from_date

    where scores.score_model = coalesce(shares.score_model, champions.score_model)

)

select * from final
