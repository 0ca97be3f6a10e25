{#
    Grain: one row per lead and model whose score may not be what the last build left, with the first day
    of its history to score anew: all days where the lead or the model's points changed; the days since
    the last build where only time went by and something of the lead came of an age that can raise the score,
    or the models are measured on one of them; NULL where it can only have fallen, and without history.
#}
{%- set for_ever = "cast('1900-01-01' as date)" %}
{%- set is_all = is_outdated('int_scored_models') %}
with

measures as (

    select * from {{ ref('stg_mapping__event_measures') }}
    where statistic = 'account_leads'

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

lead_states as (

    select
        coalesce(fingerprints.lead_id, scored_leads.lead_id) as lead_id,
        coalesce(fingerprints.fingerprint <> scored_leads.fingerprint, true) as is_changed

    from {{ ref('int_lead_fingerprints') }} as fingerprints

    full join scored_leads
        on fingerprints.lead_id = scored_leads.lead_id

),

due as (

    select
        lead_states.lead_id,
        models.score_model,
        {{ for_ever }} as history_from_date

    from lead_states

    cross join {{ ref('int_model_progress') }} as models

    where
        lead_states.is_changed
        or models.is_restated

    union all

    select
        lead_accounts.lead_id,
        models.score_model,
        {{ for_ever }} as history_from_date

    from {{ ref('int_lead_accounts') }} as lead_accounts

    cross join {{ ref('int_model_progress') }} as models

    where models.score_model in (
            select model_attributes.score_model

            from {{ ref('int_model_attributes') }} as model_attributes

            inner join measures
                on model_attributes.attribute = measures.measure
        )

    union all

    select
        lead_id,
        score_model,
        history_from_date
    from {{ ref('int_aged_leads') }}

    union all

    select
        turns.lead_id,
        models.score_model,
        {{ days_after('models.scored_date', 1) }} as history_from_date

    from {{ ref('int_lead_turns') }} as turns

    inner join {{ ref('int_model_progress') }} as models
        on turns.turn_date > models.scored_date
        and turns.turn_date <= models.clock_date

    union all

    {# The history has the end of each month, and the days on which a rule begins or ends to hold. #}
    select
        lead_states.lead_id,
        models.score_model,
        {{ days_after('models.scored_date', 1) }} as history_from_date

    from lead_states

    cross join {{ ref('int_model_progress') }} as models

    where
        last_day({{ days_after('models.scored_date', 1) }}) <= models.clock_date
        or models.score_model in (
            select rule_turns.score_model

            from {{ ref('int_rule_turns') }} as rule_turns

            inner join {{ ref('int_model_progress') }} as progress
                on rule_turns.score_model = progress.score_model
                and rule_turns.turn_date > progress.scored_date
                and rule_turns.turn_date <= progress.clock_date
        )

)

select
    lead_id,
    score_model,
    {{ 'min(history_from_date)' if var('history') else 'cast(null as date)' }} as history_from_date

from due

group by
    lead_id,
    score_model
