{# A decimal as text, without trailing zeros. Where a plain cast on Spark writes 0E-12, try_cast writes zeros. #}
{% macro number_text(number) -%}
    case
        when contains(try_cast({{ number }} as string), '.')
            then trim(trailing '.' from trim(trailing '0' from try_cast({{ number }} as string)))
        else try_cast({{ number }} as string)
    end
{%- endmacro %}
