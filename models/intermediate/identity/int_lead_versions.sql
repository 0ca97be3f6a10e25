{#
    Grain: one row per landed lead and day on which a version of it began to hold. Half-open spans: a
    version holds from valid_from_date until the day before valid_until_date.
#}
with

landed as (

    select * from {{ ref('stg_raw__leads') }}

),

clock as (

    select * from {{ ref('int_clock') }}

),

known as (

    select
        landed.*,
        coalesce(
            landed.updated_at,
            max(landed.updated_at) over (
                partition by landed.lead_id order by landed.landing_seq
            )
        ) as effective_updated_at

    from landed

),

ordered as (

    select
        known.*,
        row_number() over (
            partition by known.lead_id
            order by known.effective_updated_at asc nulls first, known.landing_seq asc
        ) as version_number,
        count(known.updated_at) over (
            partition by known.lead_id, known.effective_updated_at order by known.landing_seq
        ) as dated_count,
        first_value(known.effective_updated_at) over (
            partition by known.lead_id
            order by known.effective_updated_at asc nulls first, known.landing_seq asc
        ) as first_updated_at,
        first_value(known.created_at) over (
            partition by known.lead_id
            order by known.effective_updated_at desc nulls last, known.landing_seq desc
        ) as lead_created_at

    from known

),

dated as (

    select
        ordered.*,
        {# The first version, and what replaced it in place, holds from the lead's creation. #}
        case
            when
                ordered.dated_count <= 1
                and not (ordered.effective_updated_at is distinct from ordered.first_updated_at)
                then cast(ordered.lead_created_at as date)
            else greatest(
                    cast(ordered.effective_updated_at as date), cast(ordered.lead_created_at as date)
                )
        end as valid_from_date

    from ordered

),

last_of_day as (

    select
        dated.*,
        row_number() over (
            partition by dated.lead_id, dated.valid_from_date
            order by dated.version_number desc
        ) as day_rank

    from dated

    cross join clock

    where dated.valid_from_date <= clock.facts_until_date

),

final as (

    select
        last_of_day.*,
        {# A deletion without a date holds from the creation on. #}
        last_of_day.is_deleted or max(
            case when last_of_day.is_deleted and last_of_day.updated_at is null then 1 else 0 end
        ) over (
            partition by last_of_day.lead_id
            order by last_of_day.valid_from_date
            rows between current row and unbounded following
        ) = 1 as is_deleted_then,
        lead(last_of_day.valid_from_date, 1, cast('9999-12-31' as date)) over (
            partition by last_of_day.lead_id order by last_of_day.valid_from_date
        ) as valid_until_date

    from last_of_day

    where last_of_day.day_rank = 1

)

select * from final
