{#
    Overrides dbt-spark's way to load a seed, which in a session writes NULL as the text None and does not
    escape quotes. Cells are text, as declared in models/seeds.
#}
{% macro spark__load_csv_rows(model, agate_table) -%}
    {%- for rows in agate_table.rows | batch(1000) -%}
        {%- set insert -%}
            insert into {{ this.render() }} values
            {%- for row in rows %}
                (
                    {%- for cell in row -%}
                        {{ 'null' if cell is none else
                            "'" ~ cell | string | replace('\\', '\\\\') | replace("'", "\\'") ~ "'" }}
                        {{- ', ' if not loop.last -}}
                    {%- endfor -%}
                ){{ ',' if not loop.last }}
            {%- endfor %}
        {%- endset -%}
        {%- do adapter.add_query(insert, abridge_sql_log=True) -%}
    {%- endfor -%}
    {{ return('') }}
{%- endmacro %}
