-- dlt tells when a deal last entered each stage; it ends names in x that ended in _.
-- wants stages_timing_deals.id
-- wants stages_timing_deals.stage
-- wants stages_timing_deals.hs_v2_date_entered_|hs_v2_date_entered_x|hs_date_entered_|hs_date_entered_x time
select id as deal_id, stage as value, hs_v2_date_entered_ as date_entered
from stages_timing_deals
