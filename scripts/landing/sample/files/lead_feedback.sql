-- Grain: one row per verdict of sales on a lead handed over, and one row that landing must reject.
-- Sales accepts nearly all that become opportunities, and a quarter of the others.
with handed_over as (
    select
        people.lead_no,
        coalesce(
            opened_at - interval 1 day,
            created_at + to_hours(24 + floor(480 * draw(lead_no, 'handed over when'))::bigint)
        ) as given_at,
        draw(lead_no, 'accepted') < if(opened_at is null, 0.25, 0.95) as is_accepted,
        coalesce(rep_id, 'rep-01') as rep_id
    from people
    inner join propensities using (lead_no)
    left join outcomes using (lead_no)
    where
        previous_lead_no is null
        and (opened_at is not null or draw(lead_no, 'handed over') < 0.5 * propensity)
)

select
    'f' || lpad(lead_no::text, 8, '0') as feedback_id,
    lead_id(lead_no) as lead_id,
    given_at,
    if(is_accepted, 'accepted', 'rejected') as verdict,
    if(
        is_accepted,
        null,
        one_of(
            ['no budget', 'no need', 'wrong contact', 'not reachable', 'student', 'competitor'],
            lead_no, 'rejected why'
        )
    ) as reason,
    rep_id
from handed_over
where given_at <= getvariable('last_moment')
union all
select 'x1', lead_id(1), timestamp '2025-05-05 05:05:05', 'perhaps', null, 'rep-01'
order by given_at, feedback_id
