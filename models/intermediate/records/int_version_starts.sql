{#
    Grain: one row per landed version of a lead or account, with the day from which it holds, until the next one does:
    the first from the lead's creation, an account's since ever, a later one from the day of its updated_at. One
    without updated_at takes the place of the one that was current when it landed.
#}
{{ config(materialized='view') }}
with
landed as (
    {%- for entity, key, created_at in [
        ('leads', 'lead_id', 'created_at'),
        ('accounts', 'account_id', "cast('1900-01-01' as timestamp)"),
    ] %}
        select
            '{{ entity }}' as entity,
            {{ key }} as record_id,
            landing_seq,
            {{ created_at }} as created_at,
            updated_at,
            {{ version_at([key]) }} as effective_updated_at,
            is_deleted
        from {{ ref('stg_raw__' ~ entity) }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

numbered as (
    select
        landed.*,
        row_number() over (
            partition by landed.entity, landed.record_id
            order by landed.effective_updated_at asc nulls first, landed.landing_seq asc
        ) as version_number,
        coalesce(cast(landed.effective_updated_at as date) > clock.clock_date, false) as is_later
    from landed
    cross join {{ ref('int_clock') }} as clock
),

compared as (
    {# What is said of a creation after the clock is not known yet. #}
    select
        numbered.*,
        first_value(numbered.created_at) over (
            partition by numbered.entity, numbered.record_id
            order by case when numbered.is_later then numbered.version_number else -numbered.version_number end
        ) as record_created_at,
        count(case when numbered.version_number > 1 then numbered.updated_at end) over record = 0 as is_first,
        lead(numbered.updated_at, 1, cast('1900-01-01' as timestamp)) over record is null as is_replaced
    from numbered
    window record as (partition by numbered.entity, numbered.record_id order by numbered.version_number)
)

select
    entity, record_id, landing_seq, version_number, updated_at, effective_updated_at, record_created_at,
    is_deleted, is_replaced,
    cast(
        case when is_first then record_created_at else greatest(effective_updated_at, record_created_at) end as date
    ) as from_date
from compared
