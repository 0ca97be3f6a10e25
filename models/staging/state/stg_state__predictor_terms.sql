{# Grain: one row per feature and range of values of the trained predictor. #}
with

source as (

    select * from {{ source('state', 'predictor_terms') }}

),

final as (

    select
        predictor_hash,
        feature,
        lower_bound,
        upper_bound,
        log_odds

    from source

)

select * from final
