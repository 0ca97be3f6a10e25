{#
    Once a build sets out to make tables that grow from build to build anew, takes back what their closing model says
    of them: if the build is killed, or stops short of that model, they are neither what they were nor what they were
    to be.
#}
{% macro withdraw(closing_model) -%}
    {%- set closing = previous_build(closing_model) if target.type == 'duckdb' -%}
    {%- if closing and is_outdated(closing_model) -%}
        delete from {{ closing }}
    {%- endif -%}
{%- endmacro %}
