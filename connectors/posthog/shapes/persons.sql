-- Persons as their events know them, where they are not exported: by the last event of each id, and the ids of visitors
-- that an event of theirs names.
-- wants event|events.distinct_id
-- wants event.person_id
-- wants event.person_properties json
-- wants event.timestamp time
-- wants event.properties json: the ids of visitors are not known
with seen as (
    select distinct_id, person_id, person_properties, timestamp from event
    union all
    select properties ->> '$.$anon_distinct_id' as distinct_id, person_id, person_properties, timestamp from event
    where properties ->> '$.$anon_distinct_id' is not null
)

select
    distinct_id,
    max_by(person_id, timestamp) as person_id,
    max_by(person_properties, timestamp) as properties,
    min(timestamp) as created_at,
    null::bigint as person_distinct_id_version,
    null::bigint as person_version,
    false as is_deleted
from seen
group by distinct_id
