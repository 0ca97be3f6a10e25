{# Grain: one row per model and day on which a rule of it begins or ceases to hold, or the model goes live. #}
{{ config(materialized='view') }}
with

rules as (

    {%- for kind in ['attribute', 'event', 'inactivity'] %}
        select
            score_model,
            valid_from,
            valid_to
        from {{ ref('stg_points__' ~ kind ~ '_rules') }}
        {%- if not loop.last %}

            union
        {% endif %}
    {%- endfor %}

)

select
    score_model,
    valid_from as turn_date
from rules

union

select
    score_model,
    {{ days_after('valid_to', 1) }} as turn_date
from rules

union

select
    score_model,
    live_from_date as turn_date
from {{ ref('int_live_models') }}
