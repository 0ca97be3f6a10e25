{#
    Grain: one row per surviving lead that is not deleted, field and value that speaks of it, its stage
    aside. An unset field has no row, save one of kind state: there `(unset)` is a value.
#}
select
    lead_id,
    field,
    kind,
    case when kind = 'state' then coalesce(value, '(unset)') else value end as value

from {{ ref('int_naive_bayes_attributes') }}

where kind = 'state' or (kind = 'value' and value is not null)

union all

select distinct
    tags.lead_id,
    tags.field,
    tags.kind,
    trim(tags.value) as value

from (
    select
        lead_id,
        field,
        kind,
        {{ split_rows('value') }} as value

    from {{ ref('int_naive_bayes_attributes') }}

    where kind = 'tags' and value is not null
) as tags

where trim(tags.value) <> ''
