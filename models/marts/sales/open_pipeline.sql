{# Grain: one row per open deal, and per lead that sales has in hand without one: a callable MQL or SQL, or a lost one
   that came back. Each is worth its amount × its chance, to the cent; what falls through is counted out of this. #}
{%- set late_date = days_after('records.in_hand_date', var('outcome_days')) %}
{%- set owner_id = 'coalesce(records.owner_id, assignments.rep_id, profiles.owner_id)' %}
with
asked as (
    select event_key, true as is_contact from {{ ref('kpi_events') }}
    where kpi_event = 'contact'
    union all
    select others.event_key, false as is_contact
    from (values ('any_engagement'), ('opportunity_opened'), ('opportunity_stage')) as others (event_key)
),

acted as (
    select
        days.lead_id, max(days.event_date) as last_activity,
        max(case when days.event_key = 'any_engagement' then days.event_date end) as last_engagement,
        max(case when asked.is_contact then days.event_date end) as last_contact
    from {{ ref('int_all_event_days') }} as days
    inner join asked on days.event_key = asked.event_key and days.follows_event_key is null
    inner join {{ ref('int_clock') }} as clock on days.event_date <= clock.clock_date
    group by days.lead_id
),

records as (
    select
        'opportunity' as record_type, deals.opportunity_id as record_id, deals.lead_id, 'opportunity' as stage,
        deals.channel, deals.region, min(known.owner_id) as owner_id, deals.amount,
        cast(null as decimal(18, 4)) as predicted_value, cast(deals.created_at as date) as in_hand_date,
        max(acted.last_activity) as last_activity_date, false as is_uncontacted, false as is_overdue
    from {{ ref('opportunity') }} as deals
    inner join {{ ref('int_opportunities') }} as known on deals.opportunity_id = known.opportunity_id
    left join {{ ref('opportunity_lead') }} as parts on deals.opportunity_id = parts.opportunity_id
    left join acted on parts.lead_id = acted.lead_id
    where deals.status = 'open'
    group by all

    union all

    select
        'lead' as record_type, scores.lead_id as record_id, scores.lead_id,
        case when not scores.is_callable then 'lead' when reached.sql_at is null then 'mql' else 'sql' end as stage,
        reached.channel, reached.region, null as owner_id, null as amount, models.expected_value as predicted_value,
        cast(coalesce(reached.sql_at, reached.mql_at, reached.lead_at) as date) as in_hand_date, acted.last_activity,
        scores.is_callable and hot.lead_id is not null and acted.last_contact is null as is_uncontacted,
        coalesce(reached.first_contact_at is null and not reached.is_contacted_in_time, false) as is_overdue
    from {{ ref('lead_score') }} as scores
    inner join {{ ref('lead_score_by_model') }} as models
        on scores.lead_id = models.lead_id and scores.score_model = models.score_model
        and not models.is_disqualified and not models.is_junk
    inner join {{ ref('lead_contact_permission') }} as permissions
        on scores.lead_id = permissions.lead_id and permissions.contact_channel = 'phone' and permissions.may_contact
    inner join {{ ref('lead_lifecycle') }} as reached on scores.lead_id = reached.lead_id
    inner join {{ ref('int_lifecycles') }} as lifecycles on scores.lead_id = lifecycles.lead_id
    left join acted on scores.lead_id = acted.lead_id
    left join {{ ref('int_current_scores') }} as hot
        on scores.lead_id = hot.lead_id and scores.score_model = hot.score_model and hot.is_mql
    where scores.is_callable and (coalesce(reached.sql_at, reached.mql_at) is not null or hot.lead_id is not null)
        or scores.not_callable_reason = 'lost' and acted.last_engagement > cast(lifecycles.last_lost_at as date)
)

select
    records.record_type, records.record_id, records.lead_id, records.stage, records.channel, records.region,
    {{ owner_id }} as owner_id,
    coalesce(
        reps.is_active, {{ owner_id }} is not null and not exists (select 1 from {{ ref('stg_raw__reps') }})
    ) as has_active_owner,
    records.in_hand_date, greatest(records.last_activity_date, records.in_hand_date) as last_activity_date,
    records.is_uncontacted, records.is_overdue, stage_value.is_late, records.amount,
    cast(round(coalesce(
        records.predicted_value, coalesce(records.amount, stage_value.mean_deal_amount) * stage_value.conversion_rate
    ), 2) as decimal(18, 2)) as expected_value
from records
cross join {{ ref('int_clock') }} as clock
inner join {{ ref('stage_value') }} as stage_value
    on records.stage = stage_value.stage
    and stage_value.is_late = (records.stage in ('mql', 'sql') and {{ late_date }} <= clock.clock_date)
left join {{ ref('lead_assignments') }} as assignments on records.lead_id = assignments.lead_id
left join {{ ref('int_lead_profiles') }} as profiles on records.lead_id = profiles.lead_id and profiles.is_current
left join {{ ref('stg_raw__reps') }} as reps on {{ owner_id }} = reps.rep_id
