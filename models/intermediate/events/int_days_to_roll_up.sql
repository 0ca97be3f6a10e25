{#
    Grain: one row per landed lead and day of which an event was landed, or landed anew, since int_event_days was made, with
    the last of those rows; also the day that an event was on before. None where all days are rolled up anew.
#}
{%- set read_until = read_until() %}
select
    landed.lead_id,
    cast(landed.occurred_at as date) as event_date,
    max(since.landing_seq) as landing_seq
from {{ ref('stg_raw__lead_events') }} as landed
inner join {{ ref('stg_raw__lead_events') }} as since
    on landed.event_id = since.event_id
    and {{ 'false' if read_until is none else 'since.landing_seq > ' ~ read_until }}
group by all
