{# Whether a number lies in the range of a relation, its lower bound included and its upper not; NULL is no bound. #}
{% macro is_within(number, relation) -%}
    ({{ relation }}.lower_bound is null or {{ number }} >= {{ relation }}.lower_bound)
    and ({{ relation }}.upper_bound is null or {{ number }} < {{ relation }}.upper_bound)
{%- endmacro %}
