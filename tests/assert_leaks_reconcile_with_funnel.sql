{#
    To the cent: the deals of the open pipeline are the funnel's open deals; what of it leaks and what does not is all of it, and
    each leaking record is counted once; and the funnel's SQLs are those in hand and those whom sales may not call.
#}
with
open_deals as (
    select
        count(*) as deals,
        coalesce(sum(amount), 0) as amount
    from {{ ref('opportunity') }}
    where status = 'open'
),

pipeline as (
    select
        count(case when record_type = 'opportunity' then 1 end) as deals,
        coalesce(sum(amount), 0) as amount,
        coalesce(sum(expected_value), 0) as expected_value,
        count(case when stage = 'sql' then 1 end) as sqls
    from {{ ref('open_pipeline') }}
),

not_leaking as (
    select coalesce(sum(expected_value), 0) as expected_value
    from {{ ref('open_pipeline') }} as pipeline
    where not exists (
            select 1 from {{ ref('lead_leaks') }} as leaks
            where leaks.record_type = pipeline.record_type and leaks.record_id = pipeline.record_id
        )
),

leaking as (
    select coalesce(sum(counted_value), 0) as counted_value
    from {{ ref('lead_leaks') }}
    where leak <> 'row_set_aside'
),

reached as (
    select
        (select coalesce(sum(days.sqls), 0) from {{ ref('funnel') }} as days) as sqls,
        count(lifecycle.sql_at) as not_callable_sqls
    from {{ ref('lead_lifecycle') }} as lifecycle
    left join {{ ref('lead_score') }} as scores
        on lifecycle.lead_id = scores.lead_id
        and scores.is_callable
    where scores.lead_id is null
)

select
    open_deals.amount as open_amount,
    pipeline.amount as pipeline_amount,
    pipeline.expected_value,
    not_leaking.expected_value as not_leaking,
    leaking.counted_value as leaking,
    reached.sqls,
    pipeline.sqls as sqls_in_hand,
    reached.not_callable_sqls
from open_deals
cross join pipeline
cross join not_leaking
cross join leaking
cross join reached
where
    open_deals.deals <> pipeline.deals
    or open_deals.amount <> pipeline.amount
    or pipeline.expected_value <> not_leaking.expected_value + leaking.counted_value
    or reached.sqls <> pipeline.sqls + reached.not_callable_sqls
