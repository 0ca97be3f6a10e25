{# Grain: one row per event key that a live model or a lifecycle stage asks for; all keys where rules ask for a lead's first one. #}
select event_key from {{ ref('int_event_windows') }}

union

select rules.event_key from {{ ref('int_rules') }} as rules
where rules.kind = 'inactivity'

union

select rules.requires_event_key as event_key from {{ ref('int_rules') }} as rules
where rules.requires_event_key is not null

union

select value as event_key from {{ ref('lifecycle_stages') }}
where source = 'event_key'

union

select event_days.event_key

from {{ ref('int_known_event_days') }} as event_days

inner join {{ ref('int_model_attributes') }} as model_attributes
    on model_attributes.attribute = 'first_event_key'
