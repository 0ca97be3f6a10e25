-- Salesforce's OpportunityFieldHistory, where an org tracks the stage; what was before the first change began with the
-- deal.
-- wants opportunity_field_history.opportunity_id
-- wants opportunity_field_history.field
-- wants opportunity_field_history.old_value
-- wants opportunity_field_history.new_value
-- wants opportunity_field_history.created_date time
-- wants opportunity_field_history.is_deleted boolean: no entry is known to be deleted
-- wants opportunity.id
-- wants opportunity.stage_name
-- wants opportunity.created_date time
with changes as (
    select * from opportunity_field_history
    where lower(field) = 'stagename'
),

openings as (
    select
        opportunity.id as opportunity_id,
        coalesce(min_by(changes.old_value, changes.created_date), any_value(opportunity.stage_name)) as stage,
        min(opportunity.created_date) as entered_at,
        false as is_deleted
    from opportunity
    left join changes on opportunity.id = changes.opportunity_id
    group by opportunity.id
)

select opportunity_id, new_value as stage, created_date as entered_at, is_deleted from changes
union all
select * from openings
