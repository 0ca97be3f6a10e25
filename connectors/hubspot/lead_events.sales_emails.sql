-- Grain: one row per email between sales and a contact: email_reply where the contact wrote it, else sales_email_sent,
-- which is no email_sent: HubSpot tells no opens of these, so that they would spoil the share of opens.
-- wants engagement_email|engagements_emails.engagement_id|id: no email of sales is known
-- wants engagement_email.hs_timestamp|timestamp time: emails of sales have no day but that of their entry
-- wants engagement_email.hs_createdate|created_at time: emails of sales without a time of their own have no day
-- wants engagement_email.hs_email_direction|type: nobody is known to have answered
-- wants engagement_email.hs_email_status|status: emails that did not arrive count as sent
-- wants engagement_email._fivetran_deleted|archived|is_deleted boolean: no email of sales is known to be deleted
-- wants engagement_contact.engagement_id: whose emails they are is not known
-- wants engagement_contact.contact_id: whose emails they are is not known
select distinct on (emails.engagement_id, contacts.contact_id)
    'hs:sales_email ' || emails.engagement_id || ' ' || contacts.contact_id as event_id,
    'hs:' || contacts.contact_id as lead_id,
    case
        when upper(hs_email_direction) = 'INCOMING_EMAIL' then 'email_reply'
        when upper(hs_email_direction) = 'FORWARDED_EMAIL' then 'sales_email_forwarded'
        when upper(hs_email_status) in ('BOUNCED', 'FAILED') then 'sales_email_failed'
        else 'sales_email_sent'
    end as event_type,
    coalesce(hs_timestamp, hs_createdate) as occurred_at,
    emails._fivetran_deleted as is_deleted
from engagement_email as emails
inner join engagement_contact as contacts on emails.engagement_id = contacts.engagement_id
order by emails.engagement_id, contacts.contact_id
