{#
    Grain: one row per open lead, field and value that counts in its probability to be won, and one for
    the share of leads that are won at all. The log odds of a lead add up to those of its probability.
#}
with
leads as (
    {# A lead of no team, or of one that never won or lost a lead, is held against all teams. #}
    select leads.lead_id, teams.team
    from {{ ref('int_naive_bayes_leads') }} as leads
    left join (select distinct team from {{ ref('int_naive_bayes_counts') }}) as teams
        on leads.team = teams.team
    where leads.outcome = 'open'
),

lead_values as (
    select lead_id, field, value
    from {{ ref('int_naive_bayes_values') }}
    where kind <> 'team'

    union all

    select
        lead_id,
        '(all leads)' as field,
        '(all)' as value
    from leads
),

factors as (
    select
        leads.lead_id,
        shares.*,
        case shares.kind
            when 'all' then shares.won_share
            when 'stage' then 1 - shares.lost_share
            else shares.won_share / (shares.won_share + shares.lost_share)
        end as factor
    from leads
    inner join {{ ref('int_naive_bayes_shares') }} as overall
        on leads.team is not distinct from overall.team
        and overall.kind = 'all'
    inner join lead_values
        on leads.lead_id = lead_values.lead_id
    inner join {{ ref('int_naive_bayes_shares') }} as shares
        on leads.team is not distinct from shares.team
        and lead_values.field = shares.field
        and lead_values.value = shares.value
)

select
    lead_id, field, value,
    team as counted_team,
    won_share, lost_share, factor,
    factor > 0.5 as speaks_for,
    cast(ln(won_share) - ln(lost_share) as decimal(28, 18)) as log_odds
from factors
