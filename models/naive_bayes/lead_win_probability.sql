{#
    Grain: one row per lead that is not lost, with the probability to be won that naive Bayes gives it at
    the clock.
#}
with
leads as (
    select * from {{ ref('int_naive_bayes_leads') }}
    where outcome <> 'lost'
),

odds as (
    {# Decimals add up to the same sum in whatever order. #}
    select
        lead_id,
        cast(sum(log_odds) as double) as log_odds
    from {{ ref('lead_win_factors') }}
    group by lead_id
)

select
    leads.lead_id,
    leads.outcome = 'won' as is_won,
    leads.team, leads.stage,
    {# Never certain while the lead is open. #}
    cast(case
        when leads.outcome = 'won' then 100
        when odds.log_odds is not null then least(greatest(100 / (1 + exp(-odds.log_odds)), 0.01), 99.99)
    end as decimal(5, 2)) as win_probability,
    clock.clock_date as score_date
from leads
cross join {{ ref('int_clock') }} as clock
left join odds
    on leads.lead_id = odds.lead_id
