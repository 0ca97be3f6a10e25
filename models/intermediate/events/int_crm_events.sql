{#
    Grain: one row per thing that the CRM knows of a lead, as an event: deal opened, stage reached, won,
    lost, payment made, verdict of sales.
#}
with
opportunities as (
    {# A deal is of its primary lead, and its stages are those of all deals that it is one with. #}
    select opportunities.*, opportunity_leads.lead_id as primary_lead_id
    from {{ ref('int_current_opportunities') }} as opportunities
    inner join {{ ref('int_opportunity_leads') }} as opportunity_leads
        on opportunities.surviving_opportunity_id = opportunity_leads.opportunity_id
        and opportunity_leads.is_primary
)

select
    'opportunity_opened:' || opportunity_id as event_id,
    primary_lead_id as lead_id,
    'opportunity_opened' as event_type,
    created_at as occurred_at,
    cast(null as string) as property_value
from opportunities
where opportunity_id = surviving_opportunity_id

union all

select
    'opportunity_closed:' || opportunity_id as event_id,
    primary_lead_id as lead_id,
    case when is_won then 'opportunity_won' else 'opportunity_lost' end as event_type,
    closed_at as occurred_at,
    null as property_value
from opportunities
where
    opportunity_id = surviving_opportunity_id
    and is_won is not null
    and closed_at is not null

union all

select distinct
    'opportunity_stage:' || opportunities.surviving_opportunity_id || ':' || opportunity_stages.stage
    || ':' || cast(opportunity_stages.entered_at as string) as event_id,
    opportunities.primary_lead_id as lead_id,
    'opportunity_stage' as event_type,
    opportunity_stages.entered_at as occurred_at,
    opportunity_stages.stage as property_value
from {{ ref('stg_raw__opportunity_stages') }} as opportunity_stages
inner join opportunities
    on opportunity_stages.opportunity_id = opportunities.opportunity_id

union all

select
    'payment_made:' || payment_id as event_id,
    lead_id,
    'payment_made' as event_type,
    paid_at as occurred_at,
    null as property_value
from {{ ref('stg_raw__payments') }}

union all

select
    'lead_feedback:' || feedback_id as event_id,
    lead_id,
    'lead_' || verdict as event_type,
    given_at as occurred_at,
    reason as property_value
from {{ ref('stg_raw__lead_feedback') }}
