{#
    Grain: one row per landed opportunity, its current version. A win without a day is of the day since
    which the deal is said to be won.
#}
with

current_versions as (

    {{ current_versions(ref('stg_raw__opportunities'), ['opportunity_id'], has_updated_at=true) }}

),

dated as (

    {# A version without updated_at takes the place of the one that was current when it landed. #}
    select
        opportunity_id,
        is_won,
        landing_seq,
        coalesce(updated_at, max(updated_at) over (partition by opportunity_id order by landing_seq))
            as version_at

    from {{ ref('stg_raw__opportunities') }}

),

known_versions as (

    select
        dated.*,
        row_number() over (
            partition by dated.opportunity_id, dated.version_at
            order by dated.landing_seq desc
        ) as moment_rank

    from dated

    cross join {{ ref('int_clock') }} as clock

    where cast(dated.version_at as date) <= clock.facts_until_date

),

doubted as (

    select
        *,
        max(case when is_won then null else version_at end) over (partition by opportunity_id) as doubted_at

    from known_versions

    where moment_rank = 1

),

wins as (

    {# Edits of a deal that is won do not move its day. #}
    select
        opportunity_id,
        min(version_at) as won_at
    from doubted
    where
        is_won
        and (doubted_at is null or version_at > doubted_at)
    group by opportunity_id

)

select
    current_versions.opportunity_id,
    current_versions.lead_id,
    current_versions.stage,
    current_versions.amount,
    current_versions.currency,
    current_versions.is_won,
    current_versions.created_at,
    coalesce(
        current_versions.closed_at,
        case when current_versions.is_won then coalesce(wins.won_at, current_versions.version_at) end
    ) as closed_at,
    current_versions.landed_at

from current_versions

left join wins
    on current_versions.opportunity_id = wins.opportunity_id
