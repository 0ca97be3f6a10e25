{#
    Grain: one row per month of creation, channel and region: the customers to be expected of its leads by
    the champion's score of day 7, and of as many leads of the twelve months before.
#}
with

leads as (

    select * from {{ ref('int_evaluation_leads') }}
    where
        outcome = 'customer'
        and scored_day = 7
        and status <> 'decided'

),

placed as (

    select
        leads.lead_id,
        leads.created_month,
        leads.channel,
        leads.region,
        max_by(bases.conversions / cast(bases.leads as double), bases.part) as probability,
        max(bases.all_conversions / cast(bases.all_leads as double)) as base_rate,
        max(bases.all_conversions) as base_conversions

    from leads

    inner join {{ ref('int_scored_days') }} as scores
        on leads.lead_id = scores.lead_id
        and leads.score_date = scores.score_date

    inner join {{ ref('int_quality_bases') }} as bases
        on leads.created_month = bases.quality_month
        and scores.score_model = bases.score_model
        and (
            scores.score >= bases.lower_score
            or bases.part = 1
        )

    group by
        leads.lead_id,
        leads.created_month,
        leads.channel,
        leads.region

)

select
    created_month as quality_month,
    channel,
    region,
    count(*) as leads,
    cast(sum(cast(probability as decimal(18, 12))) as double) as expected_customers,
    cast(sum(cast(base_rate as decimal(18, 12))) as double) as base_customers,
    cast(max(base_conversions) as bigint) as base_conversions

from placed

group by
    created_month,
    channel,
    region
