{#
    Grain: one row per surviving lead or persona, live model and span of days on which the lead is scored and its region
    stays the same. `pair_id` numbers lead and model, with room for 131,072 days behind it, from 1900 to past 2200, and up
    to 16,383 models.
#}
with
spans as (
    select
        profiles.lead_id,
        true as is_lead,
        cast(profiles.created_at as date) as created_date,
        coalesce(profiles.region, '(none)') as lead_region,
        profiles.valid_from_date,
        least({{ days_after('profiles.valid_until_date', -1) }}, clock.clock_date) as valid_to_date
    from {{ ref('int_lead_profiles') }} as profiles
    inner join {{ ref('int_lead_lives') }} as lives
        on profiles.lead_id = lives.lead_id
        and {{ holds_on('lives', 'profiles.valid_from_date') }}
    cross join {{ ref('int_clock') }} as clock

    union all

    select distinct
        personas.lead_id, false as is_lead, clock.clock_date as created_date, personas.lead_region,
        clock.clock_date as valid_from_date, clock.clock_date as valid_to_date
    from {{ ref('int_golden_attributes') }} as personas
    inner join {{ ref('int_clock') }} as clock
        on clock.clock_date is not null
)

select
    (
        16384 * cast(dense_rank() over (order by spans.lead_id) as bigint)
        + dense_rank() over (order by live_models.score_model)
    ) * 131072 as pair_id,
    spans.lead_id, live_models.score_model, live_models.live_from_date, spans.is_lead, spans.created_date,
    spans.lead_region, spans.valid_from_date, spans.valid_to_date,
    max(spans.valid_to_date) over (partition by spans.lead_id) as last_date
from spans
cross join {{ ref('int_live_models') }} as live_models
