{# Grain: one row per event key that a live model or a lifecycle stage asks for; all, where rules ask for a lead's first event. #}
select event_key from {{ ref('int_event_windows') }}

union

select asked.event_key
from (
    select score_model, event_key from {{ ref('stg_points__rules') }}
    union
    select score_model, requires_event_key as event_key from {{ ref('stg_points__rules') }}
) as asked
inner join {{ ref('int_live_models') }} as live_models
    on asked.score_model = live_models.score_model
where asked.event_key is not null

union

select value as event_key from {{ ref('lifecycle_stages') }}
where source = 'event_key'

union

select known.event_key
from (
    select event_key from {{ ref('int_event_days') }}
    union all
    select event_key from {{ ref('int_crm_event_days') }}
    union all
    select event_key from {{ ref('int_golden_event_days') }}
) as known
where
    known.event_key is not null
    and 'first_event_key' in (select asked.attribute from {{ ref('int_model_attributes') }} as asked)
