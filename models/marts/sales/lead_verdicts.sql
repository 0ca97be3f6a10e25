{#
    Grain: one row per verdict of sales on a lead, as its current version says, up to the clock: the log of what people
    decided, beside what the score said that day.
#}
select
    feedback.feedback_id,
    identities.surviving_lead_id as lead_id,
    coalesce(feedback.rep_id, '(none)') as rep_id,
    lifecycle.channel,
    lifecycle.region,
    feedback.verdict,
    coalesce(feedback.reason, '(none)') as reason,
    feedback.given_at,
    cast(feedback.given_at as date) as given_date,
    history.score as score_then,
    history.band as band_then,
    row_number() over (
        partition by identities.surviving_lead_id order by feedback.given_at desc, feedback.feedback_id desc
    ) = 1 as is_last
from {{ ref('stg_raw__lead_feedback') }} as feedback
inner join {{ ref('int_lead_identities') }} as identities
    on feedback.lead_id = identities.lead_id
inner join {{ ref('lead_lifecycle') }} as lifecycle
    on identities.surviving_lead_id = lifecycle.lead_id
cross join {{ ref('int_clock') }} as clock
left join {{ ref('lead_score') }} as scores
    on identities.surviving_lead_id = scores.lead_id
left join {{ ref('lead_score_history') }} as history
    on scores.lead_id = history.lead_id
    and scores.score_model = history.score_model
    and cast(feedback.given_at as date) >= history.valid_from
    and cast(feedback.given_at as date) <= coalesce(history.valid_to, cast('9999-12-31' as date))
where cast(feedback.given_at as date) <= clock.facts_until_date
