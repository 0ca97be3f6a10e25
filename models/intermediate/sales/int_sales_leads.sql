{#
    Grain: one row per lead that sales works (lead_assignments says which), with what rules of routing look at. Leads that are
    alike to all rules have one routing_profile.
#}
{%- set stages = ['lead', 'iql', 'mql', 'sql', 'trial', 'opportunity'] %}
{%- set first = stages.index(var('assigned_from')) if var('assigned_from') in stages else 0 %}
with
published as (
    select *
    from (
        select *, row_number() over (partition by lead_id order by published_at desc) as recency
        from {{ source('state', 'assignments') }}
    ) as publications
    where recency = 1
)

select
    situations.lead_id,
    situations.is_held_out,
    profiles.region, profiles.industry, profiles.language, profiles.employee_band, situations.band,
    dense_rank() over (
        order by profiles.region, profiles.industry, profiles.language, profiles.employee_band, situations.band
    ) as routing_profile,
    profiles.owner_id,
    accounts.owner_id as account_owner_id,
    published.rep_id as kept_rep_id,
    published.routing_rule_id as kept_rule_id,
    published.assigned_because as kept_because,
    published.assigned_on as kept_since_date
from {{ ref('int_lead_situations') }} as situations
cross join {{ ref('int_clock') }} as clock
inner join {{ ref('int_lifecycles') }} as lifecycles
    on situations.lead_id = lifecycles.lead_id
inner join {{ ref('int_lead_profiles') }} as profiles
    on situations.lead_id = profiles.lead_id
    and profiles.is_current
left join {{ ref('int_lead_accounts') }} as belongings
    on situations.lead_id = belongings.lead_id
    and {{ holds_on('belongings', 'clock.clock_date') }}
left join {{ ref('int_account_versions') }} as accounts
    on belongings.account_id = accounts.account_id
    and {{ holds_on('accounts', 'clock.clock_date') }}
left join published
    on situations.lead_id = published.lead_id
where
    situations.stage not in ('customer', 'lost')
    and not profiles.has_objected
    and (
        false
        {%- for stage in stages[first:] %}
            or lifecycles.{{ stage }}_at is not null
        {%- endfor %}
    )
