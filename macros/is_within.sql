{#
    Whether points lie in the range of a relation, its lower bound included and its upper not; NULL is no bound. Each side of
    a comparison is of one relation, so that DuckDB joins by hash: else it holds each row against each.
#}
{% macro is_within(points, relation) -%}
    {{ points }} >= coalesce({{ relation }}.lower_bound, cast('-99999999999999' as decimal(18, 4)))
    and {{ points }} < coalesce({{ relation }}.upper_bound, cast('99999999999999' as decimal(18, 4)))
{%- endmacro %}
