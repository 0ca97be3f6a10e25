-- Grain: one row per contact and stage of HubSpot's lifecycle that it reached, on the day that HubSpot holds.
-- wants contact.id|hs_object_id: nobody is known to have reached a stage
-- wants contact.hs_lifecyclestage_subscriber_date|hs_v2_date_entered_subscriber time: no subscriber has a day
-- wants contact.hs_lifecyclestage_lead_date|hs_v2_date_entered_lead time: no lead has a day
-- wants contact.hs_lifecyclestage_marketingqualifiedlead_date|hs_v2_date_entered_marketingqualifiedlead time: no day
-- wants contact.hs_lifecyclestage_salesqualifiedlead_date|hs_v2_date_entered_salesqualifiedlead time: no SQL has a day
-- wants contact.hs_lifecyclestage_opportunity_date|hs_v2_date_entered_opportunity time: no opportunity has a day
-- wants contact.hs_lifecyclestage_customer_date|hs_v2_date_entered_customer time: no customer has a day
-- wants contact.hs_lifecyclestage_evangelist_date|hs_v2_date_entered_evangelist time: no evangelist has a day
-- wants contact.hs_lifecyclestage_other_date|hs_v2_date_entered_other time: nobody has a day of the stage other
select
    'hs:lifecycle_' || stage || ' ' || id as event_id,
    'hs:' || id as lead_id,
    'lifecycle_' || stage as event_type,
    nullif(entered_at, '') as occurred_at
from (
    select id, 'subscriber' as stage, hs_lifecyclestage_subscriber_date as entered_at from contact
    union all
    select id, 'lead', hs_lifecyclestage_lead_date from contact
    union all
    select id, 'marketingqualifiedlead', hs_lifecyclestage_marketingqualifiedlead_date from contact
    union all
    select id, 'salesqualifiedlead', hs_lifecyclestage_salesqualifiedlead_date from contact
    union all
    select id, 'opportunity', hs_lifecyclestage_opportunity_date from contact
    union all
    select id, 'customer', hs_lifecyclestage_customer_date from contact
    union all
    select id, 'evangelist', hs_lifecyclestage_evangelist_date from contact
    union all
    select id, 'other', hs_lifecyclestage_other_date from contact
) as entries
where nullif(entered_at, '') is not null
order by event_id
