{#
    Grain: one row per surviving lead and live model, with a hash of all that its scores are made of, and the first day of
    its history that int_scored_days does not have: the day after the last build where the hash is the same, else since
    ever. A lead that was scored up to a later day than the clock is scored anew. Empty without history.
#}
{%- set scored_days = kept('int_scored_days') %}
with
scored as (
    {% if scored_days -%}
        select
            lead_id, score_model, min(inputs_hash) as inputs_hash, max(complete_through_date) as complete_through_date
        from {{ scored_days }}
        group by lead_id, score_model
    {%- else -%}
        select
            cast(null as string) as lead_id,
            cast(null as string) as score_model,
            cast(null as string) as inputs_hash,
            cast(null as date) as complete_through_date
        where false
    {%- endif %}
),

made_of as (
    select
        lead_hashes.lead_id, live_models.score_model,
        cast(lead_hashes.lead_hash as string) || ' ' || points_hashes.points_hash
        || ' ' || coalesce(currencies.to_currency, '')
        || ' {{ definition_hash('int_scored_days') if execute }}' as inputs
    from {{ ref('int_lead_hashes') }} as lead_hashes
    cross join {{ ref('int_live_models') }} as live_models
    inner join {{ ref('int_points_hashes') }} as points_hashes
        on live_models.score_model = points_hashes.score_model
    cross join (select max(to_currency) as to_currency from {{ ref('int_exchange_rates') }}) as currencies
    where {{ var('history') }}
)

select
    made_of.lead_id, made_of.score_model,
    md5(made_of.inputs) as inputs_hash,
    {# Every lead is complete through the last build's day: on the days since then nothing of it was to be noted. #}
    case
        when scored.inputs_hash = md5(made_of.inputs) and scored.complete_through_date <= clock.clock_date
            then {{ days_after('max(scored.complete_through_date) over ()', 1) }}
        else cast('1900-01-01' as date)
    end as history_from_date
from made_of
cross join {{ ref('int_clock') }} as clock
left join scored
    on made_of.lead_id = scored.lead_id
    and made_of.score_model = scored.score_model
