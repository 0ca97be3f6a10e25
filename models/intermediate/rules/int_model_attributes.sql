{#
    Grain: one row per live model and attribute that its rules ask for, directly or through a segment. A
    segment that stands for a lifecycle stage is asked for by the champions.
#}
with
asked as (
    select live_models.score_model, rules.attribute
    from {{ ref('int_live_models') }} as live_models
    inner join {{ ref('stg_points__rules') }} as rules
        on live_models.score_model = rules.score_model

    union

    select
        live_models.score_model,
        'in_segment:' || lifecycle_stages.value as attribute
    from {{ ref('int_live_models') }} as live_models
    inner join {{ ref('lifecycle_stages') }} as lifecycle_stages
        on live_models.role = 'champion'
        and lifecycle_stages.source = 'segment'
)

select score_model, attribute
from asked
where attribute is not null

union

select asked.score_model, segments.attribute
from asked
inner join {{ ref('segments') }} as segments
    on asked.attribute = 'in_segment:' || segments.segment
where segments.attribute is not null
