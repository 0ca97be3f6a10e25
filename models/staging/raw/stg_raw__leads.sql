{# Grain: one row per version of a lead. #}
with

renamed as (

    select
        lead_id,
        cast(created_at as timestamp) as created_at,
        cast(updated_at as timestamp) as updated_at,
        lower(email) as email,
        phone,
        first_name,
        last_name,
        company_name,
        account_id,
        job_title,
        department,
        industry,
        cast(employee_count as bigint) as employee_count,
        cast(annual_revenue as decimal(18, 4)) as annual_revenue,
        cast(budget as decimal(18, 4)) as budget,
        upper(currency) as currency,
        country,
        region,
        city,
        language,
        time_zone,
        lead_source,
        campaign,
        landing_page,
        person_id,
        consent_status,
        owner_id,
        merged_into_lead_id,
        coalesce(cast(is_deleted as boolean), false) as is_deleted,
        attributes,
        landing_seq,
        cast(landed_at as timestamp) as landed_at

    from {{ source('raw', 'leads') }}

)

select * from renamed
