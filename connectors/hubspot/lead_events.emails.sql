-- Grain: one row per event of a marketing email, by HubSpot's type. An event that HubSpot leaves out of its reports,
-- mostly the opens and clicks of bots, has a type of its own: email_open_filtered and so on.
-- It is of the contact that had the address then, else has it now, else ever had it; an address that is nobody's stands
-- for itself and is told as an unknown lead.
-- keeps what is gone: an email that was opened stays so, and tools drop old events
-- wants email_event.id: no email is known
-- wants email_event.type: emails have no type, so none can land
-- wants email_event.recipient: nobody is known to have got an email, so none can land
-- wants email_event.created timestamp: emails have no day, so none can land
-- wants email_event.filtered_event boolean: opens and clicks of bots count as those of people
-- wants email_event.email_campaign_id: which email it was is not known
-- wants email_event_click.id: which link was clicked is not known
-- wants email_event_click.url: which link was clicked is not known
-- wants email_event_open.id: how long emails were open is not known
-- wants email_event_open.duration bigint: how long emails were open is not known
-- wants email_event_bounce.id: why emails bounced is not known
-- wants email_event_bounce.category: why emails bounced is not known
-- wants email_event_status_change.id: nobody is known to have unsubscribed
-- wants email_event_status_change.portal_subscription_status: nobody is known to have unsubscribed
-- wants email_event_status_change.source: how somebody unsubscribed is not known
-- wants email_campaign|campaigns.id: emails have no name
-- wants email_campaign.name: emails have no name
-- wants email_campaign.subject: emails have no subject
-- wants contact_address.address: no event is known to be a contact's
-- wants contact_address.contact_id: no event is known to be a contact's
-- wants contact_address.held_from timestamp: an address that changed hands is of who has it now
-- wants contact_address.held_until timestamp: an address that changed hands is of who has it now
-- wants contact_address.is_held boolean: an address that changed hands is of the lowest id
-- wants contact_address.is_there boolean: an address of several contacts is of the lowest id
with
events as (
    select *, lower(trim(recipient)) as address from email_event
    qualify row_number() over (partition by id order by created) = 1
),

receivers as (
    select events.id, contact_address.contact_id
    from events
    inner join contact_address on events.address = contact_address.address
    qualify row_number() over (
        partition by events.id
        order by
            coalesce(events.created >= held_from and events.created < held_until, false) desc,
            is_held desc, is_there desc, contact_address.contact_id
    ) = 1
)

select
    'hs:email ' || events.id as event_id,
    'hs:' || coalesce(receivers.contact_id, events.address) as lead_id,
    case
        when status.portal_subscription_status = 'UNSUBSCRIBED' then 'email_unsubscribe'
        when status.portal_subscription_status = 'SUBSCRIBED' then 'email_subscribe'
        when events.type = 'STATUSCHANGE' then 'email_status_change'
        when events.type = 'SPAMREPORT' then 'email_spam_report'
        else 'email_' || lower(events.type)
    end || if(filtered_event, '_filtered', '') as event_type,
    events.created as occurred_at,
    clicks.url as page_url,
    campaigns.name as campaign,
    nullif(opens.duration, 0) / 1000 as duration_seconds,
    nullif(json_merge_patch('{}', json_object(
        'email', campaigns.name, 'subject', campaigns.subject, 'bounce', bounces.category, 'source', status.source
    )), '{}') as properties
from events
left join receivers on events.id = receivers.id
left join (select id, min(url) as url from email_event_click group by id) as clicks on events.id = clicks.id
left join (select id, max(duration) as duration from email_event_open group by id) as opens on events.id = opens.id
left join (select id, min(category) as category from email_event_bounce group by id) as bounces
    on events.id = bounces.id
left join (
    select
        id, min(source) as source,
        -- UNSUBSCRIBED goes before SUBSCRIBED.
        max(portal_subscription_status) as portal_subscription_status
    from email_event_status_change
    group by id
) as status
    on events.id = status.id
left join (select id, min(name) as name, min(subject) as subject from email_campaign group by id) as campaigns
    on events.email_campaign_id = campaigns.id
