{# Grain: one row per lead and live model, its score, grades and priority at the clock, or before it was deleted. #}
with
kinds as (
    select
        observation_id,
    {%- for kind in ['fit', 'engagement'] %}
        cast(sum(case when kind = '{{ kind }}' then group_points else 0 end) as decimal(18, 4)) as {{ kind }}_score,
        cast(sum(case when kind = '{{ kind }}' then clamped_points else 0 end) as decimal(18, 4)) as {{ kind }}_points
        {{- ',' if not loop.last }}
    {%- endfor %}
    from {{ ref('int_current_groups') }}
    group by observation_id
)

select
    scores.lead_id, scores.score_model, scores.score_date, scores.lead_region, scores.score, scores.raw_score,
    kinds.fit_score, kinds.engagement_score, scores.band, scores.band_order, coalesce(bands.is_mql, false) as is_mql,
    scores.is_disqualified, scores.is_junk, fit_grades.grade as fit_grade, engagement_grades.grade as engagement_grade,
    case when not scores.is_disqualified then bands.next_action end as next_action, top_reasons.top_reasons,
    grade_matrix.priority
from {{ ref('int_scores') }} as scores
inner join kinds on scores.observation_id = kinds.observation_id
left join {{ ref('int_region_bands') }} as bands
    on scores.score_model = bands.score_model and scores.lead_region = bands.lead_region and scores.band = bands.band
{%- for kind in ['fit', 'engagement'] %}
    left join (
        {# Each from its lower bound up to below that of the next. #}
        select
            *, lead(lower_bound) over (partition by score_model, kind order by lower_bound asc nulls first, grade desc)
                as upper_bound
        from {{ ref('grade_bounds') }}
    ) as {{ kind }}_grades
        on scores.score_model = {{ kind }}_grades.score_model and {{ kind }}_grades.kind = '{{ kind }}'
        and {{ is_within('kinds.' ~ kind ~ '_points', kind ~ '_grades') }}
{%- endfor %}
left join {{ ref('grade_matrix') }} as grade_matrix
    on scores.score_model = grade_matrix.score_model and fit_grades.grade = grade_matrix.fit_grade
    and engagement_grades.grade = grade_matrix.engagement_grade
left join {{ ref('int_top_reasons') }} as top_reasons on scores.observation_id = top_reasons.observation_id
where scores.is_current
