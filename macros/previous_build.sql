{#
    The table of a model as it stands, read without an edge in the graph: how a build knows what an earlier one left,
    and need not be done again. None at the first build.
#}
{% macro previous_build(model_name) -%}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- set node = graph.nodes['model.' ~ project_name ~ '.' ~ model_name] -%}
        {%- do found.append(adapter.get_relation(node.database, node.schema, node.alias)) -%}
    {%- endif -%}
    {{ return(found[0] if found else none) }}
{%- endmacro %}
