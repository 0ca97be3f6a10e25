{# Whether two texts, each values parted by `|`, have one in common; NULL where one of them is NULL. #}
{% macro shares_a_value(one, other) -%}
    {{ return(adapter.dispatch('shares_a_value', 'leads')(one, other)) }}
{%- endmacro %}

{% macro default__shares_a_value(one, other) -%}
    list_has_any(string_split({{ one }}, '|'), string_split({{ other }}, '|'))
{%- endmacro %}

{% macro spark__shares_a_value(one, other) -%}
    arrays_overlap(split({{ one }}, '[|]'), split({{ other }}, '[|]'))
{%- endmacro %}
