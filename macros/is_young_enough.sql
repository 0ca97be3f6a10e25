{# Whether an event of this date still matters on the first day that is scored; of relations named horizons and members. #}
{% macro is_young_enough(event_date) -%}
    (
        horizons.horizon_days is null
        or {{ days_between(event_date, 'members.scored_from_date') }} <= horizons.horizon_days
    )
{%- endmacro %}
