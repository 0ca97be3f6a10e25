{#
    Grain: one row per surviving lead, score date and segment that a rule asks for: yes where all its
    conditions hold, else no.
#}
with

observations as (

    select distinct
        lead_id,
        score_date

    from {{ ref('int_score_observations') }}

),

segments as (

    select
        segments.*,
        count(*) over (partition by segments.segment) as condition_count,
        row_number() over (
            partition by segments.segment
            order by
                segments.condition_id, segments.event_key, segments.window_days
        ) as condition_number

    from {{ ref('stg_mapping__segments') }} as segments

    where 'in_segment:' || segments.segment in (
            select model_attributes.attribute from {{ ref('int_model_attributes') }} as model_attributes
        )

),

met as (

    select
        conditions_met.lead_id,
        conditions_met.score_date,
        segments.segment,
        segments.condition_count,
        segments.condition_number

    from {{ ref('int_observation_conditions') }} as conditions_met

    inner join segments
        on conditions_met.condition_id = segments.condition_id

    where segments.attribute is not null

    union

    select
        observations.lead_id,
        observations.score_date,
        segments.segment,
        segments.condition_count,
        segments.condition_number

    from observations

    inner join {{ ref('int_person_event_days') }} as event_days
        on observations.lead_id = event_days.lead_id
        and observations.score_date >= event_days.event_date

    inner join segments
        on event_days.event_key = segments.event_key
        and (
            segments.window_days is null
            or {{ days_between('event_days.event_date', 'observations.score_date') }}
            < segments.window_days
        )

),

inside as (

    select
        lead_id,
        score_date,
        segment

    from met

    group by
        lead_id,
        score_date,
        segment,
        condition_count

    having count(*) = condition_count

)

select
    observations.lead_id,
    observations.score_date,
    'in_segment:' || segments.segment as attribute,
    case when inside.segment is null then 'no' else 'yes' end as value

from observations

cross join (select distinct segment from segments) as segments

left join inside
    on observations.lead_id = inside.lead_id
    and observations.score_date = inside.score_date
    and segments.segment = inside.segment
