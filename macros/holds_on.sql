{# Whether a row with a half-open span of days (valid_from_date, valid_until_date) holds on a day. Arguments: relation, day. #}
{% macro holds_on(relation, day) -%}
    {{ day }} >= {{ relation }}.valid_from_date and {{ day }} < {{ relation }}.valid_until_date
{%- endmacro %}
