{#
    Grain: one row. The last day that the data know of: the clock, or the day of a later stage or payment, unless days
    without any lie between that make it a slip, such as a mistyped year. With as_of it is as_of. A cohort had the time for
    what it should have done by this day, not after; so had a period.
#}
with
known_days as (
    select clock_date as known_date from {{ ref('int_clock') }}

    union

    {# The others are known up to the clock only. #}
    select cast(milestones.reached_at as date) as known_date from {{ ref('int_lead_milestones') }} as milestones
    inner join {{ ref('int_clock') }} as clock
        on cast(milestones.reached_at as date) > clock.clock_date
    where milestones.source not in ('event_key', 'band', 'segment')

    union

    select cast(payments.paid_at as date) as known_date from {{ ref('int_payments') }} as payments
    inner join {{ ref('int_clock') }} as clock
        on cast(payments.paid_at as date) > clock.clock_date
),

gaps as (
    select
        known_date,
        {{ days_between('lag(known_date) over (order by known_date)', 'known_date') }} > {{ var('slip_days') }}
            as is_after_gap
    from known_days
)

select max(known_date) as last_date
from gaps
where known_date < (
        select coalesce(min(gap.known_date), cast('9999-12-31' as date)) from gaps as gap
        where gap.is_after_gap
    )
