{#
    Grain: one row per surviving lead, score date and segment that is asked for: yes where all its conditions hold, else no.
    Who is inside a segment that asks for segments is worked out as often as these may lie below one another.
#}
{%- set days = '(select distinct lead_id, score_date from ' ~ ref('int_days_to_score') ~ ') as days' %}
with
segments as (
    select
        segments.*,
        {{ condition_id() }} as condition_id,
        count(*) over (partition by segments.segment) as condition_count,
        row_number() over (
            partition by segments.segment
            order by
                segments.attribute, segments.operator, segments.value, segments.lower, segments.upper,
                segments.event_key, segments.window_days
        ) as condition_number
    from {{ ref('segments') }} as segments
    where 'in_segment:' || segments.segment in (select asked.attribute from {{ ref('int_model_attributes') }} as asked)
),

met as (
    select days.lead_id, days.score_date, segments.segment, segments.condition_count, segments.condition_number
    from segments
    inner join {{ ref('int_condition_values') }} as condition_values
        on segments.condition_id = condition_values.condition_id
    inner join {{ ref('int_lead_attributes') }} as attributes
        on condition_values.attribute = attributes.attribute
        and condition_values.value = attributes.value
    inner join {{ days }}
        on attributes.lead_id = days.lead_id and {{ holds_on('attributes', 'days.score_date') }}
    where segments.attribute is not null

    union

    select measures.lead_id, measures.score_date, segments.segment, segments.condition_count, segments.condition_number
    from segments
    inner join {{ ref('int_condition_values') }} as condition_values
        on segments.condition_id = condition_values.condition_id
    inner join {{ ref('int_measures') }} as measures
        on condition_values.attribute = measures.attribute
        and condition_values.value = measures.value
    where segments.attribute is not null

    union

    select days.lead_id, days.score_date, segments.segment, segments.condition_count, segments.condition_number
    from segments
    inner join {{ ref('int_person_event_days') }} as event_days
        on segments.event_key = event_days.event_key
    inner join {{ days }}
        on event_days.lead_id = days.lead_id
        and event_days.event_date <= days.score_date
        and coalesce({{ days_between('event_days.event_date', 'days.score_date') }} < segments.window_days, true)
),

held as (
    select lead_id, score_date, segment, condition_count, count(*) as held_count from met
    group by lead_id, score_date, segment, condition_count
),

nested as (
    {# A condition on a segment, and the answers that meet it; no condition above has any. #}
    select segments.segment, segments.condition_count, condition_values.attribute, condition_values.value
    from segments
    inner join {{ ref('int_condition_values') }} as condition_values
        on segments.condition_id = condition_values.condition_id
    where segments.attribute like 'in_segment:%'
),

{{ inside_segments(days) }}

select
    days.lead_id, days.score_date,
    'in_segment:' || segments.segment as attribute,
    case when inside.segment is null then 'no' else 'yes' end as value
from {{ days }}
cross join (select distinct segment from segments) as segments
left join inside_{{ segment_levels() }} as inside
    on days.lead_id = inside.lead_id and days.score_date = inside.score_date and segments.segment = inside.segment
