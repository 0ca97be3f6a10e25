{# Grain: one row per account and day on which a version of it began to hold; the first holds since ever. #}
with

landed as (

    select * from {{ ref('stg_raw__accounts') }}

),

clock as (

    select * from {{ ref('int_clock') }}

),

effective as (

    select
        landed.*,
        coalesce(
            landed.updated_at,
            max(landed.updated_at) over (
                partition by landed.account_id order by landed.landing_seq
            )
        ) as effective_updated_at

    from landed

),

numbered as (

    select
        effective.*,
        row_number() over (
            partition by effective.account_id
            order by effective.effective_updated_at asc nulls first, effective.landing_seq asc
        ) as version_number,
        count(effective.updated_at) over (
            partition by effective.account_id, effective.effective_updated_at order by effective.landing_seq
        ) as dated_count,
        first_value(effective.effective_updated_at) over (
            partition by effective.account_id
            order by effective.effective_updated_at asc nulls first, effective.landing_seq asc
        ) as first_updated_at

    from effective

),

dated as (

    select
        numbered.*,
        case
            when
                numbered.dated_count <= 1
                and not (numbered.effective_updated_at is distinct from numbered.first_updated_at)
                then cast('1900-01-01' as date)
            else cast(numbered.effective_updated_at as date)
        end as valid_from_date

    from numbered

),

last_of_day as (

    select
        dated.*,
        row_number() over (
            partition by dated.account_id, dated.valid_from_date
            order by dated.version_number desc
        ) as day_rank

    from dated

    cross join clock

    where dated.valid_from_date <= clock.facts_until_date

),

final as (

    select
        last_of_day.*,
        lead(last_of_day.valid_from_date, 1, cast('9999-12-31' as date)) over (
            partition by last_of_day.account_id order by last_of_day.valid_from_date
        ) as valid_until_date

    from last_of_day

    where last_of_day.day_rank = 1

)

select * from final
