{# Grain: one row: what this build was made from. #}
with

landings as (

    select
        coalesce(max(landing_id), 0) as last_landing_id,
        coalesce(sum(rows_landed), 0) as rows_landed

    from {{ source('landing', 'landings') }}

),

rejected_rows as (

    select
        landing_id,
        file,
        original_row,
        count(*) as occurrences

    from {{ source('landing', 'rejected_rows') }}

    group by landing_id, file, original_row

),

distinct_rejected_rows as (

    {# A row that is still bad when its file lands anew is the same row. #}
    select max(occurrences) as occurrences
    from rejected_rows
    group by file, original_row

),

rejected as (

    select coalesce(sum(occurrences), 0) as rows_rejected
    from distinct_rejected_rows

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

    from {{ ref('int_clock') }} as clock

),

points as (

    select {{ ordered_list("score_model || '=' || points_hash", 'score_model', ' ') }} as points_hashes
    from {{ ref('int_points_hashes') }}

)

select
    md5(
        coalesce(cast(clock.clock_date as string), '') || ' '
        || cast(landings.last_landing_id as string) || ' '
        || coalesce(points.points_hashes, '')
    ) as run_id,
    clock.clock_date,
    cast(landings.rows_landed as bigint) as rows_landed,
    cast(rejected.rows_rejected as bigint) as rows_rejected,
    cast(waiting.rows_waiting as bigint) as rows_waiting,
    points.points_hashes,
    '{{ dbt_version }}' as dbt_version,
    '{{ var("project_version") }}' as project_version

from {{ ref('int_clock') }} as clock

cross join landings

cross join rejected

cross join waiting

cross join points
