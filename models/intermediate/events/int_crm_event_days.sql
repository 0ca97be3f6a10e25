{# Grain: one row per landed lead, event key and day of what the CRM knows of the lead, as in int_event_days. #}
select
    crm_events.lead_id,
    classes.event_key,
    classes.follows_event_key,
    classes.within_days,
    classes.is_engagement,
    cast(crm_events.occurred_at as date) as event_date,
    count(*) as event_count,
    min(crm_events.occurred_at) as first_occurred_at,
    {{ array_of({
        'event_id': 'crm_events.event_id', 'occurred_at': 'crm_events.occurred_at',
        'duration_seconds': 'cast(null as decimal(18, 3))', 'campaign': 'cast(null as string)'
    }) }} as events

from {{ ref('int_crm_events') }} as crm_events

inner join {{ ref('int_event_classes') }} as classes
    on crm_events.event_type = classes.event_type
    and crm_events.property_value is not distinct from classes.crm_property
    {# The CRM knows of no page, property or duration. #}
    and classes.asked_page_url is null
    and classes.asked_properties is null
    and classes.asked_duration_seconds is null

group by all
