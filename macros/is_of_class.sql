{# Whether a row of int_new_events looks as a row of int_event_classes says; arguments: what the two are called. #}
{% macro is_of_class(events, classes) -%}
    {{ events }}.event_type = {{ classes }}.event_type
    and {{ events }}.asked_page is not distinct from {{ classes }}.asked_page
    and {{ events }}.asked_properties is not distinct from {{ classes }}.asked_properties
    and {{ events }}.asked_seconds is not distinct from {{ classes }}.asked_seconds
{%- endmacro %}
