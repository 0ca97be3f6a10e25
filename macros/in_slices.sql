{#
    Leads once for each slice in which they are measured: among all, and among those of their month of
    creation, channel and region. Argument: a relation of leads.
#}
{% macro in_slices(leads) -%}
    (
        select
            *,
            {{ split_rows("'overall|month|channel|region'") }} as slice
        from {{ leads }}
    )
{%- endmacro %}

{# Of which month, channel or region a lead is, by the column slice; `(all)` where that is overall. #}
{% macro slice_value() -%}
    case slice
        when 'month' then cast(created_month as string)
        when 'channel' then channel
        when 'region' then region
        else '(all)'
    end
{%- endmacro %}
