{#
    Takes the place of dbt's own: what is kept from build to build is also made anew when it is outdated, or
    when nothing of it is to stay, as after a change to the points of all models. Seeds are always made anew, so
    that their columns are those of the file.
#}
{% macro should_full_refresh() -%}
    {%- set closing_model = config.get('meta', {}).get('kept_with') -%}
    {{ return(flags.FULL_REFRESH or model.resource_type == 'seed' or (
        closing_model is not none
        and (is_outdated(closing_model) or (closing_model == 'int_scored_models' and are_models_restated()))
    )) }}
{%- endmacro %}
