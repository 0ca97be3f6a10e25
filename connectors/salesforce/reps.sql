-- A user who can own a lead. Users are never deleted; those of portals and of programs are nobody to give a lead to.
-- keeps what is gone: a user who is no longer there was never deleted, but is not to be seen
-- wants user|sf_user.id: nobody of sales is known
-- wants user.name: people of sales have no name
-- wants user.email: people of sales have no address
-- wants user.language_locale_key: it is not known which language anybody of sales speaks
-- wants user.user_type: users of portals and programs count as people of sales
-- wants user.is_active boolean: everybody counts as working here
-- wants user.is_deleted|_fivetran_deleted boolean: nobody of sales is known to be deleted
select
    'sf:' || id as rep_id,
    any_value(name) as name,
    any_value(email) as email,
    any_value(lower(regexp_extract(language_locale_key, '^([A-Za-z]{2})(_|$)', 1))) as language,
    bool_and(
        coalesce(is_active, true)
        and is_deleted is not true
        and not regexp_matches(lower(coalesce(user_type, '')), 'portal|guest|customersuccess|partner|automated|cloud')
    ) as is_active
from "user"
group by id
order by rep_id
