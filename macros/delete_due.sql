{# Deletes from a kept table of scored days what this build scores anew, and leads that are no more. #}
{% macro delete_due() -%}
    {% if is_incremental() -%}
        delete from {{ this }} as kept
        where not exists (
            select 1 from {{ ref('int_history_due') }} as due
            where
                kept.lead_id = due.lead_id
                and kept.score_model = due.score_model
                and kept.score_date < due.history_from_date
        )
    {%- endif %}
{%- endmacro %}
