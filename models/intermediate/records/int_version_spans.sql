{#
    Grain: one row per version of a lead or account that holds on any day, with its half-open span. The
    first version holds from the lead's creation, an account's since ever; a later one from the day of its
    updated_at, the last of a day; one without updated_at takes the place of the one that was current when
    it landed.
#}
with

landed as (

    select
        'leads' as entity,
        lead_id as record_id,
        landing_seq,
        created_at,
        updated_at,
        is_deleted

    from {{ ref('stg_raw__leads') }}

    union all

    select
        'accounts' as entity,
        account_id as record_id,
        landing_seq,
        cast('1900-01-01' as timestamp) as created_at,
        updated_at,
        false as is_deleted

    from {{ ref('stg_raw__accounts') }}

),

effective as (

    select
        landed.*,
        coalesce(
            landed.updated_at,
            max(landed.updated_at) over (
                partition by landed.entity, landed.record_id order by landed.landing_seq
            )
        ) as effective_updated_at

    from landed

),

numbered as (

    select
        effective.*,
        row_number() over (
            partition by effective.entity, effective.record_id
            order by effective.effective_updated_at asc nulls first, effective.landing_seq asc
        ) as version_number,
        coalesce(cast(effective.effective_updated_at as date) > clock.clock_date, false) as is_later

    from effective

    cross join {{ ref('int_clock') }} as clock

),

ordered as (

    {# What is said of a creation after the clock is not known yet. #}
    select
        numbered.*,
        count(numbered.updated_at) over (
            partition by numbered.entity, numbered.record_id, numbered.effective_updated_at
            order by numbered.version_number
        ) as dated_count,
        first_value(numbered.effective_updated_at) over record as first_updated_at,
        first_value(numbered.created_at) over (
            partition by numbered.entity, numbered.record_id
            order by case when numbered.is_later then numbered.version_number else -numbered.version_number end
        ) as record_created_at,
        coalesce(
            lead(numbered.effective_updated_at) over record = numbered.effective_updated_at
            and lead(numbered.updated_at) over record is null,
            false
        ) as is_replaced

    from numbered

    window record as (
        partition by numbered.entity, numbered.record_id
        order by numbered.version_number
    )

),

dated as (

    select
        ordered.*,
        case
            when
                ordered.dated_count <= 1
                and not (ordered.effective_updated_at is distinct from ordered.first_updated_at)
                then cast(ordered.record_created_at as date)
            else cast(greatest(ordered.effective_updated_at, ordered.record_created_at) as date)
        end as valid_from_date

    from ordered

),

held as (

    {# A first version that is deleted holds from the creation, its deletion from its own day. #}
    select
        entity,
        record_id,
        landing_seq,
        updated_at,
        effective_updated_at,
        record_created_at,
        version_number,
        valid_from_date,
        is_deleted
        and (updated_at is null or cast(updated_at as date) <= valid_from_date)
            as is_deleted_since

    from dated

    union all

    select
        entity,
        record_id,
        landing_seq,
        updated_at,
        effective_updated_at,
        record_created_at,
        version_number,
        cast(updated_at as date) as valid_from_date,
        true as is_deleted_since

    from dated

    where
        is_deleted
        and not is_replaced
        and cast(updated_at as date) > valid_from_date

),

last_of_day as (

    select
        held.*,
        row_number() over (
            partition by held.entity, held.record_id, held.valid_from_date
            order by held.version_number desc
        ) as day_rank

    from held

    cross join {{ ref('int_clock') }} as clock

    where held.valid_from_date <= clock.facts_until_date

)

select
    entity,
    record_id,
    landing_seq,
    effective_updated_at,
    record_created_at,
    {# A deletion without a date holds from the creation on. #}
    is_deleted_since or max(
        case when is_deleted_since and updated_at is null then 1 else 0 end
    ) over (
        partition by entity, record_id
        order by valid_from_date
        rows between current row and unbounded following
    ) = 1 as is_deleted_then,
    valid_from_date,
    lead(valid_from_date, 1, cast('9999-12-31' as date)) over (
        partition by entity, record_id order by valid_from_date
    ) as valid_until_date

from last_of_day

where day_rank = 1
