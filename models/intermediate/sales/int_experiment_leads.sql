{#
    Grain: one row per experiment and lead that takes part in it: from the day on which it reached the stage of entry, unless
    it had converted before. Who is held out follows from the experiment's and the lead's names alone.
#}
with
entries as (
    {%- for stage in ['lead', 'iql', 'mql'] %}
        select
            *,
            '{{ stage }}' as entry_stage,
            cast({{ stage }}_at as date) as entered_on
        from {{ ref('int_lifecycles') }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

parts as (
    select
        experiments.experiment_id,
        entries.lead_id,
        entries.entered_on,
        {{ days_after('entries.entered_on', 'experiments.horizon_days') }} as observed_until_date,
        case
            when {{ hash_bucket("experiments.experiment_id || ' ' || entries.lead_id") }}
                < 10000 * experiments.held_out_share then 'held_out'
            else 'ranked'
        end as arm,
        case experiments.outcome
            {%- for outcome in ['sql', 'opportunity', 'customer'] %}
                when '{{ outcome }}' then cast(entries.{{ outcome }}_at as date)
            {%- endfor %}
        end as converted_on
    from entries
    inner join {{ ref('experiments') }} as experiments
        on entries.entry_stage = experiments.entry_stage
        and entries.entered_on >= experiments.starts_on
        and entries.entered_on <= experiments.ends_on
),

earned as (
    select
        parts.experiment_id, parts.lead_id,
        {{ gross_margin('sum(revenue.amount)') }} as margin
    from parts
    inner join {{ ref('int_revenue') }} as revenue
        on parts.lead_id = revenue.lead_id
        and cast(revenue.earned_at as date) >= parts.entered_on
        and cast(revenue.earned_at as date) < parts.observed_until_date
    group by parts.experiment_id, parts.lead_id
)

select
    parts.experiment_id, parts.lead_id, parts.arm, parts.entered_on, parts.observed_until_date,
    coalesce(parts.converted_on < parts.observed_until_date, false) as is_converted,
    cast(coalesce(earned.margin, 0) as decimal(18, 4)) as margin,
    parts.observed_until_date <= {{ days_after('ends.last_date', 1) }} as is_observed,
    parts.arm = 'held_out'
    and clock.clock_date >= parts.entered_on
    and clock.clock_date < parts.observed_until_date as is_held_out
from parts
cross join {{ ref('int_clock') }} as clock
cross join {{ ref('int_data_end') }} as ends
left join earned
    on parts.experiment_id = earned.experiment_id
    and parts.lead_id = earned.lead_id
where coalesce(parts.converted_on >= parts.entered_on, true)
