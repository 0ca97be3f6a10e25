{# Grain: one row per word of consent as landed, in general or of a channel of contact, with what it means. #}
with
landed as (
    select consent_status as written_consent from {{ ref('stg_raw__leads') }}

    union

    select {{ json_text('leads.attributes', "'consent_' || channels.contact_channel") }} as written_consent
    from {{ ref('stg_raw__leads') }} as leads
    cross join (select distinct contact_channel from {{ ref('contact_consent') }}) as channels
),

meanings as (
    select landed.written_consent, coalesce(words.consent, 'unknown') as consent
    from landed
    left join {{ ref('consent_words') }} as words
        on text_key(landed.written_consent) = text_key(words.word)
    where trim(landed.written_consent) <> ''
)

select
    written_consent, consent,
    {# Of several words the strictest counts. #}
    case consent when 'objected' then 4 when 'withdrawn' then 3 when 'unknown' then 2 when 'given' then 1 else 0 end
        as strictness
from meanings
