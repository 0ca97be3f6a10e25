{#
    Grain: one row per open lead, field and value that counts in its probability to be won, and one for
    the share of leads that are won at all. The log odds of a lead add up to those of its probability.
#}
with

leads as (

    select * from {{ ref('int_naive_bayes_leads') }}
    where outcome = 'open'

),

lead_values as (

    select
        lead_id,
        field,
        value

    from {{ ref('int_naive_bayes_values') }}

    union all

    select
        leads.lead_id,
        stage_field.field,
        leads.stage as value

    from leads

    cross join {{ ref('naive_bayes_fields') }} as stage_field

    where stage_field.kind = 'stage' and leads.stage is not null

),

teams as (

    select distinct team
    from {{ ref('int_naive_bayes_counts') }}
    where team is not null

),

scoped as (

    {# A lead of no team, or of one that never won or lost a lead, is held against all teams. #}
    select
        leads.lead_id,
        teams.team

    from leads

    left join teams
        on leads.team = teams.team

),

priors as (

    select distinct
        team,
        total_won / (total_won + total_lost) as won_share,
        total_lost / (total_won + total_lost) as lost_share

    from {{ ref('int_naive_bayes_shares') }}

    where kind = 'stage' and total_won is not null

),

factors as (

    select
        scoped.lead_id,
        scoped.team,
        '(all leads)' as field,
        '(all)' as value,
        priors.won_share,
        priors.lost_share,
        priors.won_share as factor

    from scoped

    inner join priors
        on scoped.team is not distinct from priors.team

    union all

    select
        scoped.lead_id,
        scoped.team,
        shares.field,
        shares.value,
        shares.won_share,
        shares.lost_share,
        case
            when shares.kind = 'stage' then 1 - shares.lost_share
            else shares.won_share / (shares.won_share + shares.lost_share)
        end as factor

    from scoped

    inner join priors
        on scoped.team is not distinct from priors.team

    inner join lead_values
        on scoped.lead_id = lead_values.lead_id

    inner join {{ ref('int_naive_bayes_shares') }} as shares
        on scoped.team is not distinct from shares.team
        and lead_values.field = shares.field
        and lead_values.value = shares.value

)

select
    lead_id,
    field,
    value,
    team as counted_team,
    cast(won_share as double) as won_share,
    cast(lost_share as double) as lost_share,
    cast(factor as double) as factor,
    factor > 0.5 as speaks_for,
    cast(ln(won_share) - ln(lost_share) as decimal(28, 18)) as log_odds

from factors
