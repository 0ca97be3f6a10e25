{# Faults of the landed data, by name and record. They are kept and counted, so this only warns. #}
{{ config(severity='warn') }}

select * from {{ ref('data_issues') }}
