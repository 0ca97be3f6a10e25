{#
    Grain: one row per opportunity and surviving lead that has a part in it, its own lead or one of
    opportunity_leads. The primary lead, which the funnel counts, is the one that opportunity_leads
    names so, of several the opportunity's own; where it names none, the own one, else the lowest lead_id.
#}
with
parts as (
    select
        opportunity_id, lead_id,
        cast(null as string) as role,
        1 as is_own,
        0 as is_named_primary
    from {{ ref('int_current_opportunities') }}

    union all

    select
        opportunity_leads.opportunity_id, opportunity_leads.lead_id, opportunity_leads.role,
        0 as is_own,
        case when opportunity_leads.is_primary then 1 else 0 end as is_named_primary
    from {{ ref('stg_raw__opportunity_leads') }} as opportunity_leads
    inner join {{ ref('int_current_opportunities') }} as opportunities
        on opportunity_leads.opportunity_id = opportunities.opportunity_id
)

select
    parts.opportunity_id,
    identities.surviving_lead_id as lead_id,
    min(parts.role) as role,
    row_number() over (
        partition by parts.opportunity_id
        order by max(parts.is_named_primary) desc, max(parts.is_own) desc, identities.surviving_lead_id asc
    ) = 1 as is_primary
from parts
inner join {{ ref('int_lead_identities') }} as identities
    on parts.lead_id = identities.lead_id
group by parts.opportunity_id, identities.surviving_lead_id
