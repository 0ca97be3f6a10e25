{#
    Grain: one row per experiment of the seed experiments: what became, within its horizon, of the leads that were ranked and
    of those that were held out. Only leads whose horizon lies behind the end of the data count.
#}
{%- set sums = ['ranked_margin', 'ranked_squares', 'ranked_leads', 'held_out_margin', 'held_out_squares'] %}
with
counted as (
    select
        experiments.experiment_id,
        {%- for arm in ['ranked', 'held_out'] %}
            {%- set of_arm = "leads.is_observed and leads.arm = '" ~ arm ~ "'" %}
            count(case when {{ of_arm }} then 1 end) as {{ arm }}_leads,
            count(case when {{ of_arm }} and leads.is_converted then 1 end) as {{ arm }}_conversions,
            cast(sum(case when {{ of_arm }} then leads.margin else 0 end) as decimal(38, 4)) as {{ arm }}_margin,
            cast(sum(case when {{ of_arm }} then leads.margin * leads.margin else 0 end) as decimal(38, 8))
                as {{ arm }}_squares,
        {%- endfor %}
        count(case when not leads.is_observed then 1 end) as young_leads
    from {{ ref('experiments') }} as experiments
    left join {{ ref('int_experiment_leads') }} as leads
        on experiments.experiment_id = leads.experiment_id
    group by experiments.experiment_id
),

compared as (
    select
        counted.*,
        conversion_difference(
            counted.ranked_conversions, counted.ranked_leads, counted.held_out_conversions, counted.held_out_leads
        ) as conversions,
        margin_difference(counted.{{ sums | join(', counted.') }}, counted.held_out_leads) as margins
    from counted
),

measured as (
    select
        compared.*,
        {{ struct_columns('compared.conversions') }},
        {{ struct_columns('compared.margins') }}
    from compared
)

select
    measured.experiment_id,
    experiments.outcome, experiments.horizon_days, experiments.starts_on, experiments.ends_on,
    {{ days_after('experiments.ends_on', 'experiments.horizon_days - 1') }} as decided_on,
    {%- for arm in ['ranked', 'held_out'] %}
        measured.{{ arm }}_leads, measured.{{ arm }}_conversions,
        measured.{{ arm }}_conversions / cast(nullif(measured.{{ arm }}_leads, 0) as double) as {{ arm }}_rate,
        cast(measured.{{ arm }}_margin as double) / nullif(measured.{{ arm }}_leads, 0) as {{ arm }}_margin_per_lead,
    {%- endfor %}
    measured.young_leads,
    {%- for what in ['conversion', 'margin'] %}
        measured.{{ what }}_difference, measured.{{ what }}_difference_low, measured.{{ what }}_difference_high,
    {%- endfor %}
    measured.detectable_difference,
    case
        when ends.last_date < {{ days_after('experiments.ends_on', 'experiments.horizon_days - 1') }} then 'too early'
        when measured.conversion_difference_low is null then 'too few leads'
        when measured.conversion_difference_low > 0 then 'ranking gains'
        when measured.conversion_difference_high < 0 then 'ranking loses'
        else 'no difference shown'
    end as verdict
from measured
cross join {{ ref('int_data_end') }} as ends
inner join {{ ref('experiments') }} as experiments
    on measured.experiment_id = experiments.experiment_id
