{#
    Grain: one row per live model and attribute that its rules ask for, directly or through a segment, or segments
    of segments. A segment that stands for a lifecycle stage is asked for by the champions.
#}
{%- set levels = range(1, segment_levels() + 2) %}
with
asked_0 as (
    select live_models.score_model, rules.attribute
    from {{ ref('int_live_models') }} as live_models
    inner join {{ ref('stg_points__rules') }} as rules
        on live_models.score_model = rules.score_model
        and rules.attribute is not null

    union

    select
        live_models.score_model,
        'in_segment:' || lifecycle_stages.value as attribute
    from {{ ref('int_live_models') }} as live_models
    inner join {{ ref('lifecycle_stages') }} as lifecycle_stages
        on live_models.role = 'champion'
        and lifecycle_stages.source = 'segment'
),

{% for level in levels %}
    asked_{{ level }} as (
        select distinct asked.score_model, segments.attribute
        from asked_{{ level - 1 }} as asked
        inner join {{ ref('segments') }} as segments
            on asked.attribute = 'in_segment:' || segments.segment
            and segments.attribute is not null
    ){{ ',' if not loop.last }}

{% endfor %}

select * from asked_0
{%- for level in levels %}
    union
    select * from asked_{{ level }}
{%- endfor %}
