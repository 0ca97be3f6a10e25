{#
    Before the first node: drops the tables that are kept from build to build where another version of the project made one
    of them with other columns, so that this build makes them anew.
#}
{% macro drop_outgrown() -%}
    {%- if execute and target.type == 'duckdb' and flags.WHICH in ('build', 'run') -%}
        {%- set tables, outgrown = [], [] -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.config.materialized == 'incremental' -%}
            {%- set table = kept(node.name) -%}
            {%- if table is not none -%}
                {%- do tables.append(table) -%}
                {%- set columns = adapter.get_columns_in_relation(table) | map(attribute='name') | sort -%}
                {%- if columns != node.columns | sort -%}
                    {%- do outgrown.append(table) -%}
                {%- endif -%}
            {%- endif -%}
        {%- endfor -%}
        {# Else what follows would be taken back with the transaction in which columns were read. #}
        {%- if tables -%}
            {%- do adapter.commit() -%}
        {%- endif -%}
        {%- for table in tables if outgrown -%}
            {%- do adapter.cache_dropped(table) %}
            drop table {{ table }};
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
