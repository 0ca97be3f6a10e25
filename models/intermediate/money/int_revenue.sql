{#
    Grain: one row per source of revenue: each payment where any payment landed, else each won
    opportunity; never both.
#}
with

payments as (

    select * from {{ ref('int_payments') }}

),

opportunities as (

    select * from {{ ref('int_opportunities') }}

),

final as (

    select
        lead_id,
        paid_at as earned_at,
        amount

    from payments

    union all

    select
        lead_id,
        closed_at as earned_at,
        amount

    from opportunities

    where
        status = 'won'
        and not exists (select 1 from payments)

)

select * from final
