-- Grain: one row per opportunity and lead that takes part in it: for a third of the opportunities whose
-- account had a lead before.
with colleagues as (
    select
        lead_no,
        lag(lead_no) over (partition by account_no order by lead_no) as colleague_no
    from people
    where account_no is not null and previous_lead_no is null
),

shared as (
    select outcomes.lead_no, outcomes.opportunity_id, colleagues.colleague_no
    from outcomes
    inner join colleagues using (lead_no)
    where
        colleague_no is not null
        and opened_at <= getvariable('last_moment')
        and draw(lead_no, 'shared') < 0.33
)

select opportunity_id, lead_id(lead_no) as lead_id, true as is_primary, 'decision maker' as role
from shared
union all
select
    opportunity_id, lead_id(colleague_no), false, one_of(['user', 'champion', 'buyer'], lead_no, 'role')
from shared
order by opportunity_id, is_primary desc
