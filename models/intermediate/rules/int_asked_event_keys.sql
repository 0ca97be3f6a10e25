{# Grain: one row per event key that a live model or a lifecycle stage asks for. #}
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
