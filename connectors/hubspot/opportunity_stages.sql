-- Grain: one row per deal, stage and moment at which it was entered. What a deal entered that went into another, the
-- other did.
-- wants deal_stage.deal_id: when deals entered their stages is not known
-- wants deal_stage.value: when deals entered their stages is not known
-- wants deal_stage.date_entered|_fivetran_start timestamp: when deals entered their stages is not known
-- wants deal_pipeline_stage.stage_id: stages have no name
-- wants deal_pipeline_stage.label: stages have no name
-- wants deal_absorbed.deal_id: stages of deals that were merged stay theirs
-- wants deal_absorbed.survivor_id: stages of deals that were merged stay theirs
select distinct
    'hs:' || coalesce(deal_absorbed.survivor_id, entries.deal_id) as opportunity_id,
    coalesce(stages.label, entries.value) as stage,
    entries.date_entered as entered_at
from deal_stage as entries
left join (select stage_id, min(label) as label from deal_pipeline_stage group by stage_id) as stages
    on entries.value = stages.stage_id
left join deal_absorbed on entries.deal_id = deal_absorbed.deal_id
where nullif(entries.value, '') is not null
order by opportunity_id, entered_at, stage
