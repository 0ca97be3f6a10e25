{# A decimal as text, without trailing zeros. #}
{% macro number_text(number) -%}
    case
        when contains(cast({{ number }} as string), '.')
            then rtrim(rtrim(cast({{ number }} as string), '0'), '.')
        else cast({{ number }} as string)
    end
{%- endmacro %}
