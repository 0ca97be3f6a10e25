{#
    Grain: one row per landed lead, with the smallest lead_id of the people it is one with: leads are
    linked by their merge chain, by person_id and by email, and links pass on from lead to lead.
#}
{%- set links -%}
    select
        lead_id,
        'merge ' || end_lead_id as link

    from {{ ref('int_lead_merges') }}

    union all

    select distinct
        end_lead_id as lead_id,
        'merge ' || end_lead_id as link

    from {{ ref('int_lead_merges') }}

    {% if var('match_leads_by_person') %}

    union all

    select
        lead_id,
        'person ' || person_id as link

    from {{ ref('int_leads') }}

    where person_id is not null

    union all

    select
        lead_id,
        'email ' || person_email as link

    from {{ ref('int_leads') }}

    where person_email is not null

    {% endif %}
{%- endset %}
{%- set stars -%}
    {# Around the smallest lead of each link. #}
    select
        lead_id as node,
        hub_lead_id as neighbour

    from (
        select
            lead_id,
            min(lead_id) over (partition by link) as hub_lead_id
        from ({{ links }}) as links
    ) as stars

    where lead_id <> hub_lead_id
{%- endset %}
with

persons as (

    {{ connected_components(stars) }}

)

select
    leads.lead_id,
    coalesce(persons.component, leads.lead_id) as person_lead_id

from {{ ref('int_leads') }} as leads

left join persons
    on leads.lead_id = persons.node
