{#
    Before a run on Spark: the Parquet folders that `python -m scripts spark` writes, or that were copied to
    where LEADS_LAKE says (a path or URI that all workers can read), become the tables of the sources. On
    DuckDB, where they are tables already, nothing.
#}
{% macro register_raw() -%}
    {{ return(adapter.dispatch('register_raw', 'leads')()) }}
{%- endmacro %}

{% macro default__register_raw() -%}
{%- endmacro %}

{% macro spark__register_raw() -%}
    {%- if execute -%}
        {%- for source in graph.sources.values() if source.schema == 'raw' -%}
            {%- set location = env_var('LEADS_LAKE') ~ '/raw/' ~ source.name -%}
            {%- do run_query('create schema if not exists ' ~ source.schema) -%}
            {%- do run_query('drop table if exists ' ~ source.schema ~ '.' ~ source.name) -%}
            {%- do run_query(
                'create table ' ~ source.schema ~ '.' ~ source.name
                ~ " using parquet location '" ~ location ~ "'"
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
