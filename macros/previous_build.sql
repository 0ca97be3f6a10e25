{#
    The table of a model as an earlier build left it, read without an edge in the graph: how a build knows
    what it need not do again. None at the first build.
#}
{% macro previous_build(model_name) -%}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- set node = graph.nodes['model.' ~ project_name ~ '.' ~ model_name] -%}
        {%- do found.append(adapter.get_relation(node.database, node.schema, node.alias)) -%}
    {%- endif -%}
    {{ return(found[0] if found else none) }}
{%- endmacro %}
