{#
    Grain: one row per landed lead and span of days on which a version of it holds, the last of a day. A lead whose
    first version is deleted was there from its creation until the day of that version.
#}
with
held as (
    {# A first version that is deleted holds from the creation on, its deletion from its own day. #}
    select
        versions.*,
        deletions.is_own_day,
        case when deletions.is_own_day then cast(versions.updated_at as date) else versions.from_date end
            as valid_from_date,
        deletions.is_own_day
        or (versions.is_deleted and coalesce(cast(versions.updated_at as date) <= versions.from_date, true))
            as is_deleted_since
    from {{ ref('int_version_starts') }} as versions
    cross join (
        select false as is_own_day
        union all
        select true as is_own_day
    ) as deletions
    where
        versions.entity = 'leads'
        and (
            not deletions.is_own_day
            or versions.is_deleted
            and not versions.is_replaced
            and cast(versions.updated_at as date) > versions.from_date
        )
),

spans as (
    select
        held.*,
        lead(held.valid_from_date, 1, cast('9999-12-31' as date)) over (
            partition by held.record_id order by held.version_number, held.is_own_day
        ) as valid_until_date,
        clock.clock_date
    from held
    cross join {{ ref('int_clock') }} as clock
    where held.valid_from_date <= clock.facts_until_date
),

known as (
    {# A deletion without a date holds from the creation on. #}
    select
        *,
        is_deleted_since
        or bool_or(is_deleted_since and updated_at is null) over (
            partition by record_id
            order by valid_from_date
            rows between current row and unbounded following
        ) as is_deleted_then
    from spans
    where valid_from_date < valid_until_date
)

select
    landed.*,
    spans.effective_updated_at,
    spans.record_created_at as lead_created_at,
    spans.is_deleted_then,
    spans.valid_from_date, spans.valid_until_date,
    {{ holds_on('spans', 'spans.clock_date') }} as is_current
from known as spans
inner join {{ ref('stg_raw__leads') }} as landed
    on spans.record_id = landed.lead_id
    and spans.landing_seq = landed.landing_seq
