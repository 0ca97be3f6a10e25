{#
    As withdraw does, for those models of int_model_progress of which all scores are made anew. Of the others it notes
    how far the clock went.
#}
{% macro withdraw_scores() -%}
    {%- set scored = previous_build('int_scored_models') if target.type == 'duckdb' -%}
    {%- if scored -%}
        delete from {{ scored }}
        where score_model in (select score_model from {{ this }} where is_restated);
        update {{ scored }}
        set begun_date = greatest(begun_date, (select max(clock_date) from {{ this }}))
    {%- endif -%}
{%- endmacro %}
