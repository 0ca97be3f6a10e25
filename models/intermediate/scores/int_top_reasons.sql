{#
    Grain: one row per lead and live model that is due, with any reason: its three strongest for and the strongest
    against, as one text.
#}
with

reasons as (

    select factors.*

    from {{ ref('lead_score_factors') }} as factors

    inner join {{ ref('int_due_leads') }} as due_leads
        on factors.lead_id = due_leads.lead_id
        and factors.score_model = due_leads.score_model

    where factors.rule_id not in ('group_limit', 'group_weight', 'score_scale')

),

ranked as (

    select
        lead_id,
        score_model,
        reason,
        points,
        row_number() over (
            partition by lead_id, score_model order by points desc, rule_id asc, score_group asc
        ) as rank_for,
        row_number() over (
            partition by lead_id, score_model order by points asc, rule_id asc, score_group asc
        ) as rank_against

    from reasons

),

chosen as (

    select
        lead_id,
        score_model,
        case when points > 0 then rank_for else 1000 end as position,
        reason || ' (' || case when points > 0 then '+' else '' end
        || {{ number_text('points') }} || ')' as reason_text

    from ranked

    where
        (points > 0 and rank_for <= 3)
        or (points < 0 and rank_against = 1)

),

final as (

    select
        lead_id,
        score_model,
        {{ ordered_list('reason_text', 'position', '; ') }} as top_reasons

    from chosen

    group by
        lead_id,
        score_model

)

select * from final
