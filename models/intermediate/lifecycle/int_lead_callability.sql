{#
    Grain: one row per surviving lead, with why sales must not call it: because of the deal, else because
    of contact; NULL where nothing stands against it.
#}
{{ config(materialized='view') }}
with

opportunities as (

    select distinct lead_id
    from {{ ref('int_opportunities') }}
    where status = 'open'

),

consents as (

    select * from {{ ref('int_lead_consents') }}
    where contact_channel = 'phone'

)

select
    lifecycle.lead_id,
    case
        when lifecycle.customer_at is not null then 'customer'
        when opportunities.lead_id is not null then 'open opportunity'
        when lifecycle.lost_at is not null then 'lost'
    end as sales_reason,
    case
        when not consents.may_contact then 'no consent'
        when profiles.is_deleted then 'deleted'
    end as contact_reason

from {{ ref('lead_lifecycle') }} as lifecycle

inner join {{ ref('int_current_profiles') }} as profiles
    on lifecycle.lead_id = profiles.lead_id

inner join consents
    on lifecycle.lead_id = consents.lead_id

left join opportunities
    on lifecycle.lead_id = opportunities.lead_id
