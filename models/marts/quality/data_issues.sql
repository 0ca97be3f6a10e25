{#
    Grain: one row per fault of the landed data and record that has it. The records are kept and counted;
    nothing was changed.
#}
{%- set deals = ref('int_current_opportunities') %}
{%- set payments = ref('stg_raw__payments') %}
{%- set feedback = ref('stg_raw__lead_feedback') %}
{#- What recurs; {} stands for a column. #}
{%- set day = 'cast(cast(records.{} as date) as string)' %}
{%- set came_in = " || ', came in on ' || " ~ day.format('lead_at') %}
{%- set is_later = 'cast(records.{0} as date) > cast(records.landed_at as date)
    and cast(records.{0} as date) > (select clock.facts_until_date from ' ~ ref('int_clock') ~ ' as clock)' %}
{%- set later = "'{0} is ' || cast(cast(records.{0} as date) as string)
    || '; waits until rows are landed on that day'" %}
{%- set is_unknown = 'records.lead_id is not null and not exists (
    select 1 from ' ~ ref('stg_raw__leads') ~ ' as leads where leads.lead_id = records.lead_id
)' %}
{%- set unknown = "'no such lead was landed'" %}
{#- A fault: name, table of the input contract, id of the record, where it may be; when it is one; what is told. #}
{%- set faults = [
    ('customer before lead', 'leads', 'lead_id', ref('lead_lifecycle'),
        'records.customer_at < records.lead_at',
        "'won on ' || " ~ day.format('customer_at') ~ came_in),
    ('opportunity before lead', 'leads', 'lead_id', ref('lead_lifecycle'),
        'records.opportunity_at < records.lead_at',
        "'opened on ' || " ~ day.format('opportunity_at') ~ came_in),
    ('merge that leads nowhere', 'leads', 'lead_id', ref('int_lead_versions'),
        'records.is_current and records.merged_into_lead_id is not null and not exists (
            select 1 from ' ~ ref('int_lead_merges') ~ ' as lead_merges
            where lead_merges.lead_id = records.lead_id and lead_merges.lead_id <> lead_merges.end_lead_id
        )',
        "'merged into ' || records.merged_into_lead_id || ', which is unknown or leads back; not followed'"),
    ('won without a day', 'opportunities', 'opportunity_id', deals,
        'records.is_won and records.closed_at is null',
        "'has is_won, but neither closed_at nor updated_at; counts as open'"),
    ('closed without a result', 'opportunities', 'opportunity_id', deals,
        'records.is_won is null and records.closed_at is not null',
        "'has closed_at, but no is_won; counts as open'"),
    ('win dated after it was landed', 'opportunities', 'opportunity_id', deals,
        'records.is_won and ' ~ is_later.format('closed_at'),
        later.format('closed_at')),
    ('payment dated after it was landed', 'payments', 'payment_id', payments,
        is_later.format('paid_at'),
        later.format('paid_at')),
    ('feedback dated after it was landed', 'lead_feedback', 'feedback_id', feedback,
        is_later.format('given_at'),
        later.format('given_at')),
    ('opportunities of an unknown lead', 'opportunities', 'lead_id', deals, is_unknown, unknown),
    ('payments of an unknown lead', 'payments', 'lead_id', payments, is_unknown, unknown),
    ('feedback of an unknown lead', 'lead_feedback', 'lead_id', feedback, is_unknown, unknown),
    ('events of an unknown lead', 'lead_events', 'lead_id', ref('int_event_days'),
        'records.event_key is not null and ' ~ is_unknown, unknown),
] %}
{%- for issue, entity, record_id, table, is_fault, detail in faults %}
    select distinct
        '{{ issue }}' as issue,
        '{{ entity }}' as entity,
        records.{{ record_id }} as record_id,
        {{ detail }} as detail
    from {{ table }} as records
    where {{ is_fault }}
    {{ 'union all' if not loop.last }}
{%- endfor %}
