{#
    In the place of dbt-duckdb's: the old table or view is dropped and the new one created in one go, in one transaction,
    where the adapter makes it beside the old, renames both and drops the old, each a call to the database.
#}
{% materialization table, adapter='duckdb' %}
    {%- set table = this.incorporate(type='table') -%}
    {{ return(put_in_place(table, create_table_as(false, table, compiled_code))) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- set view = this.incorporate(type='view') -%}
    {{ return(put_in_place(view, create_view_as(view, compiled_code))) }}
{% endmaterialization %}

{% macro put_in_place(relation, create) -%}
    {%- set old = load_cached_relation(relation) -%}
    {%- call statement('main') -%}
        {% if old %}drop {{ old.type }} {{ old }};{% endif %}
        {{ create }}
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {%- do adapter.cache_dropped(old) if old -%}
    {{ return({'relations': [relation]}) }}
{%- endmacro %}
