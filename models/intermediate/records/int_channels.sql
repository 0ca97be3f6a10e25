{#
    Grain: one row per lead source, or channel of spend or traffic, as landed, with its channel: the
    seed's, else the first of its spellings.
#}
with
sources as (
    select
        lead_source,
        coalesce(text_key(lead_source), lead_source) as source_key
    from (
        select lead_source from {{ ref('stg_raw__leads') }}
        union
        select channel as lead_source from {{ ref('stg_raw__marketing_spend') }}
        union
        select channel as lead_source from {{ ref('stg_raw__web_traffic') }}
    ) as landed
    where lead_source is not null
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
    coalesce(channels.channel, min(sources.lead_source) over (partition by sources.source_key)) as channel
from sources
left join channels
    on sources.source_key = channels.source_key
