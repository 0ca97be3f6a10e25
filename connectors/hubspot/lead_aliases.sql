-- Grain: one row per contact that went into another, still there or not, as a name of the one at the end of its chain.
-- wants contact.id|hs_object_id: no contact is known
-- wants contact.hs_merged_object_ids: merges are not known, so that what the merged did is nobody's
-- wants contact_absorbed.contact_id: merges are not known
-- wants contact_absorbed.survivor_id: merges are not known
-- wants contact_absorbed.merged_at timestamp: merges have no day
select
    'hs:' || contact_id as alias_id,
    'hs:' || survivor_id as lead_id,
    'merged record' as kind,
    merged_at as linked_at
from contact_absorbed
order by alias_id
