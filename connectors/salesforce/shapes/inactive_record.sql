-- Records of which history mode holds no active version: they are gone for good.
-- wants contact|lead|account|opportunity|task|event.id
-- wants account.id: no account is known
-- wants account._fivetran_active boolean: history mode is off
-- wants lead.id: no lead is known
-- wants lead._fivetran_active boolean: history mode is off
-- wants opportunity.id: no deal is known
-- wants opportunity._fivetran_active boolean: history mode is off
-- wants task.id: no task is known
-- wants task._fivetran_active boolean: history mode is off
-- wants event.id: no meeting is known
-- wants event._fivetran_active boolean: history mode is off
-- wants contact._fivetran_active boolean: history mode is off
select id
from (
    select id, _fivetran_active from contact
    union all
    select id, _fivetran_active from lead
    union all
    select id, _fivetran_active from account
    union all
    select id, _fivetran_active from opportunity
    union all
    select id, _fivetran_active from task
    union all
    select id, _fivetran_active from event
) as versions
group by id
having not bool_or(_fivetran_active)
