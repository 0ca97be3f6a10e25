{#
    Grain: one row per team (NULL: all teams together), field and value, with the shares of the won and of the
    lost leads that have it; and one for the field `(all leads)`, with the shares that were won and lost. Counts are
    smoothed in each team, before teams are added up; a tag that too few leads of a team have is left out.
#}
with
smoothed as (
    select
        team, field, kind, value, is_total,
        won_count + {{ var('naive_bayes_smoothing') }} as won,
        lost_count + {{ var('naive_bayes_smoothing') }} as lost
    from {{ ref('int_naive_bayes_counts') }}
    where
        kind <> 'tags'
        or won_count + lost_count + 2 * {{ var('naive_bayes_smoothing') }} >= {{ var('naive_bayes_min_tag_leads') }}
),

scopes as (
    select * from smoothed
    where team is not null

    union all

    select
        cast(null as string) as team,
        field, kind, value, is_total,
        sum(won) as won,
        sum(lost) as lost
    from smoothed
    group by all
),

totals as (
    select
        *,
        sum(case when is_total then won end) over (partition by team, field) as total_won,
        sum(case when is_total then lost end) over (partition by team, field) as total_lost
    from scopes
)

select
    team, field, kind, value,
    cast(won as double) / cast(total_won as double) as won_share,
    cast(lost as double) / cast(total_lost as double) as lost_share
from totals

union all

select
    team,
    '(all leads)' as field,
    'all' as kind,
    '(all)' as value,
    cast(won as double) / cast(won + lost as double) as won_share,
    cast(lost as double) / cast(won + lost as double) as lost_share
from totals
where kind = 'stage' and is_total
