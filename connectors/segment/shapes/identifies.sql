-- Users as last identified, where what identified them was not landed: their visitors are not known.
-- wants user|users.id
-- wants user.email
-- wants user.first_name: users have no first name
-- wants user.last_name: users have no last name
-- wants user.company_name|company: users have no company
-- wants user.received_at time: users have no day
select
    null as anonymous_id,
    id as user_id,
    email,
    first_name,
    last_name,
    company_name,
    received_at
from "user"
