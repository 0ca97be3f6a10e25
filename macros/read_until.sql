{# The landing_seq up to which int_event_days read the landed events, by the mapping of today; none where it must be made anew. #}
{% macro read_until() -%}
    {%- set event_days = kept('int_event_days') -%}
    {%- if event_days is none -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set mapping_hash = definition_hash('int_event_days') -%}
    {{ return(run_query("select max(landing_seq) from " ~ event_days ~ " where mapping_hash = '" ~ mapping_hash ~ "'")[0][0]) }}
{%- endmacro %}
