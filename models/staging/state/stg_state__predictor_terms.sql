{# Grain: one row per feature and range of values of the trained predictor. #}
select predictor_hash, feature, lower_bound, upper_bound, log_odds

from {{ source('state', 'predictor_terms') }}
