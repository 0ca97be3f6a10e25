{# Grain: one row per lead, with what it was made of when it was last scored; built after its scores. #}
-- depends_on: {{ ref('int_current_scores') }}
-- depends_on: {{ ref('int_evaluated_scores') }}
-- depends_on: {{ ref('int_evaluated_factors') }}
-- depends_on: {{ ref('int_band_dates') }}
-- depends_on: {{ ref('int_first_event_times') }}
-- depends_on: {{ ref('int_segment_days') }}
-- depends_on: {{ ref('lead_score_factors') }}
-- depends_on: {{ ref('lead_score_history') }}
select
    lead_id,
    fingerprint

from {{ ref('int_lead_fingerprints') }}
