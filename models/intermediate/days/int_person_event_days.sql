{#
    Grain: one row per surviving lead or persona, event key that is asked for (all where rules ask for a lead's first event)
    and day, sequences included.
#}
{%- set is_asked -%}
    (
        event_key in (select asked.event_key from asked)
        or (select count(*) from {{ ref('int_model_attributes') }} where attribute = 'first_event_key') > 0
    )
{%- endset %}
with
asked as (
    {{ asked_event_keys() }}
),

added_up as (
    {# Of people who are several leads, and what adds to landed days. #}
    select
        lead_id, event_key, event_date,
        sum(event_count) as event_count,
        sum(duration_seconds) as duration_seconds,
        max(most_per_minute) as most_per_minute,
        min(first_occurred_at) as first_occurred_at
    from (
        {%- for origin in ['person_lead_count > 1', 'person_lead_count = 1 and not is_landed'] %}
            select lead_id, event_key, event_date, event_count, duration_seconds, most_per_minute, first_occurred_at
            from {{ ref('int_all_event_days') }}
            where
                follows_event_key is null
                and {{ origin }}
                and {{ is_asked }}

            union all
        {% endfor %}
        {%- for name in ['int_sequence_event_days', 'int_golden_event_days'] %}
            select
                lead_id, event_key, event_date, event_count, duration_seconds, null as most_per_minute,
                first_occurred_at
            from {{ ref(name) }}
            where {{ is_asked }}
            {{- ' union all' if not loop.last }}
        {%- endfor %}
    ) as days
    group by lead_id, event_key, event_date
),

of_one as (
    {# Most people are one lead: its landed days are added up already. #}
    select lead_id, event_key, event_date, event_count, duration_seconds, most_per_minute, first_occurred_at
    from {{ ref('int_all_event_days') }}
    where
        follows_event_key is null
        and person_lead_count = 1
        and is_landed
        and {{ is_asked }}
)

select
    coalesce(of_one.lead_id, added_up.lead_id) as lead_id,
    coalesce(of_one.event_key, added_up.event_key) as event_key,
    coalesce(of_one.event_date, added_up.event_date) as event_date,
    cast(coalesce(of_one.event_count, 0) + coalesce(added_up.event_count, 0) as bigint) as event_count,
    cast(
        coalesce(of_one.duration_seconds, 0) + coalesce(added_up.duration_seconds, 0) as decimal(18, 3)
    ) as duration_seconds,
    greatest(of_one.most_per_minute, added_up.most_per_minute) as most_per_minute,
    least(of_one.first_occurred_at, added_up.first_occurred_at) as first_occurred_at
from of_one
full join added_up
    on of_one.lead_id = added_up.lead_id
    and of_one.event_key = added_up.event_key
    and of_one.event_date = added_up.event_date
