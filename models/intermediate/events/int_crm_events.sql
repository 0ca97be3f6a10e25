{#
    Grain: one row per thing that the CRM knows, as an event: deal opened, stage reached, won, lost, payment made, verdict of
    sales. What is of a deal is of its primary lead, who is not named here.
#}
with
deals as (
    select * from {{ ref('int_current_opportunities') }}
    where opportunity_id = surviving_opportunity_id
)

select
    'opportunity_opened:' || opportunity_id as event_id, cast(null as string) as lead_id, opportunity_id,
    'opportunity_opened' as event_type,
    created_at as occurred_at,
    cast(null as string) as property_value
from deals

union all

select
    'opportunity_closed:' || opportunity_id as event_id, null as lead_id, opportunity_id,
    case when is_won then 'opportunity_won' else 'opportunity_lost' end as event_type,
    closed_at as occurred_at,
    null as property_value
from deals
where is_won is not null and closed_at is not null

union all

{# Deals that are one have the stages of all. #}
select distinct
    'opportunity_stage:' || opportunities.surviving_opportunity_id || ':' || stages.stage
    || ':' || cast(stages.entered_at as string) as event_id,
    null as lead_id, opportunities.surviving_opportunity_id as opportunity_id,
    'opportunity_stage' as event_type,
    stages.entered_at as occurred_at,
    stages.stage as property_value
from {{ ref('stg_raw__opportunity_stages') }} as stages
inner join {{ ref('int_current_opportunities') }} as opportunities
    on stages.opportunity_id = opportunities.opportunity_id

union all

select
    'payment_made:' || payment_id as event_id, lead_id, null as opportunity_id,
    'payment_made' as event_type,
    paid_at as occurred_at,
    null as property_value
from {{ ref('stg_raw__payments') }}

union all

select
    'lead_feedback:' || feedback_id as event_id, lead_id, null as opportunity_id,
    'lead_' || verdict as event_type,
    given_at as occurred_at,
    reason as property_value
from {{ ref('stg_raw__lead_feedback') }}
