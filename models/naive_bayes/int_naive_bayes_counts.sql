{#
    Grain: one row per team (NULL: leads of no team), field and value of a lead that was won or lost, with
    how many were. A won lead counts for every stage, a lost one for those up to its own.
#}
with
counted as (
    select
        leads.team, lead_values.field, lead_values.kind, lead_values.value,
        true as is_total,
        leads.outcome
    from {{ ref('int_naive_bayes_leads') }} as leads
    inner join {{ ref('int_naive_bayes_values') }} as lead_values
        on leads.lead_id = lead_values.lead_id
        and lead_values.kind not in ('team', 'stage')

    union all

    select
        leads.team, fields.field, fields.kind,
        stages.stage as value,
        stages.is_first as is_total,
        leads.outcome
    from {{ ref('int_naive_bayes_leads') }} as leads
    inner join (
        select *, team is null and row_number() over (partition by team order by sequence, stage) = 1 as is_first
        from {{ ref('naive_bayes_stages') }}
    ) as stages
        on leads.outcome = 'won' or leads.sequence >= stages.sequence
    inner join {{ ref('naive_bayes_fields') }} as fields
        on fields.kind = 'stage'
)

select
    team, field, kind, value, is_total,
    count(case when outcome = 'won' then 1 end) as won_count,
    count(case when outcome = 'lost' then 1 end) as lost_count
from counted
where outcome <> 'open'
group by all
