{# Grain: one row per landed lead, with the lead of the same person that survives. #}
with

chain_ends as (

    select distinct end_lead_id as lead_id
    from {{ ref('int_lead_merges') }}

),

ranked as (

    select
        leads.lead_id,
        leads.created_at,
        persons.person_lead_id,
        row_number() over (
            partition by persons.person_lead_id
            order by
                case when chain_ends.lead_id is null then 1 else 0 end,
                case when lead_merges.lead_id is null then 0 else 1 end,
                leads.created_at,
                leads.lead_id
        ) as survival_rank

    from {{ ref('int_leads') }} as leads

    inner join {{ ref('int_lead_persons') }} as persons
        on leads.lead_id = persons.lead_id

    left join chain_ends
        on leads.lead_id = chain_ends.lead_id

    left join {{ ref('int_lead_merges') }} as lead_merges
        on leads.lead_id = lead_merges.lead_id

)

select
    ranked.lead_id,
    survivors.lead_id as surviving_lead_id,
    min(ranked.created_at) over (partition by ranked.person_lead_id) as person_created_at,
    count(*) over (partition by ranked.person_lead_id) as person_lead_count

from ranked

inner join ranked as survivors
    on ranked.person_lead_id = survivors.person_lead_id

where survivors.survival_rank = 1
