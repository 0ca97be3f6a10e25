-- Grain: one row per lead. The hidden truth: what drives the chance that a lead ever becomes an
-- opportunity, in log odds. The numbers are in parameters/effects.csv; what is not there counts 0.

set variable effects = (
    select map_from_entries(list((concat_ws(' ', term, value), effect))) from effects
);

create macro effect(term, value) as coalesce(getvariable('effects')[concat_ws(' ', term, value)], 0);

create table propensities as
select
    lead_no,
    effect('seniority', seniority)
    + effect('department', department)
    + effect('industry', industry)
    + effect('country', country)
    + effect('email_kind', email_kind)
    + effect('favourite_integration', favourite_integration)
    + effect('company_size', 'per step e away from 300 employees') * abs(ln(employee_count / 300)) as fit,
    effect('channel', channel) as channel_effect,
    effect('interest', 'per standard deviation') * interest as interest_effect,
    logistic(effect('intercept', null) + fit + channel_effect + interest_effect) as propensity
from people
order by lead_no;
