{# Grain: one row per observation and rule that fired, over all families of rules. #}
{{ config(materialized='view') }}
select * from {{ ref('int_factors__attributes') }}

union all

select * from {{ ref('int_factors__events') }}

union all

select * from {{ ref('int_factors__inactivity') }}
