{#
    Fails for each key that stands on more than one row or has a NULL in it. Argument: the key's columns. Numbers
    tell first which few keys may be repeated: texts of many millions would not fit into memory.
#}
{% test unique_key(model, columns) %}

select
    {{ columns | join(', ') }},
    count(*) as row_count

from {{ model }}

where
    {{ key_hash(columns) }} in (
        select repeated.key_hash
        from (select {{ key_hash(columns) }} as key_hash from {{ model }}) as repeated
        group by repeated.key_hash
        having count(*) > 1
    )
    {%- for column in columns %}
    or {{ column }} is null
    {%- endfor %}

group by {{ columns | join(', ') }}

having
    count(*) > 1
    {%- for column in columns %}
    or {{ column }} is null
    {%- endfor %}

{% endtest %}
