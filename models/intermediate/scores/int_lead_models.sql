{#
    Grain: one row per lead that is scored: the day at whose end it is scored today, and the model whose score
    counts for it. Challengers take the leads of their traffic share by a stable hash, in the order of their
    names; all others have the champion that went live last. Before the first champion no score counts.
#}
{{ config(materialized='view') }}
with
scored as (
    {# At the clock, or on the last day before the lead was deleted. #}
    select
        lives.lead_id,
        least({{ days_after('max(lives.valid_until_date)', -1) }}, max(clock.clock_date)) as score_date
    from {{ ref('int_lead_lives') }} as lives
    cross join {{ ref('int_clock') }} as clock
    group by lives.lead_id
),

shares as (
    select
        score_model, live_from_date,
        10000 * (sum(traffic_share) over (order by score_model) - traffic_share) as first_bucket,
        10000 * sum(traffic_share) over (order by score_model) as end_bucket
    from {{ ref('int_live_models') }}
    where role = 'challenger'
)

select
    scored.lead_id, scored.score_date,
    case when champions.score_model is not null then coalesce(shares.score_model, champions.score_model) end
        as score_model
from scored
left join {{ ref('int_live_models') }} as champions
    on scored.score_date >= champions.live_from_date
    and scored.score_date < champions.live_until_date
left join shares
    on {{ hash_bucket('scored.lead_id') }} >= shares.first_bucket
    and {{ hash_bucket('scored.lead_id') }} < shares.end_bucket
    and scored.score_date >= shares.live_from_date
