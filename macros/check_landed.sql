{# Stops a run in a DuckDB file into which nothing was landed, before any model is built. #}
{% macro check_landed() -%}
    {%- if execute and target.type == 'duckdb' and flags.WHICH in ('build', 'run') -%}
        {%- set leads = graph.sources['source.leads.raw.leads'] -%}
        {%- set found = run_query(
            "select count(*) from information_schema.tables where table_catalog = '" ~ leads.database
            ~ "' and table_schema = '" ~ leads.schema ~ "' and table_name = '" ~ leads.name ~ "'"
        ) -%}
        {%- if found[0][0] == 0 -%}
            {{ exceptions.raise_compiler_error(
                'nothing was landed in ' ~ target.path ~ '; land a folder first: python -m scripts land FOLDER'
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
