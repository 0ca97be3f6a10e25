{#
    Grain: one row per lead for which there is something to do next: what, on which channel that is open to it, and in which
    hours. The first row of next_actions that fits counts.
#}
with
reachable as (
    {# By the channels that are open to each lead. #}
    select permissions.lead_id, hours.*
    from {{ ref('int_lead_consents') }} as permissions
    inner join {{ ref('int_lead_profiles') }} as profiles
        on permissions.lead_id = profiles.lead_id
        and profiles.is_current
    inner join {{ ref('int_contact_hours') }} as hours
        on permissions.contact_channel = hours.contact_channel
        and profiles.country is not distinct from hours.country
        and profiles.time_zone is not distinct from hours.time_zone
    where permissions.may_contact and not profiles.has_objected
),

matching as (
    {# Texts are compared once for all leads that are alike in them. #}
    select
        leads.stage, leads.band, leads.last_event_keys,
        actions.action_order, actions.action, actions.channels, actions.reason,
        actions.min_score, actions.within_days, actions.silent_days
    from (select distinct stage, band, last_event_keys from {{ ref('int_lead_situations') }}) as leads
    inner join {{ ref('next_actions') }} as actions
        on (actions.stage is null or {{ shares_a_value('actions.stage', 'leads.stage') }})
        and (actions.band is null or {{ shares_a_value('actions.band', 'leads.band') }})
        and (actions.last_event_key is null or {{ shares_a_value('actions.last_event_key', 'leads.last_event_keys') }})
),

fitting as (
    {# What comes after a row without channels that fits is not to be done. #}
    select
        leads.lead_id, leads.is_held_out, matching.channels, matching.reason, matching.action_order,
        coalesce(matching.action, leads.band_action) as next_action,
        min(case when matching.channels is null then matching.action_order end) over (partition by leads.lead_id)
            as end_order
    from {{ ref('int_lead_situations') }} as leads
    inner join matching
        on leads.stage = matching.stage
        and leads.band is not distinct from matching.band
        and leads.last_event_keys is not distinct from matching.last_event_keys
        and (matching.min_score is null or leads.score >= matching.min_score)
        and (matching.within_days is null or leads.engaged_on is not null)
        and (matching.within_days is null or leads.silent_days <= matching.within_days)
        and (matching.silent_days is null or leads.silent_days >= matching.silent_days)
    where leads.touches < {{ var('touches_per_week') }}
),

chosen as (
    select
        fitting.lead_id, fitting.is_held_out, fitting.next_action, fitting.reason,
        reachable.contact_channel, reachable.queue_date, reachable.contact_from_at, reachable.contact_until_at,
        reachable.lead_time_zone,
        row_number() over (
            partition by fitting.lead_id
            order by
                fitting.action_order,
                instr('|' || fitting.channels || '|', '|' || reachable.contact_channel || '|')
        ) as place
    from fitting
    inner join reachable
        on fitting.lead_id = reachable.lead_id
        and {{ shares_a_value('fitting.channels', 'reachable.contact_channel') }}
    where
        fitting.next_action is not null
        and (fitting.end_order is null or fitting.action_order < fitting.end_order)
)

select
    lead_id, is_held_out, next_action, contact_channel, reason, queue_date, contact_from_at, contact_until_at,
    lead_time_zone
from chosen
where place = 1
