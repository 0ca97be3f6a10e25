{#
    Once a build sets out to change tables that grow from build to build, takes back what their closing model says of
    them: if the build is killed, or stops short of that model, they are neither what they were nor what they were to be.
    Of scores that stay, it notes how far the clock went.
#}
{% macro withdraw(closing_model) -%}
    {%- set closing = previous_build(closing_model) if target.type == 'duckdb' -%}
    {%- if closing and is_outdated(closing_model) -%}
        delete from {{ closing }}
    {%- elif closing and closing_model == 'int_scored_models' -%}
        delete from {{ closing }}
        where score_model in (select score_model from {{ this }} where is_restated);
        update {{ closing }}
        set begun_date = greatest(begun_date, (select max(clock_date) from {{ this }}))
    {%- endif -%}
{%- endmacro %}
