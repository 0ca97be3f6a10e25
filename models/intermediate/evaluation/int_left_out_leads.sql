{#
    Grain: one row per scored day, outcome and slice of the leads: how many did not count when the models
    were measured, and why.
#}
{%- set slices = {
    'overall': "'(all)'", 'month': 'cast(created_month as string)', 'channel': 'channel', 'region': 'region'
} %}
{%- for slice, slice_value in slices.items() %}
    select
        scored_day,
        outcome,
        '{{ slice }}' as slice,
        {{ slice_value }} as slice_value,
        count(case when status = 'decided' then 1 end) as decided_leads,
        count(case when status = 'too young' then 1 end) as young_leads

    from {{ ref('int_evaluation_leads') }}

    group by
        scored_day,
        outcome,
        {{ slice_value }}
    {%- if not loop.last %}

        union all
    {% endif %}
{%- endfor %}
