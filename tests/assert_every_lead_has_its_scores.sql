{# Each lead that a live model scores has a score by it; a table kept from build to build may have lost some. #}
with

lives as (

    select
        lead_id,
        max(valid_until_date) as valid_until_date

    from {{ ref('int_lead_lives') }}

    group by lead_id

),

live_models as (

    select * from {{ ref('int_live_models') }}

),

clock as (

    select * from {{ ref('int_clock') }}

),

scores as (

    select * from {{ ref('lead_score_by_model') }}

)

select
    lives.lead_id,
    live_models.score_model

from lives

cross join clock

inner join live_models
    on clock.clock_date >= live_models.live_from_date
    and lives.valid_until_date > live_models.live_from_date

left join scores
    on lives.lead_id = scores.lead_id
    and live_models.score_model = scores.score_model

where scores.lead_id is null
