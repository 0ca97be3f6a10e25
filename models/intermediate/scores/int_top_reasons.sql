{#
    Grain: one row per lead and live model that is due, with any reason: its three strongest for and the strongest
    against, as one text.
#}
with

ranked as (

    select
        factors.lead_id,
        factors.score_model,
        factors.reason,
        factors.points,
        row_number() over (
            partition by factors.lead_id, factors.score_model, factors.points > 0
            order by abs(factors.points) desc, factors.rule_id asc, factors.score_group asc
        ) as strength

    from {{ ref('lead_score_factors') }} as factors

    inner join {{ ref('int_due_leads') }} as due_leads
        on factors.lead_id = due_leads.lead_id
        and factors.score_model = due_leads.score_model

    where
        factors.rule_id not in ('group_limit', 'group_weight', 'score_scale')
        and factors.points <> 0

),

strongest as (

    select
        lead_id,
        score_model,
        case when points > 0 then strength else 4 end as position,
        reason || ' (' || case when points > 0 then '+' else '' end
        || {{ number_text('points') }} || ')' as reason_text

    from ranked

    where
        strength = 1
        or (points > 0 and strength <= 3)

),

final as (

    select
        lead_id,
        score_model,
        concat_ws(
            '; ',
            max(case when position = 1 then reason_text end),
            max(case when position = 2 then reason_text end),
            max(case when position = 3 then reason_text end),
            max(case when position = 4 then reason_text end)
        ) as top_reasons

    from strongest

    group by
        lead_id,
        score_model

)

select * from final
