{#
    Grain: one row per surviving lead, field of the seed naive_bayes_fields and value that it has at the clock as text,
    one row a tag. An unset field has no row, save one of kind state: there `(unset)` is a value.
#}
with
known as (
    select
        attributes.lead_id, fields.field, fields.kind,
        coalesce(nullif(trim(attributes.value), ''), case when fields.kind = 'state' then '(unset)' end) as value
    from {{ ref('int_lead_attributes') }} as attributes
    inner join {{ ref('naive_bayes_fields') }} as fields
        on attributes.attribute = fields.attribute
        and fields.attribute <> 'lifecycle_stage'
    inner join {{ ref('int_clock') }} as clock
        on {{ holds_on('attributes', 'clock.clock_date') }}

    union all

    select
        lifecycle.lead_id, fields.field, fields.kind,
        case
            {%- for stage in ['customer', 'opportunity', 'trial', 'sql', 'mql', 'iql'] %}
                when lifecycle.{{ stage }}_at is not null then '{{ stage }}'
            {%- endfor %}
            else 'lead'
        end as value
    from {{ ref('int_lifecycles') }} as lifecycle
    inner join {{ ref('naive_bayes_fields') }} as fields on fields.attribute = 'lifecycle_stage'
)

select * from known
where kind <> 'tags' and value is not null

union

select lead_id, field, kind, trim(value) as value
from (
    select lead_id, field, kind, {{ split_rows('value') }} as value from known
) as tags
where kind = 'tags' and trim(value) <> ''
