-- Grain: one row per deal that went into another that is there, with the one at the end of its chain.
-- wants deal.deal_id|id
-- wants deal.hs_merged_object_ids: merges of deals are told by a table alone
-- wants merged_deal.deal_id: merges of deals are told by the deals alone
-- wants merged_deal.merged_deal_id: merges of deals are told by the deals alone
with recursive
merges as (
    select deal_id as into_id, merged_deal_id as deal_id from merged_deal
    where merged_deal_id <> deal_id
    union
    select into_id, deal_id
    from (select deal_id as into_id, unnest(regexp_extract_all(hs_merged_object_ids, '\d+')) as deal_id from deal)
    where deal_id <> into_id
),

reached as (
    select deal_id, into_id from merges
    union
    select reached.deal_id, merges.into_id
    from reached
    inner join merges on reached.into_id = merges.deal_id
)

select deal_id, min(into_id) as survivor_id
from reached
where
    into_id not in (select deal_id from merges)
    and into_id in (select deal_id from deal)
group by deal_id
