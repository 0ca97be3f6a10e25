{# Grain: one row per surviving lead or persona and day at whose end any model scores it. #}
select distinct lead_id, score_date, created_date
from {{ ref('int_days_to_score') }}
