-- A visitor who was identified as one user whose address is known is that user. A device of several users is nobody's:
-- what each of them did once signed in is theirs all the same.
-- keeps what is gone: who was identified once stays so
-- wants identifies.anonymous_id: no visitor is known to be a user
-- wants identifies.user_id: no visitor is known to be a user
-- wants identifies.email: no visitor is a user of whom more is known
-- wants identifies.timestamp|sent_at|received_at time: it is not known when a visitor was found to be a user
with identities as (
    select *, regexp_full_match(user_id, '[^@\s]+@[^@\s]+\.[^@\s]+') as is_address
    from identifies
    where user_id is not null
)

select
    'seg:' || anonymous_id as alias_id,
    min(if(is_address, lower(user_id), getvariable('user_prefix') || user_id)) as lead_id,
    'visitor' as kind,
    min(timestamp) as linked_at,
    count(distinct user_id) > 1 as is_deleted
from identities
where anonymous_id is not null and anonymous_id <> user_id
group by anonymous_id
having bool_or(user_id in (
    select known.user_id from identities as known
    where known.email is not null or known.is_address
))
order by alias_id
