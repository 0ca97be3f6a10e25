{# Grain: one row per country as a lead wrote it (code, name or alias) that the seed knows. #}
with

names as (

    select
        country_code,
        text_key(name) as name_key

    from (
        select
            country_code,
            country_code as name
        from {{ ref('countries') }}
        union
        select
            country_code,
            country as name
        from {{ ref('countries') }}
        union
        select
            country_code,
            {{ split_rows('aliases') }} as name
        from {{ ref('countries') }}
    ) as all_names

),

written as (

    select
        country,
        text_key(country) as name_key

    from (
        select distinct country from {{ ref('stg_raw__leads') }}
        where country is not null
    ) as distinct_countries

)

select
    written.country as written_country,
    min(names.country_code) as country_code

from written

inner join names
    on written.name_key = names.name_key

group by written.country
