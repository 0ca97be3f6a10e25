{# Grain: one row per lead: the score that counts for it at the clock, why, and whether sales may call. #}
{%- set url_prefix = var('lead_url_prefix') | replace("'", "''") %}
with
chosen as (
    {# No more than ranking needs: a sort carries along whatever is selected. #}
    select
        scores.lead_id,
        scores.score_model,
        scores.score,
        scores.engagement_score,
        case
            when lifecycles.sales_reason is not null then lifecycles.sales_reason
            when scores.is_disqualified then 'disqualified'
            when scores.is_junk then 'junk'
            when not consents.may_contact then 'no consent'
            when lifecycles.is_deleted then 'deleted'
        end as not_callable_reason
    from {{ ref('lead_score_by_model') }} as scores
    inner join {{ ref('int_lead_models') }} as lead_models
        on scores.lead_id = lead_models.lead_id
        and scores.score_model = lead_models.score_model
    inner join {{ ref('int_lifecycles') }} as lifecycles
        on scores.lead_id = lifecycles.lead_id
    inner join {{ ref('int_lead_consents') }} as consents
        on scores.lead_id = consents.lead_id
        and consents.contact_channel = 'phone'
),

ranked as (
    select
        lead_id,
        score_model,
        not_callable_reason,
        row_number() over (
            partition by not_callable_reason is null
            order by score desc, engagement_score desc, lead_id asc
        ) as place
    from chosen
)

select
    scores.lead_id,
    scores.score_model,
    scores.score,
    scores.raw_score,
    scores.fit_score,
    scores.engagement_score,
    scores.band,
    scores.band_order,
    scores.next_action,
    scores.fit_grade,
    scores.engagement_grade,
    scores.priority,
    scores.top_reasons,
    ranked.not_callable_reason is null as is_callable,
    ranked.not_callable_reason,
    case when ranked.not_callable_reason is null then cast(ranked.place as bigint) end as score_rank,
    coalesce(profiles.lead_url, nullif('{{ url_prefix }}', '') || scores.lead_id) as lead_url,
    scores.score_date,
    scores.points_hash
from {{ ref('lead_score_by_model') }} as scores
inner join ranked
    on scores.lead_id = ranked.lead_id
    and scores.score_model = ranked.score_model
left join {{ ref('int_lead_profiles') }} as profiles
    on scores.lead_id = profiles.lead_id
    and profiles.is_current
