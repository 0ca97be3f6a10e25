-- Grain: one row per owner of contacts and deals.
-- keeps what is gone: deals of before name owners who have left
-- wants owner.owner_id|id: no person of sales is known
-- wants owner.first_name: people of sales have no first name
-- wants owner.last_name: people of sales have no last name
-- wants owner.email: people of sales have no address
-- wants owner._fivetran_deleted|archived|is_deleted boolean: who has left counts as there
select
    'hs:' || owner_id as rep_id,
    nullif(trim(concat_ws(' ', first_name, last_name)), '') as name,
    email,
    not coalesce(_fivetran_deleted, false) as is_active
from owner
qualify row_number() over (partition by owner_id order by _fivetran_deleted nulls first) = 1
order by rep_id
