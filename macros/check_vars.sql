{# Stops a run one of whose vars is not what it may be, before any model is built. #}
{% macro check_vars() -%}
    {#- dbt 2 has no list of them; there the engine refuses a zone that it does not know. -#}
    {%- set zones = modules.pytz.all_timezones | join('|') or '[A-Za-z_]+(/[A-Za-z0-9_+-]+)*' -%}
    {%- set day_words = 'a day, such as 2025-03-31, or empty' -%}
    {%- set rules = [
        (['as_of'], '([1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))?', day_words),
        (['reporting_currency'], '([A-Za-z]{3})?', 'a code of three letters, such as EUR, or empty'),
        (['time_zone'], zones, 'an IANA zone, such as Europe/Berlin'),
        (['cost_types'], '\\[.*\\]', 'a list, such as [media, tools]'),
        (['quality_day'], '[0-9]{1,4}', 'a whole number from 0 to 9999, one of evaluation_days'),
        (
            ['evaluation_days'],
            '(?=.*\\b' ~ var('quality_day') ~ '\\b)\\[[0-9]{1,4}(, [0-9]{1,4})*\\]',
            'a list of days with ' ~ var('quality_day') ~ ', the quality_day, such as [0, 1, 7, 30]'
        ),
        (
            ['match_leads_by_person', 'allow_protected_attributes', 'history', 'naive_bayes', 'count_scanner_clicks'],
            'True|False',
            'true or false'
        ),
        (['email_ids'], 'hash|refuse', 'hash or refuse'),
        (['gross_margin'], '0([.][0-9]+)?|1([.]0+)?', 'a share from 0 to 1, such as 0.8'),
        (
            ['payment_months', 'clv_window_months', 'clv_horizon_months', 'roi_months', 'contact_within_hours', 'outcome_days',
             'deal_idle_days'],
            '[1-9][0-9]{0,3}',
            'a whole number from 1 to 9999'
        ),
        (
            ['published_rows'],
            '(?=.*at_least.: [0-9.]+[,}])(?=.*at_most.: [0-9.]+[,}])(?=.*slack.: [0-9]+[,}])\\{.*\\}',
            'limits for the rows of a mart, such as {at_least: 0.8, at_most: 3, slack: 20}'
        ),
        (['names_of_one_person', 'slip_days'], '[1-9][0-9]{0,9}', 'a whole number of 1 or more'),
        (['system_of_record'], '[a-z0-9]{1,10}', 'what precedes the colon in the ids of a system, such as sf'),
        (['set_aside_share', 'unknown_slice_share'], '0([.][0-9]+)?|1([.]0+)?', 'a share from 0 to 1, such as 0.5'),
        (['scanner_clicks', 'scanner_seconds'], '[1-9][0-9]{0,3}', 'a whole number from 1 to 9999'),
        (['assigned_from'], 'lead|iql|mql|sql|trial|opportunity', 'lead, iql, mql, sql, trial or opportunity'),
        (['rep_performance'], 'none|won_amount|win_rate', 'none, won_amount or win_rate'),
        (
            ['published_files_kept', 'retention_days', 'touches_per_week', 'export_retry_days'],
            '[0-9]{1,5}',
            'a whole number of 0 or more'
        ),
        (['evaluation_leads', 'training_leads', 'proposal_leads'], '[1-9][0-9]{0,9}', 'a whole number of 1 or more'),
        (
            ['win_value', 'call_cost', 'calls_per_week', 'deals_of_the_mean', 'export_min_change'],
            '[0-9]{1,12}([.][0-9]+)?',
            'a number of 0 or more'
        ),
        (
            ['naive_bayes_smoothing'],
            '(?=.*[1-9])[0-9]{1,12}([.][0-9]+)?',
            'a number above 0'
        ),
        (['naive_bayes_min_tag_leads'], '[0-9]{1,12}([.][0-9]+)?', 'a number of 0 or more')
    ] -%}
    {%- for names, pattern, words in rules -%}
        {%- for name in names
            if not modules.re.fullmatch(pattern, var(name) | string) or (pattern == 'True|False' and var(name) is string) -%}
            {{ exceptions.raise_compiler_error(name ~ " is '" ~ var(name) ~ "'; it may be " ~ words) }}
        {%- endfor -%}
    {%- endfor -%}
    {#- A month ends before its 31st, or its 30th, as dates count. -#}
    {%- for year, month, day in modules.re.findall('(\\d+)-(\\d+)-(\\d+)', var('as_of') | string) -%}
        {%- set month_begin = modules.datetime.date(year | int, month | int, 1) -%}
        {%- if (month_begin + modules.datetime.timedelta(day | int - 1)).month != month_begin.month -%}
            {{ exceptions.raise_compiler_error("as_of is '" ~ var('as_of') ~ "'; it may be " ~ day_words) }}
        {%- endif -%}
    {%- endfor -%}
    {%- for name in ['cost_types', 'evaluation_days'] if var(name) is string -%}
        {{ exceptions.raise_compiler_error(name ~ " is the text '" ~ var(name) ~ "'; it may be a list: leave out the quotes") }}
    {%- endfor -%}
{%- endmacro %}
