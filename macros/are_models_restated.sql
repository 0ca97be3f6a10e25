{# Whether no scoring model is what it was at the last build that ended well, so that all leads are due. #}
{% macro are_models_restated() -%}
    {%- set scored, live = previous_build('int_scored_models'), previous_build('int_model_states') -%}
    {%- if scored is none or live is none -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set kept = run_query(
        'select count(*) from ' ~ scored ~ ' as scored inner join ' ~ live ~ ' as live'
        ~ ' on scored.score_model = live.score_model and scored.model_state = live.model_state'
    ) -%}
    {{ return(kept[0][0] == 0) }}
{%- endmacro %}
