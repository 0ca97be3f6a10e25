{#
    Grain: one row per team (NULL: leads of no team), field and value of a lead that was won or lost, with
    how many were. A won lead counts for every stage, a lost one for those up to its own.
#}
with

decided as (

    select * from {{ ref('int_naive_bayes_leads') }}
    where outcome in ('won', 'lost')

),

stage_field as (

    select field
    from {{ ref('naive_bayes_fields') }}
    where kind = 'stage'

),

counted as (

    select
        decided.team,
        lead_values.field,
        lead_values.kind,
        lead_values.value,
        decided.outcome

    from decided

    inner join {{ ref('int_naive_bayes_values') }} as lead_values
        on decided.lead_id = lead_values.lead_id

    union all

    select
        decided.team,
        stage_field.field,
        'stage' as kind,
        stages.stage as value,
        decided.outcome

    from decided

    cross join stage_field

    inner join {{ ref('stg_mapping__naive_bayes_stages') }} as stages
        on decided.outcome = 'won' or decided.sequence >= stages.sequence

)

select
    team,
    field,
    kind,
    value,
    count(case when outcome = 'won' then 1 end) as won_count,
    count(case when outcome = 'lost' then 1 end) as lost_count

from counted

group by
    team,
    field,
    kind,
    value
