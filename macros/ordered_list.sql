{# The texts of a group in a stated order, joined; NULL without any. Arguments: text, order key, separator. #}
{% macro ordered_list(text, order_key, separator) -%}
    {{ return(adapter.dispatch('ordered_list', 'leads')(text, order_key, separator)) }}
{%- endmacro %}

{% macro default__ordered_list(text, order_key, separator) -%}
    {%- if text == order_key -%}
        {# An ordered aggregate takes longer, where groups are many. #}
        array_to_string(list_sort(list({{ text }}) filter (where {{ text }} is not null)), '{{ separator }}')
    {%- else -%}
        string_agg({{ text }}, '{{ separator }}' order by {{ order_key }})
    {%- endif -%}
{%- endmacro %}

{% macro spark__ordered_list(text, order_key, separator) -%}
    case when count({{ text }}) > 0 then array_join(
        transform(
            array_sort(
                collect_list(struct({{ order_key }} as k, {{ text }} as v)) filter (where {{ text }} is not null)
            ),
            x -> x.v
        ),
        '{{ separator | replace("\\", "\\\\") }}'
    ) end
{%- endmacro %}
