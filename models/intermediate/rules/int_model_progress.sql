{#
    Grain: one row per scoring model that is live or was at the last build: whether all its scores are made anew,
    as its points changed or the clock was turned back, and the days of the clock then and now.
#}
{{ config(post_hook=["{{ withdraw('int_scored_models') }}", "{{ withdraw_scores() }}"]) }}
{%- set is_all = is_outdated('int_scored_models') %}
with

scored_models as (

    {% if is_all -%}
        select
            cast(null as string) as score_model,
            cast(null as string) as model_state,
            cast(null as date) as clock_date,
            cast(null as date) as begun_date
        where false
    {%- else -%}
        select * from {{ previous_build('int_scored_models') }}
    {%- endif %}

),

clocks as (

    select
        clock.clock_date,
        max(scored_models.clock_date) as scored_date,
        max(scored_models.begun_date) as begun_date

    from {{ ref('int_clock') }} as clock

    left join scored_models
        on clock.clock_date is not null

    group by clock.clock_date

)

select
    coalesce(model_states.score_model, scored_models.score_model) as score_model,
    coalesce(model_states.model_state <> scored_models.model_state, true)
    or coalesce(clocks.clock_date < clocks.begun_date, false) as is_restated,
    clocks.scored_date,
    clocks.clock_date

from {{ ref('int_model_states') }} as model_states

full join scored_models
    on model_states.score_model = scored_models.score_model

cross join clocks
