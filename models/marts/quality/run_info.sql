{# Grain: one row: what this build was made from. #}
with
landings as (
    select
        cast(coalesce(max(landing_id), 0) as bigint) as last_landing_id,
        coalesce(sum(rows_landed), 0) as rows_landed
    from {{ source('landing', 'landings') }}
),

rejected as (
    {# A row that is still bad when its file lands anew is the same row; equal rows of one landing are several. #}
    select distinct
        file, original_row,
        row_number() over (partition by landing_id, file, original_row order by landing_id) as copy_number
    from {{ source('landing', 'rejected_rows') }}
),

points as (
    select {{ ordered_list("score_model || '=' || points_hash", 'score_model', ' ') }} as points_hashes
    from {{ ref('int_points_hashes') }}
)
select
    md5(concat_ws(
        ' ', cast(clock.clock_date as string), cast(landings.last_landing_id as string), points.points_hashes
    )) as run_id,
    clock.clock_date,
    landings.last_landing_id,
    landings.last_landing_id as scores_last_landing_id,
    cast(landings.rows_landed as bigint) as rows_landed,
    (select count(*) from rejected) as rows_rejected,
    (
        select count(*) from {{ ref('stg_raw__leads') }} as leads
        where cast(leads.created_at as date) > clock.clock_date
    ) + (
        select count(*) from {{ ref('stg_raw__lead_events') }} as lead_events
        where cast(lead_events.occurred_at as date) > clock.clock_date
    ) as rows_waiting,
    points.points_hashes,
    '{{ dbt_version }}' as dbt_version, '{{ var("project_version") }}' as project_version
from {{ ref('int_clock') }} as clock cross join landings cross join points
