-- A lead or contact came into a campaign, and answered it. One that was a lead and was converted since is both.
-- wants campaign_member.id: nobody is known to have been in a campaign
-- wants campaign_member.campaign_id: nobody is known to have been in a campaign
-- wants campaign_member.lead_id: only contacts are known to have been in campaigns
-- wants campaign_member.contact_id: only leads are known to have been in campaigns
-- wants campaign_member.status: it is not known how far anybody came in a campaign
-- wants campaign_member.has_responded boolean: nobody is known to have answered a campaign
-- wants campaign_member.first_responded_date time: answers to campaigns have no day, so none can land
-- wants campaign_member.created_date time: nobody came into a campaign on a known day, so none can land
-- wants campaign_member.last_modified_date time: of several versions of a member any counts
-- wants campaign_member.system_modstamp time: of several versions of a member any counts
-- wants campaign_member.is_deleted|_fivetran_deleted boolean: a member is deleted only once it is gone from the table
-- wants campaign.id: campaigns have no names
-- wants campaign.name: campaigns have no names
-- wants campaign.type: campaigns are of no type
-- wants campaign.last_modified_date time: of several versions of a campaign any counts
with members as (
    select * from campaign_member
    qualify row_number() over (partition by id order by system_modstamp desc nulls last, last_modified_date desc) = 1
),

campaigns as (
    select
        id,
        max_by(name, coalesce(last_modified_date, '')) as name,
        max_by(type, coalesce(last_modified_date, '')) as type
    from campaign
    group by id
),

steps as (
    select id, '' as suffix, 'campaign_member' as event_type, created_date as occurred_at from members
    union all
    select id, ':response' as suffix, 'campaign_response' as event_type, left(first_responded_date, 10) as occurred_at
    from members
    where has_responded
)

select
    'sf:' || members.id || steps.suffix as event_id,
    'sf:' || coalesce(members.contact_id, members.lead_id) as lead_id,
    steps.event_type,
    steps.occurred_at,
    greatest(members.last_modified_date, members.system_modstamp) as updated_at,
    coalesce(campaigns.name, members.campaign_id) as campaign,
    nullif(
        json_merge_patch('{}', json_object('status', members.status, 'campaign_type', campaigns.type)), '{}'
    ) as properties,
    coalesce(members.is_deleted, false) as is_deleted
from members
inner join steps on members.id = steps.id
left join campaigns on members.campaign_id = campaigns.id
order by event_id
