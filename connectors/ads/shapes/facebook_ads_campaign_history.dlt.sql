-- dlt's Meta: campaigns as they are now.
-- wants facebook_insight.ad_id
-- wants campaign.id
-- wants campaign.name
-- wants campaign.updated_time time: campaigns have no day
select id, name, updated_time
from campaign
