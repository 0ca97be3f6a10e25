-- A user, or a visitor without one, of whom an address is known: by it they are one with the record of a CRM. Who has
-- none is nobody that sales could speak to, and no lead. A visitor whose user has an address is that user
-- (lead_aliases), and no lead of its own.
-- keeps what is gone: who was identified once stays so
-- wants identifies.anonymous_id: visitors who left an address without signing in are nobody
-- wants identifies.user_id: users are nobody
-- wants identifies.email: nobody has an address, so no user is a lead
-- wants identifies.first_name: users have no first name
-- wants identifies.last_name: users have no last name
-- wants identifies.company_name|company: users have no company
-- wants identifies.timestamp|sent_at|received_at time: nobody has a day on which they came in, so none can land
with identities as (
    select
        *,
        regexp_full_match(user_id, '[^@\s]+@[^@\s]+\.[^@\s]+') as is_address,
        coalesce(email, if(is_address, user_id, null)) as address
    from identifies
),

visitors_with_user as (
    select anonymous_id from identities
    where anonymous_id is not null and user_id in (
        select known.user_id from identities as known
        where known.address is not null
    )
)

select
    case
        when is_address then lower(user_id)
        when user_id is not null then getvariable('user_prefix') || user_id
        else 'seg:' || anonymous_id
    end as lead_id,
    min(timestamp) as created_at,
    max(timestamp) as updated_at,
    max_by(address, timestamp) as email,
    max_by(first_name, timestamp) as first_name,
    max_by(last_name, timestamp) as last_name,
    max_by(company_name, timestamp) as company_name
from identities
where user_id is not null or anonymous_id not in (select known.anonymous_id from visitors_with_user as known)
group by all
having count(address) > 0
order by lead_id
