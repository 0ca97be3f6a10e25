-- Every id that a person was seen under, as a visitor or signed in, is that person, if an address is known.
-- keeps what is gone: exports of days are pruned
-- wants persons.person_id: no visitor is known to be a person
-- wants persons.distinct_id: no visitor is known to be a person
-- wants persons.properties json: no visitor is a person of whom more is known
-- wants persons.person_distinct_id_version bigint: of several exports of a person any counts
-- wants persons.person_version bigint: of several exports of a person any counts
with latest as (
    select * from persons
    qualify row_number() over (
        partition by distinct_id order by person_distinct_id_version desc nulls last, person_version desc nulls last
    ) = 1
)

select
    if(regexp_full_match(distinct_id, '[^@\s]+@[^@\s]+\.[^@\s]+'), lower(distinct_id), 'ph:' || distinct_id)
        as alias_id,
    'ph:' || person_id as lead_id,
    'visitor' as kind
from latest
where
    distinct_id <> person_id
    and person_id in (
        select known.person_id from latest as known
        where known.properties ->> 'email' is not null
    )
order by alias_id
