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
    to_json(aggregate(
        array_sort(collect_list(struct({{ rank }} as k, from_json({{ json }}, 'map<string,string>') as v))),
        cast(map() as map<string, string>),
        (merged, one) -> map_concat(map_filter(merged, (k, v) -> one.v[k] is null), one.v)
    ))
{%- endmacro %}
