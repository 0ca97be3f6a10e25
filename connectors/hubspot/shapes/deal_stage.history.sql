-- The history of a deal's properties tells its stages; dlt adds all of it again in each run.
-- wants deal_property_history|deals_property_history.deal_id|object_id
-- wants deal_property_history.name|property|property_name
-- wants deal_property_history.value
-- wants deal_property_history.timestamp time
select distinct deal_id, value, timestamp as date_entered
from deal_property_history
where name = 'dealstage'
