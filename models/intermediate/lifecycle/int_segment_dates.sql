{#
    Grain: one row per lead and segment that stands for a stage: the first day of the history of a
    champion on which the lead was in it.
#}
with

segment_days as (

    select * from {{ ref('int_segment_days') }}

),

champions as (

    select * from {{ ref('int_champions') }}

),

final as (

    select
        segment_days.lead_id,
        segment_days.segment,
        min(segment_days.score_date) as reached_date

    from segment_days

    inner join champions
        on segment_days.score_model = champions.score_model

    group by
        segment_days.lead_id,
        segment_days.segment

)

select * from final
