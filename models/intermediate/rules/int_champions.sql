{# Grain: one row per champion, with the half-open span of days on which it is the one that counts. #}
{{ config(materialized='view') }}
select
    score_model,
    live_from_date,
    lead(live_from_date, 1, cast('9999-12-31' as date)) over (order by live_from_date)
        as live_until_date

from {{ ref('int_live_models') }}

where role = 'champion'
