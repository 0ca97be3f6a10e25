{#
    Grain: one row per day on which emails were sent, channel and region of the leads: how many emails,
    and how many of them were opened and clicked: who clicked has opened, be it that no open was seen. An open or
    click belongs to the last email of the same campaign that was sent to the lead before it, so each email counts once.
    Clicks of link scanners are those of many within seconds (vars), of one email and with no open before.
#}
{%- set of_email = 'partition by lead_id, campaign, sent_at order by occurred_at' %}
{%- set seconds = "interval '" ~ var('scanner_seconds') ~ "' second" %}
with
assigned as (
    select
        lead_id, coalesce(campaign, '') as campaign, kpi_event, occurred_at,
        max(case when kpi_event = 'email_sent' then occurred_at end)
            over (partition by lead_id, campaign order by occurred_at) as sent_at
    from {{ ref('int_kpi_events') }}
    where kpi_event in ('email_sent', 'email_opened', 'email_clicked')
),

answered as (
    {# Of emails sent to a lead at one time one counts as answered. #}
    select
        lead_id, campaign, sent_at,
        count(case when kpi_event = 'email_sent' then 1 end) as sent,
        min(case when kpi_event = 'email_opened' then occurred_at end) as first_opened_at,
        count(case when kpi_event = 'email_clicked' then 1 end) as clicks
    from assigned
    where sent_at is not null
    group by lead_id, campaign, sent_at
),

clicked as (
    {# Of the few emails with enough clicks each one, with how many end with it within seconds. #}
    select *, count(*) over ({{ of_email }} range between {{ seconds }} preceding and current row) as clicks_ended
    from (
        select answered.*, assigned.occurred_at
        from answered
        inner join assigned
            on answered.lead_id = assigned.lead_id and answered.campaign = assigned.campaign
            and answered.sent_at = assigned.sent_at and assigned.kpi_event = 'email_clicked'
        where answered.clicks >= {{ var('scanner_clicks') }}
    ) as clicks_of_emails
),

scanned as (
    {# A click is one of many where so many end with it or within as many seconds after it. #}
    select lead_id, campaign, sent_at, count(*) as clicks
    from (
        select
            *,
            max(clicks_ended) over ({{ of_email }} range between current row and {{ seconds }} following) as most_ended
        from clicked
    ) as bursts
    where most_ended >= {{ var('scanner_clicks') }} and coalesce(occurred_at <= first_opened_at, true)
    group by lead_id, campaign, sent_at
),

emails as (
    {%- set clicks = 'answered.clicks' ~ ('' if var('count_scanner_clicks') else ' - coalesce(scanned.clicks, 0)') %}
    select
        answered.lead_id, answered.sent_at, answered.sent,
        case when answered.first_opened_at is not null or {{ clicks }} > 0 then 1 else 0 end as is_opened,
        case when {{ clicks }} > 0 then 1 else 0 end as is_clicked,
        case when scanned.lead_id is not null then 1 else 0 end as is_scanned
    from answered
    left join scanned
        on answered.lead_id = scanned.lead_id and answered.campaign = scanned.campaign
        and answered.sent_at = scanned.sent_at
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
