-- Grain: one row per contact and list that it joined. Who left a list has joined it all the same.
-- keeps what is gone: who left a list is no longer among its members
-- wants contact_list_member|contacts_list_memberships.contact_id|canonical_vid|vid: no member of a list is known
-- wants contact_list_member.contact_list_id|static_list_id|list_id: no member of a list is known
-- wants contact_list_member.added_at|timestamp time: memberships have no day, so none can land
-- wants contact_list.id|list_id: lists have no name
-- wants contact_list.name: lists have no name
select
    'hs:list_joined ' || members.contact_list_id || ' ' || members.contact_id as event_id,
    'hs:' || members.contact_id as lead_id,
    'list_joined' as event_type,
    min(members.added_at) as occurred_at,
    json_object('list', coalesce(min(lists.name), members.contact_list_id)) as properties
from contact_list_member as members
left join (select id, min(name) as name from contact_list group by id) as lists on members.contact_list_id = lists.id
group by members.contact_list_id, members.contact_id
order by event_id
