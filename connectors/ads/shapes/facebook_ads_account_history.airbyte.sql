-- Airbyte's Meta: the currency of an account.
-- wants ads_insight.account_id
-- wants ads_insight.account_currency
select distinct
    account_id as id,
    account_currency as currency
from ads_insight
