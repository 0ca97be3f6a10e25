{#
    Grain: one row per fault of the landed data and record that has it. What was set aside, left empty or replaced is that of
    each file's last landing; all else is kept and counted, and nothing was changed.
#}
{%- set deals = ref('int_current_opportunities') %}
{%- set payments, feedback = ref('stg_raw__payments'), ref('stg_raw__lead_feedback') %}
{%- set stages, parts = ref('stg_raw__opportunity_stages'), ref('stg_raw__opportunity_leads') %}
{#- What recurs; {} stands for a column. #}
{%- set day = 'cast(cast(records.{} as date) as string)' %}
{%- set came_in = " || ', came in on ' || " ~ day.format('lead_at') %}
{%- set is_later = 'cast(records.{0} as date) > cast(records.landed_at as date)
    and cast(records.{0} as date) > (select clock.facts_until_date from ' ~ ref('int_clock') ~ ' as clock)' %}
{%- set later = "'{0} is ' || " ~ day.replace('{}', '{0}') ~ " || '; waits until rows are landed on that day'" %}
{%- set is_unknown = 'records.lead_id not in (select leads.lead_id from ' ~ ref('stg_raw__leads') ~ ' as leads)
    and records.lead_id not in (select aliases.alias_id from ' ~ ref('stg_raw__lead_aliases') ~ ' as aliases)' %}
{%- set unknown = "'no such lead was landed'" %}
{%- set is_unknown_deal = 'records.opportunity_id not in (
    select deals.opportunity_id from ' ~ ref('stg_raw__opportunities') ~ ' as deals)' %}
{%- set is_slip = 'cast(records.{} as date) > (select ends.last_date from ' ~ ref('int_data_end') ~ ' as ends)' %}
{%- set slip = " || ', long after all else; the data end before it'" %}
{%- set place = "records.file || ' line ' || coalesce(cast(records.line as string), '?')
    || coalesce(' column ' || records.column_name, '')" %}
{%- set landed_last = 'records.landing_id in (
    select max(landings.landing_id) from ' ~ source('landing', 'landings') ~ ' as landings group by landings.file
)' %}
{#- A fault: name, table of the input contract, id of the record, where it may be; when it is one; what is told. #}
{%- set faults = [
    ('customer before lead', "'leads'", 'records.lead_id', ref('lead_lifecycle'), 'records.customer_at < records.lead_at',
        "'won on ' || " ~ day.format('customer_at') ~ came_in),
    ('opportunity before lead', "'leads'", 'records.lead_id', ref('lead_lifecycle'), 'records.opportunity_at < records.lead_at',
        "'opened on ' || " ~ day.format('opportunity_at') ~ came_in),
    ('merge that leads nowhere', "'leads'", 'records.lead_id', ref('int_lead_versions'),
        'records.is_current and records.merged_into_lead_id is not null and records.lead_id not in (select chains.record_id from '
        ~ ref('int_merges') ~ " as chains where chains.entity = 'leads' and chains.record_id <> chains.end_id)",
        "'merged into ' || records.merged_into_lead_id || ', which is unknown or leads back; not followed'"),
    ('name of an unknown lead', "'lead_aliases'", 'records.alias_id', ref('stg_raw__lead_aliases'),
        'records.alias_id not in (select known.lead_id from ' ~ ref('int_lead_identities') ~ ' as known)', "'no such lead was landed, or it leads back'"),
    ('value of too many leads', "'leads'", 'records.lead_id', ref('int_lead_identities'), 'records.has_shared_value',
        "'its email or person_id is that of too many names or companies; it joins nobody'"),
    ('unknown word of consent', "'leads'", 'records.lead_id', ref('int_lead_consents'), "records.consent_status = 'unknown'",
        "'consent_status or a consent of a channel is no word of the seed consent_words; it closes the channel'"),
    ('won without a day', "'opportunities'", 'records.opportunity_id', deals, 'records.is_undated_win',
        "'has is_won, but neither closed_at nor updated_at; counts as won when created, in no duration'"),
    ('closed without a result', "'opportunities'", 'records.opportunity_id', deals, 'records.is_won is null and records.closed_at is not null', "'has closed_at, but no is_won; counts as open'"),
    ('opportunity dated after it was landed', "'opportunities'", 'records.opportunity_id', deals, is_later.format('created_at'), later.format('created_at')),
    ('win dated after it was landed', "'opportunities'", 'records.opportunity_id', deals, 'records.is_won and ' ~ is_later.format('closed_at'), later.format('closed_at')),
    ('mirrors an unknown opportunity', "'opportunities'", 'records.opportunity_id', deals,
        'records.same_as_opportunity_id is not null and records.same_as_opportunity_id not in (select chains.record_id from ' ~ ref('int_merges') ~ " as chains where chains.entity = 'opportunities')",
        "'mirrors ' || records.same_as_opportunity_id || ', which is unknown or leads back; counts on its own'"),
    ('opportunity without a lead', "'opportunities'", 'records.opportunity_id', ref('int_opportunities'),
        'records.lead_id is null', "'ties to no lead; counts under channel and region (none)'"),
    ('payment dated after it was landed', "'payments'", 'records.payment_id', payments, is_later.format('paid_at'), later.format('paid_at')),
    ('feedback dated after it was landed', "'lead_feedback'", 'records.feedback_id', feedback, is_later.format('given_at'), later.format('given_at')),
    ('spend dated after it was landed', "'marketing_spend'", day.format('spend_date'), ref('stg_raw__marketing_spend'), is_later.format('spend_date'), later.format('spend_date')),
    ('traffic dated after it was landed', "'web_traffic'", day.format('traffic_date'), ref('stg_raw__web_traffic'), is_later.format('traffic_date'), later.format('traffic_date')),
    ('probable slip', "'payments'", 'records.payment_id', ref('int_payments'), is_slip.format('paid_at'), "'paid on ' || " ~ day.format('paid_at') ~ slip),
    ('probable slip', "'opportunities'", 'records.opportunity_id', ref('int_opportunities'),
        is_slip.format('created_at') ~ ' or ' ~ is_slip.format('closed_at'), "'opened on ' || " ~ day.format('created_at') ~ slip),
    ('opportunities of an unknown lead', "'opportunities'", 'records.lead_id', deals, is_unknown, unknown),
    ('parts of an unknown lead', "'opportunity_leads'", 'records.lead_id', parts, is_unknown, unknown),
    ('payments of an unknown lead', "'payments'", 'records.lead_id', payments, is_unknown, unknown),
    ('feedback of an unknown lead', "'lead_feedback'", 'records.lead_id', feedback, is_unknown, unknown),
    ('events of an unknown lead', "'lead_events'", 'records.lead_id', ref('int_event_days'), 'records.event_key is not null and ' ~ is_unknown, unknown),
    ('stages of an unknown opportunity', "'opportunity_stages'", 'records.opportunity_id', stages, is_unknown_deal, "'no such opportunity was landed'"),
    ('parts of an unknown opportunity', "'opportunity_leads'", 'records.opportunity_id', parts, is_unknown_deal, "'no such opportunity was landed'"),
    ('row replaced', 'records.entity', 'records.file', source('landing', 'landings'), 'records.rows_replaced > 0 and ' ~ landed_last,
        "concat(cast(records.rows_replaced as string), ' of its rows say otherwise than a later one with their key, which counts')"),
    ('row set aside', 'records.entity', place, source('landing', 'rejected_rows'), landed_last, 'records.reason'),
    ('cell left empty', 'records.entity', place, source('landing', 'rejected_cells'), landed_last, 'records.reason'),
] %}
{%- for issue, entity, record_id, table, is_fault, detail in faults %}
    select distinct
        '{{ issue }}' as issue,
        {{ entity }} as entity, {{ record_id }} as record_id,
        {{ detail }} as detail
    from {{ table }} as records
    where {{ is_fault }}
    union all
{%- endfor %}
select issue, entity, record_id, detail from {{ source('landing', 'connector_faults') }}
