{#
    Grain: one row per observation and live model, with its score, band, grades and priority. A bound
    belongs to the band above it.
#}
with

model_scores as (

    select * from {{ ref('int_model_scores') }}

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
        model_scores.observation_id,
        model_scores.lead_id,
        model_scores.lead_region,
        model_scores.score_date,
        model_scores.is_current,
        model_scores.is_measured,
        model_scores.cause,
        model_scores.score_model,
        model_scores.raw_score,
        model_scores.fit_score,
        model_scores.engagement_score,
        model_scores.score,
        model_scores.scale,
        case when model_scores.is_disqualified then 'disqualified' else score_bands.band end as band,
        case when model_scores.is_disqualified then 0 else score_bands.band_order end as band_order,
        case when not model_scores.is_disqualified then score_bands.next_action end as next_action,
        model_scores.is_disqualified,
        model_scores.is_junk,
        fit_grades.grade as fit_grade,
        engagement_grades.grade as engagement_grade

    from model_scores

    left join score_bands
        on model_scores.score_model = score_bands.score_model
        and model_scores.lead_region = score_bands.lead_region
        and {{ is_within('model_scores.score', 'score_bands') }}

    left join grade_ranges as fit_grades
        on model_scores.score_model = fit_grades.score_model
        and fit_grades.kind = 'fit'
        and {{ is_within('model_scores.fit_points', 'fit_grades') }}

    left join grade_ranges as engagement_grades
        on model_scores.score_model = engagement_grades.score_model
        and engagement_grades.kind = 'engagement'
        and {{ is_within('model_scores.engagement_points', 'engagement_grades') }}

),

final as (

    select
        graded.*,
        grade_priorities.priority

    from graded

    left join grade_priorities
        on graded.score_model = grade_priorities.score_model
        and graded.fit_grade = grade_priorities.fit_grade
        and graded.engagement_grade = grade_priorities.engagement_grade

)

select * from final
