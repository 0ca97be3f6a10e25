{#
    Grain: one row per day on which emails were sent, channel and region of the leads: how many emails,
    and how many of them were opened and clicked: who clicked has opened, be it that no open was seen. An open or
    click belongs to the last email of the same campaign that was sent to the lead before it, so each email counts once.
    Clicks of link scanners are those of many within seconds (vars), of one email and with no open before.
#}
{%- set seconds = "interval '" ~ var('scanner_seconds') ~ "' second" %}
with
assigned as (
    select
        lead_id, campaign, kpi_event, occurred_at,
        max(case when kpi_event = 'email_sent' then occurred_at end) over (
            partition by lead_id, campaign
            order by occurred_at
        ) as sent_at
    from {{ ref('int_kpi_events') }}
    where kpi_event in ('email_sent', 'email_opened', 'email_clicked')
),

counted as (
    select
        *,
        min(case when kpi_event = 'email_opened' then occurred_at end) over (
            partition by lead_id, campaign, sent_at
        ) as first_opened_at,
        count(case when kpi_event = 'email_clicked' then 1 end) over (
            partition by lead_id, campaign, sent_at
            order by occurred_at range between {{ seconds }} preceding and current row
        ) as clicks
    from assigned
    where sent_at is not null
),

answered as (
    {# A click is one of many where so many end with it or within as many seconds after it. #}
    select
        *,
        coalesce(
            kpi_event = 'email_clicked'
            and coalesce(occurred_at <= first_opened_at, true)
            and max(case when kpi_event = 'email_clicked' then clicks end) over (
                partition by lead_id, campaign, sent_at
                order by occurred_at range between current row and {{ seconds }} following
            ) >= {{ var('scanner_clicks') }},
            false
        ) as is_scanned
    from counted
),

emails as (
    {# Of emails sent to a lead at one time one counts as answered. #}
    {%- set is_click = "kpi_event = 'email_clicked'" ~ ('' if var('count_scanner_clicks') else ' and not is_scanned') %}
    select
        lead_id, sent_at,
        count(case when kpi_event = 'email_sent' then 1 end) as sent,
        max(case when kpi_event = 'email_opened' or {{ is_click }} then 1 else 0 end) as is_opened,
        max(case when {{ is_click }} then 1 else 0 end) as is_clicked,
        max(case when is_scanned then 1 else 0 end) as is_scanned
    from answered
    group by lead_id, campaign, sent_at
)

select
    cast(emails.sent_at as date) as sent_date,
    lifecycle.channel, lifecycle.region,
    cast(sum(emails.sent) as bigint) as emails_sent,
    cast(sum(emails.is_opened) as bigint) as emails_opened,
    cast(sum(emails.is_clicked) as bigint) as emails_clicked,
    cast(sum(emails.is_scanned) as bigint) as emails_scanned
from emails
inner join {{ ref('lead_lifecycle') }} as lifecycle
    on emails.lead_id = lifecycle.lead_id
group by all
