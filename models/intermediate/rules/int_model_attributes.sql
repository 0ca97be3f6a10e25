{#
    Grain: one row per live model and attribute that its rules ask for, directly or through a segment. A
    segment that stands for a lifecycle stage is asked for by the champions.
#}
with

rules as (

    select * from {{ ref('stg_points__attribute_rules') }}

),

live_models as (

    select * from {{ ref('int_live_models') }}

),

segments as (

    select * from {{ ref('stg_mapping__segments') }}

),

lifecycle_stages as (

    select * from {{ ref('lifecycle_stages') }}

),

asked as (

    select
        rules.score_model,
        rules.attribute

    from rules

    inner join live_models
        on rules.score_model = live_models.score_model

    union

    select
        live_models.score_model,
        'in_segment:' || lifecycle_stages.value as attribute

    from live_models

    cross join lifecycle_stages

    where
        live_models.role = 'champion'
        and lifecycle_stages.source = 'segment'

),

final as (

    select
        score_model,
        attribute

    from asked

    union

    select
        asked.score_model,
        segments.attribute

    from asked

    inner join segments
        on asked.attribute = 'in_segment:' || segments.segment

    where segments.attribute is not null

)

select * from final
