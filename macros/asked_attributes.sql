{# A query of the attributes that rules ask for, and naive Bayes where it is on. #}
{% macro asked_attributes() -%}
    {%- if var('naive_bayes') -%}
    select attribute from {{ ref('naive_bayes_fields') }}
    union
    {% endif -%}
    select distinct attribute from {{ ref('int_model_attributes') }}
{%- endmacro %}
