{#
    Overrides how dbt loads a seed. On DuckDB dbt's adapter lets DuckDB guess how the file is written and puts its
    columns into the table by position; here the function seed_cells of scripts/scoring/functions.py reads the file of the
    project that runs, as check-seeds does, and columns go by name. On Spark dbt's adapter writes, in a session, NULL
    as the text None and does not escape quotes. Cells have the types that models/seeds declare, blanks are NULL.
#}
{% macro duckdb__load_csv_rows(model, agate_table) -%}
    {%- set columns = agate_table.column_names | list -%}
    {%- set insert -%}
        insert into {{ this.render() }} (
            {%- for column in columns %}{{ adapter.quote(column) }}{{ ', ' if not loop.last }}{% endfor -%}
        )
        select {% for column in columns %}cells[{{ loop.index }}]{{ ', ' if not loop.last }}{% endfor %}
        from (select unnest(seed_cells(?, ?)) as cells)
    {%- endset -%}
    {%- do adapter.add_query(insert, bindings=[agate_table.original_abspath, columns], abridge_sql_log=True) -%}
    {{ return(insert) }}
{%- endmacro %}

{% macro spark__load_csv_rows(model, agate_table) -%}
    {%- set types = model['config']['column_types'] -%}
    {%- for rows in agate_table.rows | batch(1000) -%}
        {%- set insert -%}
            insert into {{ this.render() }} values
            {%- for row in rows %}
                (
                    {%- for cell in row -%}
                        cast({{ 'null' if cell is none else
                            "'" ~ cell | string | trim | replace('\\', '\\\\') | replace("'", "\\'") ~ "'" }}
                            as {{ types[agate_table.column_names[loop.index0]] }})
                        {{- ', ' if not loop.last -}}
                    {%- endfor -%}
                ){{ ',' if not loop.last }}
            {%- endfor %}
        {%- endset -%}
        {%- do adapter.add_query(insert, abridge_sql_log=True) -%}
    {%- endfor -%}
    {{ return('') }}
{%- endmacro %}
