{#
    The JSON objects of a group as one: of a key that several have, that of the highest rank counts. NULL
    without any.
#}
{% macro merged_json(json, rank) -%}
    {{ return(adapter.dispatch('merged_json', 'leads')(json, rank)) }}
{%- endmacro %}

{% macro default__merged_json(json, rank) -%}
    list_reduce(
        list({{ json }} order by {{ rank }}) filter (where {{ json }} is not null),
        lambda earlier, later: json_merge_patch(earlier, later)
    )
{%- endmacro %}

{% macro spark__merged_json(json, rank) -%}
    to_json(reduce(
        transform(
            array_sort(
                collect_list(struct({{ rank }} as k, {{ json }} as v)) filter (where {{ json }} is not null)
            ),
            ranked -> from_json(ranked.v, 'map<string, string>')
        ),
        cast(map() as map<string, string>),
        (merged, one) -> map_concat(map_filter(merged, (k, v) -> not map_contains_key(one, k)), one),
        merged -> if(cardinality(merged) > 0, merged, null)
    ))
{%- endmacro %}
