-- Grain: one row per contact and status of sales that is a verdict on it (settings.yml), since it first had it.
-- keeps what is gone: a status that another followed was a verdict all the same
-- wants contact.id|hs_object_id: it is not known what sales says of contacts
-- wants contact.hs_lead_status: it is not known what sales says of contacts
-- wants contact.lastmodifieddate|hs_lastmodifieddate time: a verdict has no day where the history lacks it
-- wants contact.hubspot_owner_id: it is not known who said it
-- wants contact_property_history|contacts_property_history.contact_id|vid|object_id: a verdict is of the last change
-- wants contact_property_history.name|property|property_name: a verdict is of the contact's last change
-- wants contact_property_history.value: a verdict is of the contact's last change
-- wants contact_property_history.timestamp time: a verdict is of the contact's last change
with
statuses as (
    select contact_id, value as status, timestamp as given_at
    from contact_property_history
    where name = 'hs_lead_status'

    union all

    select id, hs_lead_status, lastmodifieddate
    from contact
),

verdicts as (
    select
        contact_id, status, given_at,
        case
            when list_contains(string_split(lower(getvariable('accepted_statuses')), ', '), lower(status))
                then 'accepted'
            when list_contains(string_split(lower(getvariable('rejected_statuses')), ', '), lower(status))
                then 'rejected'
        end as verdict
    from statuses
)

select
    'hs:status ' || verdicts.contact_id || ' ' || lower(verdicts.status) as feedback_id,
    'hs:' || verdicts.contact_id as lead_id,
    min(verdicts.given_at) as given_at,
    verdicts.verdict,
    lower(verdicts.status) as reason,
    'hs:' || nullif(min(contact.hubspot_owner_id), '') as rep_id
from verdicts
inner join contact on verdicts.contact_id = contact.id
where verdicts.verdict is not null
group by verdicts.contact_id, lower(verdicts.status), verdicts.verdict
order by feedback_id
