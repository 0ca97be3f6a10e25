{#
    Grain: one row per day on which emails were sent, channel and region of the leads: how many emails,
    and how many of them were opened and clicked. An open or click belongs to the last email of the same
    campaign that was sent to the lead before it, so each email counts once.
#}
with

email_events as (

    select * from {{ ref('int_kpi_events') }}
    where kpi_event in ('email_sent', 'email_opened', 'email_clicked')

),

lifecycle as (

    select * from {{ ref('lead_lifecycle') }}

),

numbered as (

    select
        lead_id,
        campaign,
        kpi_event,
        occurred_at,
        sum(case when kpi_event = 'email_sent' then 1 else 0 end) over (
            partition by lead_id, campaign
            order by
                occurred_at asc, case when kpi_event = 'email_sent' then 0 else 1 end asc, event_id asc
            rows between unbounded preceding and current row
        ) as email_number

    from email_events

),

emails as (

    select
        lead_id,
        campaign,
        email_number,
        min(case when kpi_event = 'email_sent' then occurred_at end) as sent_at,
        max(case when kpi_event = 'email_opened' then 1 else 0 end) as is_opened,
        max(case when kpi_event = 'email_clicked' then 1 else 0 end) as is_clicked

    from numbered

    where email_number > 0

    group by
        lead_id,
        campaign,
        email_number

),

final as (

    select
        {{ reporting_date('emails.sent_at') }} as sent_date,
        lifecycle.channel,
        lifecycle.region,
        count(*) as emails_sent,
        cast(sum(emails.is_opened) as bigint) as emails_opened,
        cast(sum(emails.is_clicked) as bigint) as emails_clicked

    from emails

    inner join lifecycle
        on emails.lead_id = lifecycle.lead_id

    group by
        {{ reporting_date('emails.sent_at') }},
        lifecycle.channel,
        lifecycle.region

)

select * from final
