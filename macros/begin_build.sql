{#
    Before the first node: notes in state.build that the marts are being changed, so that what a killed or failed run
    leaves is not published, the vars given on the command line, with which `explain` scores a past day, and which tables
    are marts and whether their rows vary, for `publish`, which notes there that they are published (is_published). What
    measures the scores stays as it is where the selector `daily` is built. Only a DuckDB file is ever published.
#}
{% macro begin_build() -%}
    {{ return(adapter.dispatch('begin_build', 'leads')()) }}
{%- endmacro %}

{% macro default__begin_build() -%}
{%- endmacro %}

{% macro duckdb__begin_build() -%}
    {%- if execute and flags.WHICH in ('build', 'run', 'seed', 'snapshot') -%}
        {%- set marts = {} -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.schema == 'marts' -%}
            {%- if node.config.materialized not in ('view', 'ephemeral') -%}
                {%- do marts.update({node.alias: node.config.meta.get('rows_vary', false)}) -%}
            {%- endif -%}
        {%- endfor -%}
        create schema if not exists state;
        create table if not exists state.build (is_sound boolean, was_sound boolean);
        alter table state.build add column if not exists is_evaluated boolean;
        alter table state.build add column if not exists vars varchar;
        alter table state.build add column if not exists marts varchar;
        alter table state.build add column if not exists is_published boolean;
        alter table if exists state.predictors add column if not exists known_until date;
        insert into state.build (is_sound) select false where not exists (from state.build);
        update state.build set
            was_sound = is_sound and is_evaluated, -- NULL where an older version built it
            is_sound = false,
            is_published = false,
            is_evaluated = {{ 'is_evaluated' if invocation_args_dict.selector == 'daily' else 'false' }},
            vars = '{{ toyaml(invocation_args_dict.vars) | replace("'", "''") }}',
            marts = '{{ tojson(marts, sort_keys=true) | replace("'", "''") }}';
    {%- endif -%}
{%- endmacro %}
