{#
    A query: one row per thing that the CRM knows, as an event, and key that it counts under; what is of a deal is of its
    primary lead.
#}
{% macro keyed_crm_events() -%}
    select
        coalesce(crm_events.lead_id, parts.lead_id) as lead_id,
        classes.event_key, classes.follows_event_key, classes.within_days, classes.is_engagement,
        cast(crm_events.occurred_at as date) as event_date,
        crm_events.event_id, crm_events.occurred_at
    from {{ ref('int_crm_events') }} as crm_events
    left join {{ ref('int_opportunity_leads') }} as parts
        on crm_events.opportunity_id = parts.opportunity_id
        and parts.is_primary
    inner join {{ ref('int_event_classes') }} as classes
        on crm_events.event_type = classes.event_type
        and crm_events.property_value is not distinct from classes.crm_property
        {# The CRM knows of no page, property or duration. #}
        and classes.asked_page_url is null
        and classes.asked_properties is null
        and classes.asked_duration_seconds is null
{%- endmacro %}
