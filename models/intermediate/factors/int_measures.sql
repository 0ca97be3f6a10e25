{#
    Grain: one row per surviving lead, score date and attribute that depends on the date, as text ('' where missing):
    measures, tenure_days, first_event_key.
#}
{%- set is_asked = 'in (select asked.attribute from ' ~ ref('int_model_attributes') ~ ' as asked)' %}
select * from {{ ref('int_measures__events') }}

union all

select * from {{ ref('int_measures__accounts') }}

union all

select distinct
    lead_id, score_date,
    'tenure_days' as attribute,
    cast({{ days_between('created_date', 'score_date') }} as string) as value
from {{ ref('int_days_to_score') }}
where 'tenure_days' {{ is_asked }}

union all

select distinct
    days.lead_id, days.score_date,
    'first_event_key' as attribute,
    coalesce(first_events.event_key, '') as value
from {{ ref('int_days_to_score') }} as days
left join {{ ref('int_first_events') }} as first_events
    on days.lead_id = first_events.lead_id
    and days.score_date >= first_events.event_date
where 'first_event_key' {{ is_asked }}
