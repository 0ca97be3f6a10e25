{#
    Grain: one row per landed event that is not deleted, its current version, of the days to roll up in this build: all days, or those of
    int_days_to_roll_up. Columns that no condition on its type asks for are NULL. Each of int_days_to_roll_up has one more row,
    without a type, that says how far the day was read, so that one that lost its last event is made anew too.
#}
{%- set asked = {'page_url': 'page_pattern', 'properties': 'property', 'duration_seconds': 'min_duration_seconds'} %}
{%- set is_all = read_until() is none %}
{%- set versions = ref('stg_raw__lead_events') if is_all else 'considered' %}
-- depends_on: {{ ref('int_days_to_roll_up') }}
with
considered as (
    {# With all versions of the events of those days, which may be on other days. #}
    select versions.* from {{ ref('stg_raw__lead_events') }} as versions
    {% if not is_all -%}
        where versions.event_id in (
                select landed.event_id
                from {{ ref('stg_raw__lead_events') }} as landed
                inner join {{ ref('int_days_to_roll_up') }} as days
                    on landed.lead_id = days.lead_id
                    and cast(landed.occurred_at as date) = days.event_date
            )
    {%- endif %}
),

repeated as (
    select versions.event_id, versions.landing_seq, versions.updated_at
    from {{ versions }} as versions
    inner join (
        select event_id from {{ versions }}
        group by event_id
        having count(*) > 1
    ) as several
        on versions.event_id = several.event_id
)

select
    considered.lead_id,
    cast(considered.occurred_at as date) as event_date,
    considered.landing_seq, considered.event_type, considered.occurred_at, considered.campaign,
    considered.duration_seconds,
{%- for column, condition in asked.items() %}
    case
        when considered.event_type in (
                select event_keys.event_type from {{ ref('int_event_keys') }} as event_keys
                where event_keys.{{ condition }} is not null
            )
            then {{ 'cast(considered.properties as string)' if column == 'properties' else 'considered.' ~ column }}
    end as asked_{{ column }}
    {{- ',' if not loop.last }}
{%- endfor %}
from considered
left join {{ current_versions('repeated', ['event_id']) }} as repeated
    on considered.event_id = repeated.event_id
{% if not is_all -%}
    inner join {{ ref('int_days_to_roll_up') }} as days
        on considered.lead_id = days.lead_id
        and cast(considered.occurred_at as date) = days.event_date
{%- endif %}
where
    coalesce(considered.landing_seq = repeated.landing_seq, true)
    and not considered.is_deleted

union all

select
    lead_id, event_date, landing_seq,
    {{ ['cast(null as string)', 'cast(null as timestamp)', 'null', 'null', 'null', 'null', 'null'] | join(', ') }}
from {{ ref('int_days_to_roll_up') }}
