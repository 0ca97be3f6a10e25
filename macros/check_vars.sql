{# Stops a run whose vars are no day, share or number of months, before any model is built. #}
{% macro check_vars() -%}
    {%- set as_of = var('as_of') | string -%}
    {%- if as_of and not modules.re.fullmatch('[0-9]{4}-[0-9]{2}-[0-9]{2}', as_of) -%}
        {{ exceptions.raise_compiler_error("as_of is '" ~ as_of ~ "', which is no day; write it as 2025-03-31") }}
    {%- endif -%}
    {%- set margin = var('gross_margin') -%}
    {%- if margin is not number or margin is boolean or not 0 <= margin <= 1 -%}
        {{ exceptions.raise_compiler_error("gross_margin is '" ~ margin ~ "'; it may be a share from 0 to 1, such as 0.8") }}
    {%- endif -%}
    {%- for name in ['payment_months', 'clv_window_months', 'clv_horizon_months', 'roi_months', 'contact_within_hours'] -%}
        {%- if not modules.re.fullmatch('[1-9][0-9]{0,3}', var(name) | string) -%}
            {{ exceptions.raise_compiler_error(name ~ " is '" ~ var(name) ~ "'; it may be a whole number from 1 to 9999") }}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
