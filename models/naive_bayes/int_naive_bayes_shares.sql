{#
    Grain: one row per team (NULL: all teams together), field and value, with the shares of the won and of
    the lost leads that have it. Counts are smoothed in each team, before teams are added up; a tag that
    too few leads of a team have is left out. Shares are of the field's rows; of a stage, of the first one.
#}
with

smoothed as (

    select
        team,
        field,
        kind,
        value,
        won_count + {{ var('naive_bayes_smoothing') }} as won,
        lost_count + {{ var('naive_bayes_smoothing') }} as lost

    from {{ ref('int_naive_bayes_counts') }}

),

kept as (

    select * from smoothed
    where kind <> 'tags' or won + lost >= {{ var('naive_bayes_min_tag_leads') }}

),

first_stage as (

    select stage
    from {{ ref('stg_mapping__naive_bayes_stages') }}
    where team is null
    order by
        sequence,
        stage
    limit 1

),

scopes as (

    select * from kept
    where team is not null

    union all

    select
        cast(null as string) as team,
        field,
        kind,
        value,
        sum(won) as won,
        sum(lost) as lost

    from kept

    group by
        field,
        kind,
        value

),

totals as (

    select
        scopes.team,
        scopes.field,
        case
            when scopes.kind = 'stage'
                then max(case when scopes.value = first_stage.stage then scopes.won end)
            else sum(scopes.won)
        end as total_won,
        case
            when scopes.kind = 'stage'
                then max(case when scopes.value = first_stage.stage then scopes.lost end)
            else sum(scopes.lost)
        end as total_lost

    from scopes

    cross join first_stage

    group by
        scopes.team,
        scopes.field,
        scopes.kind

)

select
    scopes.team,
    scopes.field,
    scopes.kind,
    scopes.value,
    cast(scopes.won as double) / cast(totals.total_won as double) as won_share,
    cast(scopes.lost as double) / cast(totals.total_lost as double) as lost_share,
    totals.total_won,
    totals.total_lost

from scopes

inner join totals
    on scopes.field = totals.field
    and scopes.team is not distinct from totals.team
