{#
    Grain: one row per observation and event rule that fired. Its units times the rule's points, within the rule's bounds.
#}
{%- set points = 'cast(round(rules.points * units.units, 4) as decimal(18, 4))' %}
select
    units.observation_id, units.rule_number,
    {{ clamp(points, 'rules.min_points', 'rules.max_points') }} as points,
    units.units, units.occurrences, units.last_event_date
from {{ ref('int_event_units') }} as units
inner join {{ ref('int_rules') }} as rules
    on units.rule_number = rules.rule_number
