{#
    Grain: one row per lead or deal of the open pipeline and kind of leak, and per row of leads or deals that was set aside.
    A record that leaks in several ways has its value counted in the gravest, so that counted values add up.
#}
{%- set leaks = {
    'hot_never_contacted': 'pipeline.is_uncontacted',
    'sql_not_contacted': "pipeline.stage = 'sql' and pipeline.is_overdue",
    'deal_of_nobody': 'pipeline.lead_id is null',
    'deal_idle': "pipeline.stage = 'opportunity' and pipeline.lead_id is not null and "
        ~ days_between('pipeline.last_activity_date', 'clock.clock_date') ~ ' >= ' ~ var('deal_idle_days'),
    'no_active_owner': 'not pipeline.has_active_owner',
    'lost_came_back': "pipeline.stage = 'lead'",
} %}
with
leaking as (
    {%- for leak, is_leaking in leaks.items() %}
        select
            '{{ leak }}' as leak, pipeline.record_type, pipeline.record_id, pipeline.lead_id, pipeline.owner_id,
            pipeline.channel, pipeline.region,
            pipeline.{{ 'last_activity' if leak in ('deal_idle', 'lost_came_back') else 'in_hand' }}_date as since_date,
            pipeline.expected_value as value_at_stake
        from {{ ref('open_pipeline') }} as pipeline
        {{ "cross join " ~ ref('int_clock') ~ " as clock" if 'clock.' in is_leaking }}
        where {{ is_leaking }}

        union all
    {% endfor %}
    {# Whether the record is known otherwise is not: it is worth what one is of which nothing is known. #}
    select distinct
        'row_set_aside' as leak, rejected.entity as record_type,
        rejected.file || ' line ' || coalesce(cast(rejected.line as string), '?') as record_id,
        null as lead_id, null as owner_id, '(none)' as channel, '(none)' as region,
        cast(null as date) as since_date,
        stage_value.expected_value as value_at_stake
    from {{ source('landing', 'rejected_rows') }} as rejected
    inner join {{ ref('stage_value') }} as stage_value
        on rejected.entity = case stage_value.stage when 'lead' then 'leads' when 'opportunity' then 'opportunities' end
        and not stage_value.is_late
    where rejected.landing_id in (
            select max(landings.landing_id) from {{ source('landing', 'landings') }} as landings
            group by landings.file
        )
),

ranked as (
    select
        leaking.*, leaks.label, leaks.what_to_do,
        row_number() over (
            partition by leaking.record_type, leaking.record_id order by leaks.gravity, leaking.leak
        ) = 1 as is_gravest
    from leaking
    inner join {{ ref('leaks') }} as leaks on leaking.leak = leaks.leak
)

select
    leak, label, what_to_do, record_type, record_id, lead_id, owner_id, channel, region, since_date, is_gravest,
    value_at_stake,
    cast(case when is_gravest then value_at_stake else 0 end as decimal(18, 2)) as counted_value
from ranked
