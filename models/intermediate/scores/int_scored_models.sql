{#
    Grain: one row per live model, with what its scores were made of, and the clock, at the last build that
    ended well; built after all scores.
#}
-- depends_on: {{ ref('int_scored_leads') }}
select
    model_states.score_model,
    model_states.model_state,
    clock.clock_date,
    clock.clock_date as begun_date,
    '{{ definition_hash('int_scored_models') if execute }}' as definition_hash

from {{ ref('int_model_states') }} as model_states

cross join {{ ref('int_clock') }} as clock
