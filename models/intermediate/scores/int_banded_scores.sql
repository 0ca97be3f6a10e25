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

grade_bounds as (

    select * from {{ ref('stg_points__grade_bounds') }}

),

grade_priorities as (

    select * from {{ ref('stg_points__grade_priorities') }}

),

banded as (

    select
        model_scores.*,
        case when model_scores.is_disqualified then 'disqualified' else score_bands.band end as band,
        case when model_scores.is_disqualified then 0 else score_bands.band_order end as band_order,
        case when not model_scores.is_disqualified then score_bands.next_action end as next_action,
        row_number() over (
            partition by
                model_scores.lead_id, model_scores.score_date, model_scores.score_model
            order by score_bands.lower_bound desc nulls last, score_bands.band_order desc
        ) as band_rank

    from model_scores

    left join score_bands
        on model_scores.score_model = score_bands.score_model
        and model_scores.lead_region = score_bands.lead_region
        and (
            score_bands.lower_bound is null
            or model_scores.score >= score_bands.lower_bound
        )

),

graded as (

    select
        banded.lead_id,
        banded.lead_region,
        banded.score_date,
        banded.is_current,
        banded.cause,
        banded.score_model,
        banded.raw_score,
        banded.fit_score,
        banded.engagement_score,
        banded.score,
        banded.band,
        banded.band_order,
        banded.next_action,
        banded.is_disqualified,
        banded.is_junk,
        {{ grade_of('fit') }} as fit_grade,
        {{ grade_of('engagement') }} as engagement_grade

    from banded

    left join grade_bounds
        on banded.score_model = grade_bounds.score_model

    where banded.band_rank = 1

    group by
        banded.lead_id,
        banded.lead_region,
        banded.score_date,
        banded.is_current,
        banded.cause,
        banded.score_model,
        banded.raw_score,
        banded.fit_score,
        banded.engagement_score,
        banded.score,
        banded.band,
        banded.band_order,
        banded.next_action,
        banded.is_disqualified,
        banded.is_junk

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
