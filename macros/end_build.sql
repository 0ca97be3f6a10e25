{#
    After the last node: notes in state.build that every model and data test of `dbt build` passed. A build of the
    selector `daily` is sound where what measures the scores is of a build that passed (is_evaluated); one of other
    nodes makes sound only what was sound before it. Arguments: results, as dbt gives them at the end of a run.
#}
{% macro end_build(results) -%}
    {{ return(adapter.dispatch('end_build', 'leads')(results)) }}
{%- endmacro %}

{% macro default__end_build(results) -%}
{%- endmacro %}

{% macro duckdb__end_build(results) -%}
    {%- set args = invocation_args_dict -%}
    {%- set left_out = args.exclude_resource_types | reject('equalto', 'unit_test') | list -%}
    {%- set is_partial = args.select or args.exclude or args.selector or args.resource_types or left_out -%}
    {%- set is_daily = args.selector == 'daily' and not (args.resource_types or left_out) -%}
    {%- set is_sound = 'is_evaluated' if is_daily else 'was_sound' if is_partial else 'true' -%}
    {%- set failed = results | rejectattr('status', 'in', ['success', 'pass', 'warn', 'no-op']) | list -%}
    {%- if flags.WHICH == 'build' and not failed -%}
        update state.build set is_sound = {{ is_sound }}, is_evaluated = {{ is_sound }}
    {%- endif -%}
{%- endmacro %}
