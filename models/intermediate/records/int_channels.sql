{#
    Grain: one row per lead source, or channel of spend or traffic, as landed, with its channel: the
    seed's, else the first of its spellings.
#}
with

landed as (

    select lead_source from {{ ref('stg_raw__leads') }}
    where lead_source is not null
    union
    select channel as lead_source from {{ ref('stg_raw__marketing_spend') }}
    union
    select channel as lead_source from {{ ref('stg_raw__web_traffic') }}

),

sources as (

    select
        lead_source,
        text_key(lead_source) as source_key
    from landed

),

channels as (

    select
        text_key(lead_source) as source_key,
        min(channel) as channel

    from {{ ref('channels') }}

    group by text_key(lead_source)

)

select
    sources.lead_source,
    coalesce(
        channels.channel,
        min(sources.lead_source) over (
            partition by coalesce(sources.source_key, sources.lead_source)
        )
    ) as channel

from sources

left join channels
    on sources.source_key = channels.source_key
