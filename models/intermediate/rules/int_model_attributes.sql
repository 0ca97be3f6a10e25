{# Grain: one row per live model and attribute that its rules ask for, directly or through a segment. #}
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

asked as (

    select distinct
        rules.score_model,
        rules.attribute

    from rules

    inner join live_models
        on rules.score_model = live_models.score_model

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
