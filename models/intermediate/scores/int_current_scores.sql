{#
    Grain: one row per lead and live model, as it was last scored, with its grades and priority. It grows from build to build: the
    scores of leads that are due are made anew, the others stay.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='append' if target.type == 'spark' else 'renew',
    meta={'kept_with': 'int_scored_models', 'due_in': 'int_due_leads', 'due_by': ['lead_id', 'score_model']}
) }}
with

scores as (

    select * from {{ ref('int_banded_scores') }}
    where is_current

),

kinds as (

    {# Grades look at the points before their weight, so that a grade can stand beside a score it is no part of. #}
    select
        observation_id,
    {%- for kind in ['fit', 'engagement'] %}
        cast(sum(case when kind = '{{ kind }}' then group_points else 0 end) as decimal(18, 4)) as {{ kind }}_score,
        cast(sum(case when kind = '{{ kind }}' then clamped_points else 0 end) as decimal(18, 4)) as {{ kind }}_points
        {{- ',' if not loop.last }}
    {%- endfor %}

    from {{ ref('int_current_groups') }}

    group by observation_id

),

graded as (

    select
        scores.*,
        kinds.fit_score,
        kinds.engagement_score,
        score_bands.next_action,
        fit_grades.grade as fit_grade,
        engagement_grades.grade as engagement_grade

    from scores

    inner join kinds
        on scores.observation_id = kinds.observation_id

    left join {{ ref('int_region_bands') }} as score_bands
        on scores.score_model = score_bands.score_model
        and scores.lead_region = score_bands.lead_region
        and scores.band = score_bands.band
        and not scores.is_disqualified

    left join {{ ref('int_grade_ranges') }} as fit_grades
        on scores.score_model = fit_grades.score_model
        and fit_grades.kind = 'fit'
        and {{ is_within('kinds.fit_points', 'fit_grades') }}

    left join {{ ref('int_grade_ranges') }} as engagement_grades
        on scores.score_model = engagement_grades.score_model
        and engagement_grades.kind = 'engagement'
        and {{ is_within('kinds.engagement_points', 'engagement_grades') }}

)

select
    graded.lead_id,
    graded.score_model,
    graded.lead_region,
    graded.score,
    graded.raw_score,
    graded.fit_score,
    graded.engagement_score,
    graded.band,
    graded.band_order,
    graded.next_action,
    graded.fit_grade,
    graded.engagement_grade,
    grade_priorities.priority,
    top_reasons.top_reasons,
    graded.is_disqualified,
    graded.is_junk

from graded

left join {{ ref('stg_points__grade_priorities') }} as grade_priorities
    on graded.score_model = grade_priorities.score_model
    and graded.fit_grade = grade_priorities.fit_grade
    and graded.engagement_grade = grade_priorities.engagement_grade

left join {{ ref('int_top_reasons') }} as top_reasons
    on graded.observation_id = top_reasons.observation_id
