{#
    Grain: one row per surviving lead and day after its creation at whose end the models are measured.
    Of more leads than the var evaluation_leads a sample by a stable hash.
#}
with
leads as (
    select
        lead_id,
        min(cast(created_at as date)) as created_date,
        count(*) over () as lead_count
    from {{ ref('int_lead_profiles') }}
    group by lead_id
),

days as (
    {%- for day in list_var('evaluation_days') | unique %}
        select {{ day }} as scored_day
        {{- ' union all' if not loop.last }}
    {%- endfor %}
)

select
    leads.lead_id, leads.created_date, days.scored_day,
    {{ days_after('leads.created_date', 'days.scored_day') }} as score_date
from leads
cross join days
where
    {{ hash_bucket("'evaluation ' || leads.lead_id") }} * leads.lead_count
    < 10000 * cast({{ var('evaluation_leads') }} as bigint)
