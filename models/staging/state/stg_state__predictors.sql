{# Grain: the trained predictor; no row where none was trained. #}
select predictor_hash, known_until, outcome_days, base_log_odds, slope, intercept

from {{ source('state', 'predictors') }}
