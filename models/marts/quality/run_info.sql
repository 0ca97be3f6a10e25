{# Grain: one row: what this build was made from. #}
with

clock as (

    select * from {{ ref('int_clock') }}

),

landings as (

    select
        coalesce(max(landing_id), 0) as last_landing_id,
        coalesce(sum(rows_landed), 0) as rows_landed,
        coalesce(sum(rows_rejected), 0) as rows_rejected

    from {{ source('landing', 'landings') }}

),

waiting as (

    select
        (
            select count(*) from {{ ref('stg_raw__leads') }} as leads
            where cast(leads.created_at as date) > clock.clock_date
        )
        + (
            select count(*) from {{ ref('stg_raw__lead_events') }} as lead_events
            where cast(lead_events.occurred_at as date) > clock.clock_date
        ) as rows_waiting

    from clock

),

points as (

    select {{ ordered_list("score_model || '=' || points_hash", 'score_model', ' ') }} as points_hashes
    from {{ ref('int_points_hashes') }}

),

final as (

    select
        md5(
            coalesce(cast(clock.clock_date as string), '') || ' '
            || cast(landings.last_landing_id as string) || ' '
            || coalesce(points.points_hashes, '')
        ) as run_id,
        clock.clock_date,
        cast(landings.rows_landed as bigint) as rows_landed,
        cast(landings.rows_rejected as bigint) as rows_rejected,
        cast(waiting.rows_waiting as bigint) as rows_waiting,
        points.points_hashes,
        '{{ dbt_version }}' as dbt_version,
        '{{ var("project_version") }}' as project_version

    from clock

    cross join landings

    cross join waiting

    cross join points

)

select * from final
