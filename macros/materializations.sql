{#
    In the place of dbt-duckdb's: the old table or view is dropped and the new one created in one go, in one transaction,
    where the adapter makes it beside the old, renames both and drops the old, each a call to the database.
#}
{% materialization table, adapter='duckdb' %}
    {%- set table = this.incorporate(type='table') -%}
    {%- call put_in_place(table) -%}
        {{ create_table_as(false, table, compiled_code) }}
    {%- endcall -%}
    {{ return({'relations': [table]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- set view = this.incorporate(type='view') -%}
    {%- call put_in_place(view) -%}
        {{ create_view_as(view, compiled_code) }}
    {%- endcall -%}
    {{ return({'relations': [view]}) }}
{% endmaterialization %}

{% macro put_in_place(relation) -%}
    {%- set old = load_cached_relation(relation) -%}
    {%- if pre_hooks -%}
        {{ run_hooks(pre_hooks, inside_transaction=false) }}
        {{ run_hooks(pre_hooks, inside_transaction=true) }}
    {%- endif -%}
    {%- set create = caller() -%}
    {%- call statement('main') -%}
        {% if old %}drop {{ old.type }} {{ old }};{% endif %}
        {{ create }}
    {%- endcall -%}
    {%- do create_indexes(relation) if config.get('indexes') -%}
    {%- do persist_docs(relation, model) if config.get('persist_docs') -%}
    {{ run_hooks(post_hooks, inside_transaction=true) if post_hooks }}
    {%- do adapter.commit() -%}
    {%- do adapter.cache_dropped(old) if old -%}
    {{ run_hooks(post_hooks, inside_transaction=false) if post_hooks }}
{%- endmacro %}
