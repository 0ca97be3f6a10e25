{# Each persona of golden_leads lands in the band that the analyst expects. #}
select distinct
    persona,
    score_model,
    expected_band,
    band,
    score

from {{ ref('golden_lead_factors') }}

where band is distinct from expected_band
