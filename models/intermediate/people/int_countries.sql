{# Grain: one row per country as a lead wrote it (code, name or alias) that the seed knows. #}
with
names as (
    {%- for name in ['country_code', 'country', split_rows('aliases')] %}
        select
            country_code,
            {{ name }} as name
        from {{ ref('countries') }}
        {{ 'union' if not loop.last }}
    {%- endfor %}
),

written as (
    select distinct country
    from {{ ref('stg_raw__leads') }}
    where country is not null
)

select
    written.country as written_country,
    min(names.country_code) as country_code
from written
inner join names
    on text_key(written.country) = text_key(names.name)
group by written.country
