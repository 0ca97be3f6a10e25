{#
    Grain: one row per landed opportunity that is not deleted, its current version: the latest updated_at, then the latest
    landed. Versions later than the clock come last. One that mirrors another says only with which it is one. A win without
    a day is of the day since which the deal is said to be won, else of its creation.
#}
with
versions as (
    select
        *,
        {{ version_at(['opportunity_id']) }} as version_at
    from {{ ref('stg_raw__opportunities') }}
),

ranked as (
    select
        versions.*,
        row_number() over (
            partition by versions.opportunity_id
            order by
                case
                    when cast(versions.version_at as date) > clock.facts_until_date then versions.version_at
                end asc nulls first,
                versions.version_at desc nulls last,
                versions.landing_seq desc
        ) as recency
    from versions
    cross join {{ ref('int_clock') }} as clock
),

moments as (
    {# Of the versions of one moment the last landed counts. #}
    select
        versions.opportunity_id, versions.version_at,
        max_by(coalesce(versions.is_won, false), versions.landing_seq) as is_won
    from versions
    cross join {{ ref('int_clock') }} as clock
    where cast(versions.version_at as date) <= clock.facts_until_date
    group by versions.opportunity_id, versions.version_at
),

compared as (
    select
        *,
        lag(is_won, 1, false) over (partition by opportunity_id order by version_at) as was_won
    from moments
),

wins as (
    {# Edits of a deal that is won do not move its day, a doubt in between does. #}
    select
        opportunity_id,
        max(version_at) as won_at
    from compared
    where is_won and not was_won
    group by opportunity_id
)

select
    opportunities.opportunity_id,
    coalesce(survivors.end_id, opportunities.opportunity_id) as surviving_opportunity_id,
    opportunities.same_as_opportunity_id,
    opportunities.lead_id, opportunities.account_id, opportunities.stage, opportunities.amount,
    opportunities.currency, opportunities.owner_id, opportunities.is_won, opportunities.created_at,
    coalesce(
        opportunities.closed_at,
        case
            when opportunities.is_won then coalesce(wins.won_at, opportunities.version_at, opportunities.created_at)
        end
    ) as closed_at,
    opportunities.is_won and coalesce(opportunities.closed_at, wins.won_at, opportunities.version_at) is null
        as is_undated_win,
    opportunities.landed_at
from ranked as opportunities
left join wins on opportunities.opportunity_id = wins.opportunity_id
left join {{ ref('int_merges') }} as survivors
    on opportunities.opportunity_id = survivors.record_id
    and survivors.entity = 'opportunities'
where
    opportunities.recency = 1
    and not opportunities.is_deleted
