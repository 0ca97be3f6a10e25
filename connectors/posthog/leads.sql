-- A person of whom an address is known: by it the person is one with the record of a CRM. Who has none is nobody that
-- sales could speak to, and no lead.
-- keeps what is gone: exports of days are pruned
-- wants persons.person_id: no person is known
-- wants persons.distinct_id: of several exports of a person any counts
-- wants persons.properties json: nobody has an address, so no person is a lead
-- wants persons.created_at time: nobody has a day on which they came in, so none can land
-- wants persons.person_distinct_id_version bigint: of several exports of a person any counts
-- wants persons.person_version bigint: of several exports of a person any counts
-- wants persons.is_deleted boolean: no person is known to be deleted
with latest as (
    select * from persons
    qualify row_number() over (
        partition by distinct_id order by person_distinct_id_version desc nulls last, person_version desc nulls last
    ) = 1
)

select
    'ph:' || person_id as lead_id,
    min(created_at) as created_at,
    max_by(properties ->> 'email', coalesce(person_version, 0)) as email,
    max_by(properties ->> 'first_name', coalesce(person_version, 0)) as first_name,
    max_by(properties ->> 'last_name', coalesce(person_version, 0)) as last_name,
    bool_and(coalesce(is_deleted, false)) as is_deleted
from latest
group by person_id
having count(properties ->> 'email') > 0
order by lead_id
