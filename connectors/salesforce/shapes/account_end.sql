-- Accounts that were merged, each with the one that was kept at the end of its chain; one in a circle has none.
-- wants contact|lead|opportunity.id
-- wants account.id: no account is known
-- wants account.master_record_id: no account is known to have been merged
with recursive merged as (
    select distinct id, master_record_id from account
    where master_record_id is not null
),

chain as (
    select id, master_record_id as end_id from merged
    union
    select chain.id, merged.master_record_id
    from chain
    inner join merged on chain.end_id = merged.id
)

select id, min(end_id) as end_id from chain
where end_id not in (select merged.id from merged)
group by id
