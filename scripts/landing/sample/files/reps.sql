-- Grain: one row per person of sales; the last has left.
select
    printf('rep-%02d', reps.rep_no) as rep_id,
    concat_ws(' ', first_names.first_name, last_names.last_name) as name,
    printf('rep-%02d@vendor.example', reps.rep_no) as email,
    reps.region,
    reps.language,
    reps.expertise,
    reps.capacity,
    reps.weight,
    reps.is_active
from reps
inner join numbered_names as first_names
    on reps.names = first_names.names
    and first_names.number = floor(8 * draw(reps.rep_no, 'first name of sales'))
inner join numbered_names as last_names
    on reps.names = last_names.names
    and last_names.number = floor(8 * draw(reps.rep_no, 'last name of sales'))
order by rep_id
