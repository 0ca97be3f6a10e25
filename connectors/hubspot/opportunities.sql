-- Grain: one row per deal.
-- wants deal.deal_id|id: no deal is known
-- wants deal.createdate|hs_createdate|created_at time: no deal has a day on which it was opened, so none can land
-- wants deal.hs_lastmodifieddate|updated_at time: a change of a deal holds since it was landed
-- wants deal._fivetran_deleted|archived|is_deleted boolean: no deal is known to be deleted
-- wants deal.deal_pipeline_id|pipeline: the pipeline of a deal is not known
-- wants deal.deal_pipeline_stage_id|dealstage: no deal has a stage, so none can land
-- wants deal.closedate time: deals that are closed have no day
-- wants deal.amount: deals have no amount
-- wants deal.deal_currency_code: amounts are in the currency of settings.yml
-- wants deal.owner_id|hubspot_owner_id: deals have no owner
-- wants deal.closed_lost_reason: why deals were lost is not known
-- wants deal.hs_salesforceopportunityid: a deal that Salesforce has too counts twice
-- wants deal.hs_is_closed_won boolean: a deal of an unknown stage is open
-- wants deal.hs_is_closed boolean: a deal of an unknown stage is open
-- wants deal_pipeline|pipelines_deals.pipeline_id|id: pipelines have no name
-- wants deal_pipeline.label: pipelines have no name
-- wants deal_pipeline_stage.stage_id: stages have no name, and whether a deal was won is told by the deal alone
-- wants deal_pipeline_stage.label: stages have no name
-- wants deal_pipeline_stage.is_closed boolean: a deal is closed where its stage is certain or hopeless
-- wants deal_pipeline_stage.closed_won boolean: a deal is won where its stage is certain
-- wants deal_pipeline_stage.probability double: a deal is won where its stage says so
-- wants deal_company.deal_id: deals of a company alone are nobody's
-- wants deal_company.company_id: deals of a company alone are nobody's
-- wants deal_company.type_id: of several companies of a deal the first counts, not its main one
-- wants deal_absorbed.deal_id: deals that were merged count twice
-- wants deal_absorbed.survivor_id: deals that were merged count twice
with
stages as (
    -- A stage is won where its deals are certain; the column of old that says so is empty in newer tables.
    select
        stage_id,
        min(label) as label,
        bool_or(coalesce(is_closed, closed_won, probability = 1)) as is_closed,
        bool_or(coalesce(is_closed, true) and coalesce(probability = 1, closed_won, false)) as is_won
    from deal_pipeline_stage
    group by stage_id
),

companies as (
    -- 5 is HubSpot's own type of the main company of a deal.
    select deal_id, min_by(company_id, (type_id is distinct from '5', company_id)) as company_id
    from deal_company
    group by deal_id
),

results as (
    select
        deal.*,
        stages.label as stage,
        coalesce(stages.is_closed, hs_is_closed) as is_closed,
        coalesce(stages.is_won, hs_is_closed_won, false) as is_closed_won
    from deal
    left join stages on deal.deal_pipeline_stage_id = stages.stage_id
)

select
    'hs:' || results.deal_id as opportunity_id,
    createdate as created_at,
    coalesce(stage, deal_pipeline_stage_id) as stage,
    'hs:' || companies.company_id as account_id,
    coalesce('hs:' || deal_absorbed.survivor_id, 'sf:' || nullif(hs_salesforceopportunityid, ''))
        as same_as_opportunity_id,
    hs_lastmodifieddate as updated_at,
    if(is_closed, closedate, null) as closed_at,
    is_closed_won as is_won,
    amount,
    coalesce(nullif(deal_currency_code, ''), nullif(getvariable('currency'), '')) as currency,
    'hs:' || nullif(owner_id, '') as owner_id,
    closed_lost_reason as lost_reason,
    _fivetran_deleted as is_deleted,
    pipelines.label as pipeline
from results
left join companies on results.deal_id = companies.deal_id
left join deal_absorbed on results.deal_id = deal_absorbed.deal_id
left join (select pipeline_id, min(label) as label from deal_pipeline group by pipeline_id) as pipelines
    on results.deal_pipeline_id = pipelines.pipeline_id
order by opportunity_id
