{#
    The table of a model that is kept from build to build, as the last one left it, read without an edge in the graph; none
    at the first build, and where all is made anew.
#}
{% macro kept(model_name) -%}
    {%- if execute and target.type == 'duckdb' and not flags.FULL_REFRESH -%}
        {%- set node = graph.nodes['model.' ~ project_name ~ '.' ~ model_name] -%}
        {{ return(adapter.get_relation(node.database, node.schema, node.alias)) }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}
