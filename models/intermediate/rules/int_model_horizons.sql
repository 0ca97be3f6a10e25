{#
    Grain: one row per live model, with the number of days after which an event, or a lead's creation, no
    longer changes a score by growing older, and whether the model looks at the account's other leads.
#}
{%- set for_ever = 100000 %}
with

live_models as (

    select * from {{ ref('int_live_models') }}

),

model_attributes as (

    select * from {{ ref('int_model_attributes') }}

),

event_rules as (

    select * from {{ ref('stg_points__event_rules') }}

),

inactivity_rules as (

    select * from {{ ref('stg_points__inactivity_rules') }}

),

measures as (

    select * from {{ ref('stg_mapping__event_measures') }}

),

segments as (

    select * from {{ ref('stg_mapping__segments') }}

),

spans as (

    {# Half-lives leave nothing of an event, to 8 decimals, after the 28th. #}
    select
        score_model,
        coalesce(window_days, case decay
            when 'linear' then decay_days
            when 'exponential' then 28 * decay_days
            when 'step' then case when decay_rate > 0 then decay_days * ceil(1 / decay_rate) end
        end) as horizon_days

    from event_rules

    union all

    select
        score_model,
        silent_days as horizon_days
    from inactivity_rules

    union all

    select
        model_attributes.score_model,
        measures.window_days as horizon_days

    from model_attributes

    inner join measures
        on model_attributes.attribute = measures.measure

    union all

    select
        model_attributes.score_model,
        segments.window_days as horizon_days

    from model_attributes

    inner join segments
        on model_attributes.attribute = 'in_segment:' || segments.segment

    union all

    select
        score_model,
        {{ for_ever }} as horizon_days
    from model_attributes
    where attribute = 'tenure_days'

),

final as (

    select
        live_models.score_model,
        coalesce(max(cast(spans.horizon_days as integer)), 0) as horizon_days,
        count(measures.measure) > 0 as has_account_measures

    from live_models

    left join spans
        on live_models.score_model = spans.score_model

    left join model_attributes
        on live_models.score_model = model_attributes.score_model

    left join measures
        on model_attributes.attribute = measures.measure
        and measures.statistic = 'account_leads'

    group by live_models.score_model

)

select * from final
