{#
    Grain: one row per surviving lead, lead of its account (itself too) and span of days on which both belong to it. Empty
    where no rule asks for a measure of accounts.
#}
select distinct
    accounts.lead_id,
    others.lead_id as colleague_lead_id,
    greatest(accounts.valid_from_date, others.valid_from_date) as valid_from_date,
    least(accounts.valid_until_date, others.valid_until_date) as valid_until_date
from {{ ref('int_lead_accounts') }} as accounts
inner join {{ ref('int_lead_accounts') }} as others
    on accounts.account_id = others.account_id
    and accounts.valid_from_date < others.valid_until_date
    and accounts.valid_until_date > others.valid_from_date
where exists (
        select 1 from {{ ref('event_measures') }} as measures
        inner join {{ ref('int_model_attributes') }} as asked
            on measures.measure = asked.attribute
            and measures.statistic = 'account_leads'
    )
