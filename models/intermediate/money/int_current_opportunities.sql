{#
    Grain: one row per landed opportunity, its current version. A win without a day is of the day since
    which the deal is said to be won.
#}
with

current_versions as (

    {{ current_versions(ref('stg_raw__opportunities'), ['opportunity_id'], has_updated_at=true) }}

),

known_versions as (

    select
        versions.opportunity_id,
        versions.updated_at,
        versions.is_won,
        max(case when versions.is_won then null else versions.updated_at end) over (
            partition by versions.opportunity_id
        ) as doubted_at

    from {{ ref('stg_raw__opportunities') }} as versions

    cross join {{ ref('int_clock') }} as clock

    where cast(versions.updated_at as date) <= clock.facts_until_date

),

wins as (

    {# Edits of a deal that is won do not move its day. #}
    select
        opportunity_id,
        min(updated_at) as won_at
    from known_versions
    where
        is_won
        and (doubted_at is null or updated_at > doubted_at)
    group by opportunity_id

),

final as (

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

)

select * from final
