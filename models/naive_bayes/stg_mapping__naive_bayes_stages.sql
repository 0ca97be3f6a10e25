{# Grain: one row per stage of the pipeline. #}
with

typed as (

    select
        {{ seed_value('stage', 'string') }},
        {{ seed_value('team', 'string') }},
        {{ seed_value('sequence', 'integer') }},
        is_won = 'yes' as is_won
    from {{ ref('naive_bayes_stages') }}

)

select
    *,
    team is null and row_number() over (partition by team order by sequence, stage) = 1 as is_first

from typed
