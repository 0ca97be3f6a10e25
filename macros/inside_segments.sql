{#
    Common table expressions of int_segments, inside_0 to inside_<segment_levels()>: who is inside which segment. Segments that
    ask for none come from `held` (how many conditions hold) at once, those that ask for some (`nested`) from what the one
    before says of these: after so many steps all that lie so deep are right. `days` is the subquery of days to score.
#}
{% macro inside_segments(days) -%}
{% for level in range(segment_levels() + 1) -%}
inside_{{ level }} as (
    select lead_id, score_date, segment from held
    where held_count = condition_count
    {%- if level > 0 %}
    union all
    select days.lead_id, days.score_date, nested.segment
    from {{ days }}
    cross join nested
    left join inside_{{ level - 1 }} as below
        on days.lead_id = below.lead_id and days.score_date = below.score_date
        and nested.attribute = 'in_segment:' || below.segment
    left join held
        on days.lead_id = held.lead_id and days.score_date = held.score_date and nested.segment = held.segment
    where nested.value = case when below.segment is null then 'no' else 'yes' end
    group by days.lead_id, days.score_date, nested.segment, nested.condition_count
    having count(*) + coalesce(max(held.held_count), 0) = nested.condition_count
    {%- endif %}
){{ ',' if not loop.last }}

{% endfor -%}
{%- endmacro %}
