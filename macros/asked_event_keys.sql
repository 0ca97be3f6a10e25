{# A query of the event keys that points, measures, segments or stages ask for by name. #}
{% macro asked_event_keys() -%}
    select event_key from {{ ref('int_history_ages') }}
    where event_key is not null
    union
    select rules.requires_event_key as event_key
    from {{ ref('stg_points__rules') }} as rules
    inner join {{ ref('int_live_models') }} as live_models
        on rules.score_model = live_models.score_model
    where rules.requires_event_key is not null
    union
    select value as event_key from {{ ref('lifecycle_stages') }}
    where source = 'event_key'
{%- endmacro %}
