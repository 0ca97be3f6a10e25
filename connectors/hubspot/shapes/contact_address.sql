-- Grain: one row per contact, address that it has or had, and span in which the history of its properties says so.
-- Whom an email went to is told by address alone, and people change theirs.
-- wants contact.id|hs_object_id
-- wants contact.email: nobody has an address
-- wants contact.hs_additional_emails: nobody has a second address
-- wants contact._fivetran_deleted|archived|is_deleted boolean: no contact is known to be deleted
-- wants contact_property_history|contacts_property_history.contact_id|vid|object_id: former addresses are not known
-- wants contact_property_history.name|property|property_name: former addresses are not known
-- wants contact_property_history.value: former addresses are not known
-- wants contact_property_history.timestamp timestamp: former addresses are not known
-- wants contact_absorbed.contact_id: merged contacts share an address
with
had as (
    select contact_id, lower(trim(value)) as address, timestamp as held_from
    from contact_property_history
    where name = 'email' and timestamp is not null
    group by all
),

spans as (
    select
        contact_id, address, held_from,
        lead(held_from, 1, 'infinity') over (partition by contact_id order by held_from, address) as held_until,
        false as is_held
    from had

    union all

    select id, lower(trim(unnest(string_split(concat_ws(';', email, hs_additional_emails), ';')))), null, null, true
    from contact
)

-- A contact that went into another may be gone, and its name is the other's.
select
    spans.contact_id, spans.address, spans.held_from, spans.held_until, spans.is_held,
    not coalesce(contact._fivetran_deleted, false) and absorbed.contact_id is null as is_there
from spans
left join contact on spans.contact_id = contact.id
left join contact_absorbed as absorbed on spans.contact_id = absorbed.contact_id
where
    spans.address like '%_@_%'
    and coalesce(contact.id, absorbed.contact_id) is not null
