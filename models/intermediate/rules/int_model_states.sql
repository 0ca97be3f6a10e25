{#
    Grain: one row per live model, with what its scores depend on beside leads and their events: its
    points, and the currency that money is compared in.
#}
with

currencies as (

    select max(to_currency) as currency from {{ ref('int_exchange_rates') }}

)

select
    live_models.score_model,
    points_hashes.points_hash || coalesce(currencies.currency, '') as model_state

from {{ ref('int_live_models') }} as live_models

inner join {{ ref('int_points_hashes') }} as points_hashes
    on live_models.score_model = points_hashes.score_model

cross join currencies
