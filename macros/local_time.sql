{#
    A landed time (UTC) as the time of day in the zone of the var time_zone, in which all days are; what was landed as a day,
    without a time of day (date_only says so), is that day in every zone. Argument: a time column of a raw table.
#}
{% macro local_time(column) -%}
    {%- if var('time_zone') == 'UTC' -%}
        cast({{ column }} as timestamp)
    {%- else -%}
        case
            when contains(date_only, '{{ column }}') then cast({{ column }} as timestamp)
            else {{ in_zone('cast(' ~ column ~ ' as timestamp)') }}
        end
    {%- endif -%}
{%- endmacro %}
