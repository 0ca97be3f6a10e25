{#
    Before the first node: the tables of a trained predictor, empty until `python -m scripts train` fills them, and of
    whose each lead was when published, which `python -m scripts publish` fills.
#}
{% macro create_state() -%}
    {%- if flags.WHICH in ('build', 'run', 'test', 'compile', 'docs', 'generate') -%}
        {%- do run_query('create schema if not exists state') -%}
        {%- do run_query(
            'create table if not exists state.predictors (predictor_hash string, outcome_days int, base_log_odds double,'
            ~ ' slope double, intercept double, known_until date)'
        ) -%}
        {%- do run_query(
            'create table if not exists state.predictor_terms (predictor_hash string, feature string, lower_bound double,'
            ~ ' upper_bound double, log_odds double)'
        ) -%}
        {%- do run_query(
            'create table if not exists state.assignments (published_at timestamp, run_id string, lead_id string,'
            ~ ' rep_id string, routing_rule_id string, assigned_on date, assigned_because string)'
        ) -%}
    {%- endif -%}
{%- endmacro %}
