{#
    Grain: one row per routing_profile of leads and rule that fits it, for rules that ask for reps only where somebody fits:
    the pool of those who are there. So pools are as many as kinds of leads, however many leads there are.
#}
{%- set conditions = ['region', 'industry', 'language', 'employee_band', 'band'] %}
{%- set asked = [('region', 'region'), ('language', 'language'), ('expertise', 'industry')] %}
with
profiles as (
    select
        {%- for column in conditions %}
            text_key({{ column }}) as {{ column }},
        {%- endfor %}
        routing_profile
    from (select distinct routing_profile, {{ conditions | join(', ') }} from {{ ref('int_sales_leads') }}) as alike
),

fitting as (
    {# What a rule wants of reps: NULL is nothing, '' what a lead does not say and so nobody has. #}
    select
        {%- for of_rep, of_lead in asked %}
            case
                when rules.rep_{{ of_rep }} = 'same' then coalesce(profiles.{{ of_lead }}, '')
                else text_key(rules.rep_{{ of_rep }})
            end as {{ of_rep }}_key,
        {%- endfor %}
        profiles.routing_profile, rules.rule_order, rules.rule_id, rules.assign_to
    from profiles
    inner join {{ ref('routing_rules') }} as rules
        on true
        {%- for column in conditions %}
            and (
                rules.{{ column }} is null
                or {{ shares_a_value('text_key(rules.' ~ column ~ ')', 'profiles.' ~ column) }}
            )
        {%- endfor %}
),

wanted as (
    select distinct assign_to, region_key, language_key, expertise_key
    from fitting
    where assign_to = 'reps'
),

pools as (
    select
        wanted.assign_to, wanted.region_key, wanted.language_key, wanted.expertise_key,
        row_number() over (order by wanted.region_key, wanted.language_key, wanted.expertise_key) as pool_id,
        {{ lists_by(['reps.rep_id'], 'reps.rep_id') }} as rep_ids
    from wanted
    inner join {{ ref('int_reps') }} as reps
        on reps.weight > 0
        {%- for of_rep, of_lead in asked %}
            and (
                wanted.{{ of_rep }}_key is null
                or {{ shares_a_value('wanted.' ~ of_rep ~ '_key', 'reps.' ~ of_rep ~ '_key') }}
            )
        {%- endfor %}
    group by wanted.assign_to, wanted.region_key, wanted.language_key, wanted.expertise_key
)

select fitting.routing_profile, fitting.rule_order, fitting.rule_id, fitting.assign_to, pools.pool_id, pools.rep_ids
from fitting
left join pools
    on fitting.assign_to = pools.assign_to
    and fitting.region_key is not distinct from pools.region_key
    and fitting.language_key is not distinct from pools.language_key
    and fitting.expertise_key is not distinct from pools.expertise_key
where fitting.assign_to <> 'reps' or pools.pool_id is not null
