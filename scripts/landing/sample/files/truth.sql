-- Grain: one row per lead: what a score should find, and no entity of the input contract. `fit`,
-- `channel_effect` and `interest_effect` are log odds; a date after the last day is still to come.
select
    lead_id(lead_no) as lead_id,
    lead_id(person_no) as survivor_lead_id,
    propensity,
    fit,
    channel_effect,
    interest_effect,
    opportunity_id is not null as is_opportunity_ever,
    coalesce(is_won, false) as is_customer_ever,
    opened_at as opportunity_at,
    if(is_won, closed_at, null) as customer_at
from people
inner join propensities using (lead_no)
left join outcomes using (lead_no)
order by lead_no
