-- A visitor who signed in as one user is that user. One device of several users is nobody's: what each of them did once
-- signed in is theirs all the same.
-- keeps what is gone: tables of days are pruned
-- wants events_*|events.event_timestamp bigint: it is not known when a visitor was found to be a user
-- wants events_*|events.user_pseudo_id: no visitor is known to be a user
-- wants events_*|events.user_id: no visitor is known to be a user
with users as (
    select
        user_pseudo_id,
        min(user_id) as user_id,
        count(distinct user_id) as user_count,
        min(event_timestamp) as linked_at
    from "events_*"
    where user_pseudo_id is not null and user_id is not null
    group by user_pseudo_id
)

select
    'ga:' || user_pseudo_id as alias_id,
    case
        when regexp_full_match(user_id, '[^@\s]+@[^@\s]+\.[^@\s]+') then lower(user_id)
        else getvariable('user_prefix') || user_id
    end as lead_id,
    'visitor' as kind,
    make_timestamp(linked_at) as linked_at,
    user_count > 1 as is_deleted
from users
order by alias_id
