{# Each kind of cost that the var cost_types chooses was landed; a misspelt one would count as no spend. #}
{{ config(severity='warn') }}
{%- set cost_types = list_var('cost_types') %}
with

spend as (

    select distinct cost_type from {{ ref('int_marketing_spend') }}

),

chosen as (

    {% for cost_type in cost_types %}
        select '{{ cost_type | replace("'", "''") }}' as cost_type
        union all
    {% endfor %}
    select cast(null as string) as cost_type

)

select chosen.cost_type

from chosen

left join spend
    on chosen.cost_type = spend.cost_type

where
    chosen.cost_type is not null
    and spend.cost_type is null
