{# Grain: one row per model, band and region that has a row of its own. #}
select
    {{ seed_value('score_model', 'string') }},
    {{ seed_value('region', 'string') }},
    {{ seed_value('band', 'string') }},
    {{ seed_value('band_order', 'integer') }},
    {{ seed_value('lower_bound', 'decimal(18, 4)') }},
    {{ seed_value('next_action', 'string') }}

from {{ ref('score_bands') }}
