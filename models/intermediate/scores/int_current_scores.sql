{#
    Grain: one row per lead and live model, as it was last scored, with its grades and priority. It grows from build to build: the
    scores of leads that are due are made anew, the others stay.
#}
{{ config(
    materialized='incremental',
    meta={'kept_with': 'int_scored_models', 'due_by': ['lead_id', 'score_model']}
) }}
with

scores as (

    select * from {{ ref('int_banded_scores') }}
    where is_current

),

top_reasons as (

    select * from {{ ref('int_top_reasons') }}

),

score_bands as (

    select * from {{ ref('int_region_bands') }}

),

grade_ranges as (

    select * from {{ ref('int_grade_ranges') }}

),

grade_priorities as (

    select * from {{ ref('stg_points__grade_priorities') }}

),

graded as (

    select
        scores.*,
        score_bands.next_action,
        fit_grades.grade as fit_grade,
        engagement_grades.grade as engagement_grade

    from scores

    left join score_bands
        on scores.score_model = score_bands.score_model
        and scores.lead_region = score_bands.lead_region
        and scores.band = score_bands.band
        and not scores.is_disqualified

    left join grade_ranges as fit_grades
        on scores.score_model = fit_grades.score_model
        and fit_grades.kind = 'fit'
        and {{ is_within('scores.fit_points', 'fit_grades') }}

    left join grade_ranges as engagement_grades
        on scores.score_model = engagement_grades.score_model
        and engagement_grades.kind = 'engagement'
        and {{ is_within('scores.engagement_points', 'engagement_grades') }}

),

final as (

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

    left join grade_priorities
        on graded.score_model = grade_priorities.score_model
        and graded.fit_grade = grade_priorities.fit_grade
        and graded.engagement_grade = grade_priorities.engagement_grade

    left join top_reasons
        on graded.observation_id = top_reasons.observation_id

)

select * from final
