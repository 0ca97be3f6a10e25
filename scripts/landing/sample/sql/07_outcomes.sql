-- Grain: one row per person who ever becomes an opportunity, some of them after the last day only.
-- It opens 3 to 60 days after the lead came in and closes 7 to 60 days later; the stronger the
-- propensity, the likelier it is won.
create table outcomes as
select
    people.lead_no,
    people.account_no,
    'o' || lpad(lead_no::text, 8, '0') as opportunity_id,
    printf('rep-%02d', 1 + floor(12 * draw(lead_no, 'rep'))::int) as rep_id,
    (900 * employee_count ** 0.45 * exp(0.4 * normal(lead_no, 'amount')))::decimal(18, 2)
        as amount,
    created_at + days(3 + 57 * draw(lead_no, 'days to opportunity') ** 2) as opened_at,
    opened_at + days(7 + 53 * draw(lead_no, 'days to close') ** 1.5) as closed_at,
    draw(lead_no, 'won') < 0.1 + 0.5 * sqrt(propensity) as is_won,
    -- How far it got before it was closed: 1 discovery, 2 proposal, 3 negotiation.
    if(is_won, 3, 1 + floor(3 * draw(lead_no, 'last stage')))::int as last_stage
from people
inner join propensities using (lead_no)
where previous_lead_no is null and draw(lead_no, 'opportunity') < propensity
order by lead_no;
