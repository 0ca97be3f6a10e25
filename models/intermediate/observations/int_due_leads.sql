{#
    Grain: one row per lead and model whose score may not be what the last build left, with the first day
    of its history to score anew: all days where the lead or the model's points changed; the days since
    the last build where only time went by and something of the lead is young enough to matter, or the models
    are measured on one of them.
#}
{%- set for_ever = "cast('1900-01-01' as date)" %}
{%- set is_all = is_outdated('int_scored_models') %}
with

fingerprints as (

    select * from {{ ref('int_lead_fingerprints') }}

),

model_states as (

    select * from {{ ref('int_model_states') }}

),

lead_accounts as (

    select * from {{ ref('int_lead_accounts') }}

),

lead_moments as (

    select * from {{ ref('int_lead_moments') }}

),

turns as (

    select * from {{ ref('int_lead_turns') }}

),

rule_turns as (

    select * from {{ ref('int_rule_turns') }}

),

scored_leads as (

    {% if is_all -%}
        select
            cast(null as string) as lead_id,
            cast(null as decimal(38, 0)) as fingerprint
        where false
    {%- else -%}
        select * from {{ previous_build('int_scored_leads') }}
    {%- endif %}

),

scored_models as (

    {% if is_all -%}
        select
            cast(null as string) as score_model,
            cast(null as string) as model_state,
            cast(null as date) as clock_date
        where false
    {%- else -%}
        select * from {{ previous_build('int_scored_models') }}
    {%- endif %}

),

spans as (

    {# The days that went by since the last build; no day before the first. #}
    select
        clock.clock_date,
        max(scored_models.clock_date) as scored_date

    from {{ ref('int_clock') }} as clock

    left join scored_models
        on clock.clock_date is not null

    group by clock.clock_date

),

models as (

    select
        coalesce(model_states.score_model, scored_models.score_model) as score_model,
        coalesce(model_states.model_state <> scored_models.model_state, true)
        or spans.clock_date < spans.scored_date as is_restated,
        horizons.has_account_measures,
        spans.scored_date,
        spans.clock_date,
        {{ days_after('spans.scored_date', '-coalesce(horizons.horizon_days, 0)') }}
            as horizon_date

    from model_states

    full join scored_models
        on model_states.score_model = scored_models.score_model

    left join {{ ref('int_model_horizons') }} as horizons
        on model_states.score_model = horizons.score_model

    cross join spans

),

lead_states as (

    select
        coalesce(fingerprints.lead_id, scored_leads.lead_id) as lead_id,
        coalesce(fingerprints.fingerprint <> scored_leads.fingerprint, true) as is_changed

    from fingerprints

    full join scored_leads
        on fingerprints.lead_id = scored_leads.lead_id

),

moments as (

    {# The last day, up to the clock, of what grows older with each lead. #}
    select
        lead_moments.lead_id,
        max(lead_moments.moment_date) as moment_date

    from lead_moments

    cross join (
        select
            min(horizon_date) as horizon_date,
            min(clock_date) as clock_date
        from models
    ) as bounds

    where
        lead_moments.moment_date >= bounds.horizon_date
        and lead_moments.moment_date <= bounds.clock_date

    group by lead_moments.lead_id

),

due as (

    select
        lead_states.lead_id,
        models.score_model,
        {{ for_ever }} as history_from_date

    from lead_states

    cross join models

    where
        lead_states.is_changed
        or models.is_restated

    union all

    select
        lead_accounts.lead_id,
        models.score_model,
        {{ for_ever }} as history_from_date

    from lead_accounts

    cross join models

    where models.has_account_measures

    union all

    select
        moments.lead_id,
        models.score_model,
        {{ days_after('models.scored_date', 1) }} as history_from_date

    from moments

    inner join models
        on moments.moment_date >= models.horizon_date
        and models.clock_date > models.scored_date

    union all

    select
        turns.lead_id,
        models.score_model,
        {{ days_after('models.scored_date', 1) }} as history_from_date

    from turns

    inner join models
        on turns.turn_date > models.scored_date
        and turns.turn_date <= models.clock_date

    union all

    {# The history has the end of each month, and the days on which a rule begins or ends to hold. #}
    select
        lead_states.lead_id,
        models.score_model,
        {{ days_after('models.scored_date', 1) }} as history_from_date

    from lead_states

    cross join models

    where
        last_day({{ days_after('models.scored_date', 1) }}) <= models.clock_date
        or models.score_model in (
            select rule_turns.score_model

            from rule_turns

            inner join spans
                on rule_turns.turn_date > spans.scored_date
                and rule_turns.turn_date <= spans.clock_date
        )

),

final as (

    select
        lead_id,
        score_model,
        min(history_from_date) as history_from_date

    from due

    group by
        lead_id,
        score_model

)

select * from final
