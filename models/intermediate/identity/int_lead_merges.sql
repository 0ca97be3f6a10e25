{#
    Grain: one row per lead whose merge chain reaches an end, with that end. Leads in a cycle, or whose
    chain runs into one, have no row: a cycle is reported, never followed.
#}
with recursive

leads as (

    select * from {{ ref('int_leads') }}

),

lead_merges as (

    select
        leads.lead_id,
        targets.lead_id as target_lead_id

    from leads

    inner join leads as targets
        on leads.merged_into_lead_id = targets.lead_id

),

reached as (

    select
        lead_merges.lead_id,
        lead_merges.target_lead_id as reached_lead_id

    from lead_merges

    union

    select
        reached.lead_id,
        lead_merges.target_lead_id as reached_lead_id

    from reached

    inner join lead_merges
        on reached.reached_lead_id = lead_merges.lead_id

),

final as (

    select
        reached.lead_id,
        reached.reached_lead_id as end_lead_id

    from reached

    left join lead_merges
        on reached.reached_lead_id = lead_merges.lead_id

    where lead_merges.lead_id is null

)

select * from final
