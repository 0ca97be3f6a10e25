-- A visitor who signed in as one user is that user. A device of several users is nobody's: what each of them did once
-- signed in is theirs all the same.
-- keeps what is gone: tables of events are pruned
-- wants event|atomic_event.domain_userid|network_userid: no visitor is known to be a user
-- wants event.user_id: no visitor is known to be a user
-- wants event.derived_tstamp|collector_tstamp time: it is not known when a visitor was found to be a user
select
    'sp:' || domain_userid as alias_id,
    min(case
        when regexp_full_match(user_id, '[^@\s]+@[^@\s]+\.[^@\s]+') then lower(user_id)
        else getvariable('user_prefix') || user_id
    end) as lead_id,
    'visitor' as kind,
    min(derived_tstamp) as linked_at,
    count(distinct user_id) > 1 as is_deleted
from event
where domain_userid is not null and user_id is not null and domain_userid <> user_id
group by domain_userid
order by alias_id
