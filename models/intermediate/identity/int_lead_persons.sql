{#
    Grain: one row per landed lead, with the smallest lead_id of the people it is one with: leads are
    linked by their merge chain, by person_id and by email, and links pass on from lead to lead.
#}
with recursive

leads as (

    select * from {{ ref('int_leads') }}

),

links as (

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

    from leads

    where person_id is not null

    union all

    select
        lead_id,
        'email ' || person_email as link

    from leads

    where person_email is not null

    {% endif %}

),

neighbours as (

    {# A star around the smallest lead of each link, both ways. #}
    select
        lead_id,
        hub_lead_id as neighbour_lead_id

    from (
        select
            lead_id,
            min(lead_id) over (partition by link) as hub_lead_id
        from links
    ) as stars

    where lead_id <> hub_lead_id

),

edges as (

    select
        lead_id,
        neighbour_lead_id

    from neighbours

    union

    select
        neighbour_lead_id as lead_id,
        lead_id as neighbour_lead_id

    from neighbours

),

persons (lead_id, person_lead_id) using key (lead_id) as (

    select distinct
        lead_id,
        lead_id as person_lead_id

    from edges

    union

    select
        edges.neighbour_lead_id as lead_id,
        min(persons.person_lead_id) as person_lead_id

    from persons

    inner join edges
        on persons.lead_id = edges.lead_id

    inner join recurring.persons as known
        on edges.neighbour_lead_id = known.lead_id

    where persons.person_lead_id < known.person_lead_id

    group by edges.neighbour_lead_id

),

final as (

    select
        leads.lead_id,
        coalesce(persons.person_lead_id, leads.lead_id) as person_lead_id

    from leads

    left join persons
        on leads.lead_id = persons.lead_id

)

select * from final
