{#
    Grain: one row per surviving lead, deleted ones included: where it came from, when it first reached each
    stage, and what stands against a call. Of the seed's rows for a stage the lowest priority number for which
    the lead has a milestone counts, among equals the earliest. Recycled is the last time after the first loss.
#}
{%- set stages = ['iql', 'mql', 'sql', 'trial', 'opportunity', 'customer', 'lost'] %}
with
leads as (
    {# First touch is the first channel known of a lead; where it is, the last known up to the clock. #}
    select
        profiles.lead_id,
        min(profiles.created_at) as lead_at,
        min_by(profiles.channel, case when profiles.channel is not null then profiles.valid_from_date end)
            as channel,
        max_by(profiles.country, case when profiles.country is not null then profiles.valid_from_date end)
            as country,
        max_by(profiles.region, case when profiles.region is not null then profiles.valid_from_date end)
            as region,
        max_by(profiles.is_deleted, profiles.valid_from_date) as is_deleted
    from {{ ref('int_lead_profiles') }} as profiles
    cross join {{ ref('int_clock') }} as clock
    where profiles.valid_from_date <= clock.clock_date
    group by profiles.lead_id
),

reached as (
    select
        milestones.lead_id,
        max(case when stages.stage = 'lost' then milestones.last_reached_at end) as last_lost_at,
        max(case when stages.stage = 'recycled' then milestones.last_reached_at end) as last_recycled_at,
    {%- for stage in stages %}
        min_by(
            milestones.reached_at,
            case when stages.stage = '{{ stage }}' then (stages.priority, milestones.reached_at) end
        ) as {{ stage }}_at
        {{- ',' if not loop.last }}
    {%- endfor %}
    from {{ ref('int_lead_milestones') }} as milestones
    inner join {{ ref('lifecycle_stages') }} as stages
        on milestones.source = stages.source
        and milestones.value = stages.value
    group by milestones.lead_id
)

select
    leads.lead_id,
    coalesce(leads.channel, '(none)') as channel,
    leads.country,
    coalesce(leads.region, '(none)') as region,
    leads.is_deleted, leads.lead_at,
    undated_wins.lead_id is not null as is_customer_undated,
    {%- for stage in stages %}
        reached.{{ stage }}_at,
    {%- endfor %}
    reached.last_lost_at,
    case when reached.last_recycled_at > reached.lost_at then reached.last_recycled_at end as recycled_at,
    case
        when reached.customer_at is not null then 'customer'
        when open_deals.lead_id is not null then 'open opportunity'
        when reached.last_recycled_at > reached.last_lost_at then null
        when reached.lost_at is not null then 'lost'
    end as sales_reason
from leads
left join reached
    on leads.lead_id = reached.lead_id
{# A win that has no day but that of the deal's creation tells of no time. #}
left join (
    select distinct lead_id, closed_at from {{ ref('int_opportunities') }}
    where is_undated_win
) as undated_wins
    on leads.lead_id = undated_wins.lead_id
    and reached.customer_at = undated_wins.closed_at
left join (
    select distinct lead_id from {{ ref('int_opportunities') }}
    where status = 'open'
) as open_deals
    on leads.lead_id = open_deals.lead_id
