-- Grain: one row per contact that went into another, with the one at the end of its chain and when it went.
-- HubSpot lists on the survivor all that went into it, along chains too. Since 2025 the survivor is a record of its own
-- that lists both; before, it was one of the two. Until 2022 a table of its own told merges.
-- What is in a cycle has no end and keeps the one that it is said to have gone into.
-- wants contact.id|hs_object_id
-- wants contact.hs_merged_object_ids: merges are not known
-- wants contact.hs_calculated_merged_vids: a merge has no day
-- wants contact_merge_audit|contacts_merged_audit.canonical_vid: merges of old are not known
-- wants contact_merge_audit.vid_to_merge: merges of old are not known
-- wants contact_merge_audit.timestamp timestamp: a merge of old has no day
with recursive
said as (
    select id as into_id, unnest(regexp_extract_all(hs_merged_object_ids, '\d+')) as contact_id, null as merged_at
    from contact

    union all

    select
        id, split_part(merge, ':', 1), make_timestamp_ms(try_cast(split_part(merge, ':', 2) as bigint))
    from (select id, unnest(regexp_extract_all(hs_calculated_merged_vids, '\d+(?::\d+)?')) as merge from contact)

    union all

    select canonical_vid, vid_to_merge, timestamp from contact_merge_audit
),

merges as (
    select contact_id, into_id, min(merged_at) as merged_at
    from said
    where contact_id <> into_id
    group by contact_id, into_id
),

reached as (
    select contact_id, into_id from merges
    union
    select reached.contact_id, merges.into_id
    from reached
    inner join merges on reached.into_id = merges.contact_id
)

select
    merges.contact_id,
    coalesce(min(ends.into_id), min(merges.into_id)) as survivor_id,
    min(merges.merged_at) as merged_at
from merges
left join (select * from reached where into_id not in (select contact_id from merges)) as ends
    on merges.contact_id = ends.contact_id
group by merges.contact_id
