{#
    Grain: one row per day on which emails were sent, channel and region of the leads: how many emails,
    and how many of them were opened and clicked: who clicked has opened, be it that no open was seen. An open or
    click belongs to the last email of the same campaign that was sent to the lead before it, so each email counts once.
#}
with
assigned as (
    select
        lead_id, campaign, kpi_event,
        max(case when kpi_event = 'email_sent' then occurred_at end) over (
            partition by lead_id, campaign
            order by occurred_at
        ) as sent_at
    from {{ ref('int_kpi_events') }}
    where kpi_event in ('email_sent', 'email_opened', 'email_clicked')
),

emails as (
    {# Of emails sent to a lead at one time one counts as answered. #}
    select
        lead_id, sent_at,
        count(case when kpi_event = 'email_sent' then 1 end) as sent,
        max(case when kpi_event in ('email_opened', 'email_clicked') then 1 else 0 end) as is_opened,
        max(case when kpi_event = 'email_clicked' then 1 else 0 end) as is_clicked
    from assigned
    where sent_at is not null
    group by lead_id, campaign, sent_at
)

select
    {{ reporting_date('emails.sent_at') }} as sent_date,
    lifecycle.channel, lifecycle.region,
    cast(sum(emails.sent) as bigint) as emails_sent,
    cast(sum(emails.is_opened) as bigint) as emails_opened,
    cast(sum(emails.is_clicked) as bigint) as emails_clicked
from emails
inner join {{ ref('lead_lifecycle') }} as lifecycle
    on emails.lead_id = lifecycle.lead_id
group by all
