{#
    Grain: one row. The last day that the data know of: the clock, or the day of a later stage or payment.
    With as_of it is as_of. A cohort had the time for what it should have done by this day, not after; a
    period is over by the last day of the reporting zone that is over with it.
#}
with
known_days as (
    select clock_date as known_date from {{ ref('int_clock') }}

    union all

    {# The others are known up to the clock only. #}
    select cast(reached_at as date) as known_date from {{ ref('int_lead_milestones') }}
    where source not in ('event_key', 'band', 'segment')

    union all

    select cast(paid_at as date) as known_date from {{ ref('int_payments') }}
)

select
    max(known_date) as last_date,
    {{ days_after(reporting_date('cast(' ~ days_after('max(known_date)', 1) ~ ' as timestamp)'), -1) }}
        as last_reporting_date
from known_days
