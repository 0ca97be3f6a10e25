{#
    Grain: one row per opportunity and surviving lead that has a part in it: its own lead, those of opportunity_leads, and of
    a deal with neither the first lead that its account had by then. The primary lead, which the funnel counts, is the own
    one, else the one that opportunity_leads names so, else the lowest lead_id.
#}
with
named as (
    select
        surviving_opportunity_id as opportunity_id,
        lead_id,
        cast(null as string) as role,
        case when opportunity_id = surviving_opportunity_id then 1 else 2 end as tie_rank
    from {{ ref('int_current_opportunities') }}

    union all

    select
        opportunities.surviving_opportunity_id, opportunity_leads.lead_id, opportunity_leads.role,
        case when opportunity_leads.is_primary then 3 else 4 end as tie_rank
    from {{ ref('stg_raw__opportunity_leads') }} as opportunity_leads
    inner join {{ ref('int_current_opportunities') }} as opportunities
        on opportunity_leads.opportunity_id = opportunities.opportunity_id
),

parts as (
    select named.opportunity_id, identities.surviving_lead_id as lead_id, named.role, named.tie_rank
    from named
    inner join {{ ref('int_lead_identities') }} as identities
        on named.lead_id = identities.lead_id
),

of_accounts as (
    select
        opportunities.surviving_opportunity_id as opportunity_id,
        min_by(profiles.lead_id, (profiles.created_at, profiles.lead_id)) as lead_id
    from {{ ref('int_current_opportunities') }} as opportunities
    inner join {{ ref('int_lead_accounts') }} as lead_accounts
        on opportunities.account_id = lead_accounts.account_id
        and {{ holds_on('lead_accounts', 'cast(opportunities.created_at as date)') }}
    inner join {{ ref('int_lead_profiles') }} as profiles
        on lead_accounts.lead_id = profiles.lead_id
        and profiles.is_current
        and opportunities.created_at >= profiles.created_at
    where opportunities.surviving_opportunity_id not in (select parts.opportunity_id from parts)
    group by opportunities.surviving_opportunity_id
)

select
    opportunity_id, lead_id,
    min(role) as role,
    row_number() over (partition by opportunity_id order by min(tie_rank), lead_id) = 1 as is_primary
from (
    select * from parts
    union all
    select opportunity_id, lead_id, null as role, 5 as tie_rank from of_accounts
) as ties
group by opportunity_id, lead_id
