-- A deal. It came from the lead that was converted into it first; else it is of its primary contact, else of its
-- account. A closed deal was closed on its close date, which of an open one is but a hope.
-- wants opportunity.id: no deal is known
-- wants opportunity.created_date time: no deal has a day on which it was opened, so none can land
-- wants opportunity.last_modified_date time: of several versions of a deal the last in the table counts
-- wants opportunity.system_modstamp time: changes that Salesforce makes by itself are not dated
-- wants opportunity.stage_name: no deal has a stage, so none can land
-- wants opportunity.is_closed boolean: no deal is known to be closed
-- wants opportunity.is_won boolean: no deal is known to be won
-- wants opportunity.close_date time: no deal has a day on which it was won or lost
-- wants opportunity.amount: no deal has an amount, so there is no revenue
-- wants opportunity.currency_iso_code: amounts are in the currency that settings.yml names
-- wants opportunity.account_id: deals without a contact tie to nobody
-- wants opportunity.owner_id: no deal has an owner
-- wants opportunity.loss_reason_c|lost_reason_c|closed_lost_reason_c|reason_lost_c: no deal says why it was lost
-- wants opportunity.is_deleted|_fivetran_deleted boolean: a deal is deleted only once it is gone from the table
-- wants account_end.id: deals of an account that was merged belong to none
-- wants account_end.end_id: deals of an account that was merged belong to none
-- wants opportunity_person.opportunity_id: no deal came from a lead
-- wants opportunity_person.lead_id: no deal came from a lead
-- wants inactive_record.id: records that history mode knows to be gone are not deleted
select
    'sf:' || opportunity.id as opportunity_id,
    opportunity.created_date as created_at,
    greatest(opportunity.last_modified_date, opportunity.system_modstamp) as updated_at,
    opportunity.stage_name as stage,
    'sf:' || opportunity_person.lead_id as lead_id,
    'sf:' || coalesce(account_end.end_id, opportunity.account_id) as account_id,
    if(opportunity.is_closed, left(opportunity.close_date, 10), null) as closed_at,
    opportunity.is_won,
    opportunity.amount,
    coalesce(opportunity.currency_iso_code, nullif(getvariable('currency'), '')) as currency,
    'sf:' || opportunity.owner_id as owner_id,
    if(opportunity.is_closed and not opportunity.is_won, opportunity.loss_reason_c, null) as lost_reason,
    coalesce(opportunity.is_deleted, false) or inactive_record.id is not null as is_deleted
from opportunity
left join account_end on opportunity.account_id = account_end.id
left join opportunity_person on opportunity.id = opportunity_person.opportunity_id
left join inactive_record on opportunity.id = inactive_record.id
order by opportunity_id, updated_at
