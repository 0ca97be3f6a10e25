{# Grain: one row per lead: the score that counts for it at the clock, why, and whether sales may call. #}
with

scores as (

    select * from {{ ref('lead_score_by_model') }}

),

lead_models as (

    select * from {{ ref('int_lead_models') }}

),

callability as (

    select * from {{ ref('int_lead_callability') }}

),

chosen as (

    select
        scores.*,
        case
            when callability.sales_reason is not null then callability.sales_reason
            when scores.is_disqualified then 'disqualified'
            when scores.is_junk then 'junk'
            else callability.contact_reason
        end as not_callable_reason

    from scores

    inner join lead_models
        on scores.lead_id = lead_models.lead_id
        and scores.score_model = lead_models.score_model

    inner join callability
        on scores.lead_id = callability.lead_id

),

final as (

    select
        lead_id,
        score_model,
        score,
        raw_score,
        fit_score,
        engagement_score,
        band,
        band_order,
        next_action,
        fit_grade,
        engagement_grade,
        priority,
        top_reasons,
        not_callable_reason is null as is_callable,
        not_callable_reason,
        case
            when not_callable_reason is null
                then cast(row_number() over (
                        partition by not_callable_reason is null
                        order by score desc, engagement_score desc, lead_id asc
                    ) as bigint)
        end as score_rank,
        cast(nullif('{{ var("lead_url_prefix") }}', '') || lead_id as string) as lead_url,
        score_date,
        points_hash

    from chosen

)

select * from final
