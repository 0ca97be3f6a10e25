{#
    Whether tables that grow from build to build must be made anew: one of them is missing, or what they
    are made of is not what it was. `closing_model` is built after them all and holds their definition_hash.
#}
{% macro is_outdated(closing_model) -%}
    {%- set closing = previous_build(closing_model) -%}
    {%- if flags.FULL_REFRESH or target.type != 'duckdb' or closing is none -%}
        {{ return(true) }}
    {%- endif -%}
    {%- for node in graph.nodes.values() if node.config.meta.get('kept_with') == closing_model -%}
        {%- if previous_build(node.name) is none -%}
            {{ return(true) }}
        {%- endif -%}
    {%- endfor -%}
    {%- set kept = run_query('select max(definition_hash) from ' ~ closing)[0][0] -%}
    {{ return(kept != definition_hash(closing_model)) }}
{%- endmacro %}
