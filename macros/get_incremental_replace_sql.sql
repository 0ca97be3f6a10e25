{#
    An incremental strategy: puts the rows made anew in the place of those that are due. In the model's meta `due_in` names
    the table that lists what is due, `due_by` the columns in common, and `due_since` the date of a row that is due from
    the day history_from_date on (NULL is the end of time).
#}
{% macro get_incremental_replace_sql(arg_dict) -%}
    {%- set meta = config.get('meta') -%}
    delete from {{ arg_dict.target_relation }} as kept
    using {{ previous_build(meta.due_in) }} as due
    where {{ is_due() }}
        {%- if meta.due_since %} and coalesce({{ meta.due_since }}, cast('9999-12-31' as date)) >= due.history_from_date{% endif %};
    insert into {{ arg_dict.target_relation }} by name
    select * from {{ arg_dict.temp_relation }};
{%- endmacro %}
