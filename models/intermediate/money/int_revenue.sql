{#
    Grain: one row per source of revenue: each payment where any payment landed, else each won
    opportunity; never both.
#}
select
    lead_id,
    paid_at as earned_at,
    amount
from {{ ref('int_payments') }}

union all

select
    lead_id,
    closed_at as earned_at,
    amount
from {{ ref('int_opportunities') }}
where
    status = 'won'
    and not exists (select 1 from {{ ref('int_payments') }})
