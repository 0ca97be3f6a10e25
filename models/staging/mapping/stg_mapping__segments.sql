{#
    Grain: one row per segment and condition, all of which must hold: of an attribute, or an event that
    occurred.
#}
with

typed as (

    select
        {{ seed_value('segment', 'string') }},
        {{ seed_value('attribute', 'string') }},
        {{ seed_value('operator', 'string') }},
        value,
        {{ seed_value('lower', 'decimal(38, 12)') }},
        {{ seed_value('upper', 'decimal(38, 12)') }},
        {{ seed_value('event_key', 'string') }},
        {{ seed_value('window_days', 'integer') }}
    from {{ ref('segments') }}

)

select
    *,
    {{ condition_id() }} as condition_id
from typed
