-- A user whose id is an address: by it the user is one with the record of a CRM. Of no other user an address is known.
-- keeps what is gone: tables of events are pruned
-- wants event|atomic_event.user_id: users are nobody
-- wants event.derived_tstamp|collector_tstamp time: nobody has a day on which they came in, so none can land
select
    lower(user_id) as lead_id,
    min(derived_tstamp) as created_at,
    lower(user_id) as email
from event
where regexp_full_match(user_id, '[^@\s]+@[^@\s]+\.[^@\s]+')
group by all
order by lead_id
