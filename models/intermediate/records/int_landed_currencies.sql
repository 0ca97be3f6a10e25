{# Grain: one row per currency that any landed amount, budget or annual revenue is in. #}
with

landed as (

    select currency from {{ ref('stg_raw__leads') }}
    union
    select currency from {{ ref('stg_raw__accounts') }}
    union
    select currency from {{ ref('stg_raw__opportunities') }}
    union
    select currency from {{ ref('stg_raw__payments') }}
    union
    select currency from {{ ref('stg_raw__marketing_spend') }}

)

select currency
from landed
where currency is not null
