{#
    Grain: one row per live model, scored day, outcome, slice of the leads and score that any of them
    has. All measures of rank follow from these counts, exactly and with ties.
#}
{%- set slices = {
    'overall': "'(all)'", 'month': 'cast(created_month as string)', 'channel': 'channel', 'region': 'region'
} %}
{%- for slice, slice_value in slices.items() %}
    select
        score_model,
        scored_day,
        outcome,
        '{{ slice }}' as slice,
        {{ slice_value }} as slice_value,
        score,
        count(*) as leads,
        count(case when is_converted then 1 end) as conversions,
        count(case when is_first_half then 1 end) as first_half_leads,
        count(case when is_first_half and is_converted then 1 end) as first_half_conversions,
        count(case when is_known_later then 1 end) as known_later_leads

    from {{ ref('int_evaluation_scores') }}

    group by
        score_model,
        scored_day,
        outcome,
        {{ slice_value }},
        score
    {%- if not loop.last %}

        union all
    {% endif %}
{%- endfor %}
