{#
    Grain: one row per kind of word (channel, country, consent) and text as landed, with what it stands for by the mapping
    seeds. A channel that no row names is the first of its spellings, a consent unknown, a country NULL.
#}
with
landed as (
    select 'channel' as kind, lead_source as written from {{ ref('stg_raw__leads') }}
    union
    select 'channel' as kind, channel as written from {{ ref('stg_raw__marketing_spend') }}
    union
    select 'channel' as kind, channel as written from {{ ref('stg_raw__web_traffic') }}
    union
    select 'country' as kind, country as written from {{ ref('stg_raw__leads') }}
    union
    select 'consent' as kind, consent_status as written from {{ ref('stg_raw__leads') }}
    union
    select 'consent' as kind, {{ json_text('leads.attributes', "'consent_' || channels.contact_channel") }} as written
    from {{ ref('stg_raw__leads') }} as leads
    cross join (select distinct contact_channel from {{ ref('contact_consent') }}) as channels
),

keyed as (
    select kind, written, coalesce(text_key(written), written) as word_key
    from landed
    where trim(written) <> ''
),

meanings as (
    select kind, text_key(word) as word_key, min(meaning) as meaning
    from (
        select 'channel' as kind, lead_source as word, channel as meaning from {{ ref('channels') }}
        union all
        select 'consent' as kind, word, consent as meaning from {{ ref('consent_words') }}
        {%- for name in ['country_code', 'country', split_rows('aliases')] %}
            union all
            select 'country' as kind, {{ name }} as word, country_code as meaning from {{ ref('countries') }}
        {%- endfor %}
    ) as words
    group by kind, text_key(word)
),

meant as (
    select
        keyed.kind, keyed.written,
        case keyed.kind
            when 'channel'
                then coalesce(meanings.meaning, min(keyed.written) over (partition by keyed.kind, keyed.word_key))
            when 'consent' then coalesce(meanings.meaning, 'unknown')
            else meanings.meaning
        end as meaning
    from keyed
    left join meanings
        on keyed.kind = meanings.kind
        and keyed.word_key = meanings.word_key
)

select
    *,
    {# Of several words of consent the strictest counts. #}
    case
        when kind <> 'consent' then null
        when meaning = 'objected' then 4
        when meaning = 'withdrawn' then 3
        when meaning = 'unknown' then 2
        when meaning = 'given' then 1
        else 0
    end as strictness
from meant
