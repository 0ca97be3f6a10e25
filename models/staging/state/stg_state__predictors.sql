{# Grain: the trained predictor; no row where none was trained. #}
with

source as (

    select * from {{ source('state', 'predictors') }}

),

final as (

    select
        predictor_hash,
        known_until,
        outcome_days,
        base_log_odds,
        slope,
        intercept

    from source

)

select * from final
