"""The quarterly look at scores and points, as a Markdown page."""
# ruff: noqa: S608 (names of tables are those of `interface`)

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from scripts.quality.point_tables import read_point_model
from scripts.quality.recommend import recommend, summary
from scripts.scoring.champion import champion
from scripts.shared import paths
from scripts.shared.errors import UserError
from scripts.shared.interface import (
    CLOCK,
    EVALUATED_FACTORS,
    EVALUATION_DATES,
    LEAD_PROFILES,
    RULES,
    SCORED_DAYS,
)
from scripts.shared.settings import quality_day
from scripts.shared.statistics import register_functions
from scripts.shared.warehouse import reading

# Population stability index (Siddiqi 2006): stable below 0.1, shifted from 0.25 on. A quarter is
# whole when the quality day of those who came in on its last day is over.
_DRIFT = f"""
with quarters as (
    select max(date_trunc('quarter', created_date)) as quarter
    from {EVALUATION_DATES}, {CLOCK}
    where scored_day = $day
        and date_trunc('quarter', created_date) + interval 3 month + to_days($day - 1)
            <= clock_date
),
leads as (
    select lead_id, date_trunc('quarter', created_date) = quarter as is_new, score_date
    from {EVALUATION_DATES}, quarters
    where scored_day = $day
        and date_trunc('quarter', created_date) in (quarter, quarter - interval 3 month)
),
found as (
    select 'score of day ' || $day as what, floor(score / 10)::varchar as value, is_new
    from leads inner join {SCORED_DAYS} using (lead_id, score_date)
    where score_model = $model
    union all
    select attribute, value, is_new
    from leads
    inner join {LEAD_PROFILES} as profiles
        on leads.lead_id = profiles.lead_id and leads.score_date >= profiles.valid_from_date
        and leads.score_date < profiles.valid_until_date
    cross join lateral (
        values ('channel', channel), ('region', region), ('seniority', seniority),
            ('department_group', department_group), ('industry', industry),
            ('employee_band', employee_band), ('email_domain_kind', email_domain_kind)
    ) as attributes (attribute, value)
),
counted as (
    select what, coalesce(value, '(none)') as value,
        count(*) filter (is_new) as new, count(*) filter (not is_new) as old
    from found group by all
),
totals as (
    select *, sum(new) over (partition by what) as all_new,
        sum(old) over (partition by what) as all_old
    from counted
),
shares as (
    select *, greatest(new / all_new, 0.0001) as new_share,
        greatest(old / all_old, 0.0001) as old_share
    from totals where least(all_new, all_old) > 0
)
select what, any_value(all_old), any_value(all_new),
    round(sum((new_share - old_share) * ln(new_share / old_share)), 3) as psi,
    case when psi < 0.1 then 'stable' when psi < 0.25 then 'moved' else 'shifted' end
from shares group by what order by psi desc, what
"""
# Each lead counts once, by the last that sales said of it. A rejection is measured as a rate is.
_JUDGED = """
with judged as (
    select lead_id, rep_id, verdict = 'rejected' as is_rejected
    from marts.lead_verdicts where is_last
),
overall as (
    select count(*) filter (is_rejected) / nullif(count(*), 0) as share from judged
),
"""
_SHARES = """
rated as (
    select *, conversion_rate(rejected, leads) as rate from counted
)
select name, leads, rejected, round(rejected / leads, 3), round(rate.conversion_rate_low, 3),
    round(rate.conversion_rate_high, 3), round(share, 3),
    case when rate.conversion_rate_low > share then 'more than all'
        when rate.conversion_rate_high < share then 'less than all' else '' end
from rated cross join overall
order by rate.conversion_rate_low desc, name limit 20
"""
_SHARE_COLUMNS = ("judged", "rejected", "share", "from", "to", "share of all", "which is")
_SECTIONS: Sequence[tuple[str, Sequence[str], str]] = (
    (
        "Rules that fired neither on a day that is measured nor today",
        ("rule", "reason"),
        f"""select rule_id, min(reason) from {RULES}
        where score_model = $model and rule_id not in (
            select rule_id from {EVALUATED_FACTORS} where score_model = $model
            union select rule_id from marts.lead_score_factors where score_model = $model
        ) group by rule_id order by rule_id""",
    ),
    (
        "Drift: leads of the last whole quarter against the one before",
        ("what", "leads before", "leads", "population stability index", "verdict"),
        _DRIFT,
    ),
    (
        "The score of day {day} by month of creation, against opportunities",
        ("month", "leads", "converted", "AUC", "from", "to", "lift", "Brier score"),
        """select left(slice_value, 7), leads, conversions, round(auc, 3), round(auc_low, 3),
            round(auc_high, 3), round(top_decile_lift, 2), round(brier_score, 4)
        from marts.score_quality
        where (score_model, scored_day, outcome, slice) = ($model, $day, 'opportunity', 'month')
        order by slice_value""",
    ),
    (
        "Calibration by band, day {day}, against opportunities",
        ("band", "leads", "converted", "share", "expected"),
        """select part_name, leads, conversions, round(conversion_rate, 4),
            round(calibrated_probability, 4)
        from marts.score_calibration
        where (score_model, scored_day, outcome, part) = ($model, $day, 'opportunity', 'band')
        order by part_order""",
    ),
    (
        "Lead quality by month (100: as good as the twelve months before)",
        ("month", "leads", "lead quality score", "customers it rests on"),
        """select strftime(quality_month, '%Y-%m'), sum(leads),
            round(100 * sum(expected_customers) / nullif(sum(base_customers), 0), 1),
            max(base_conversions)
        from marts.lead_quality group by quality_month order by quality_month""",
    ),
    (
        "Leads that sales rejected, by reason",
        ("reason", "rejected"),
        """select reason, count(*) from marts.lead_verdicts
        where is_last and verdict = 'rejected' group by reason order by 2 desc, 1""",
    ),
    (
        "Who rejected leads, against all that were judged",
        ("rep", *_SHARE_COLUMNS),
        f"""{_JUDGED} counted as (
            select rep_id as name, count(*) as leads, count(*) filter (is_rejected) as rejected
            from judged group by rep_id
        ), {_SHARES}""",
    ),
    (
        "Rules whose leads sales rejected, today, against all that were judged",
        ("rule", *_SHARE_COLUMNS),
        f"""{_JUDGED} counted as (
            select rule_id as name, count(*) as leads, count(*) filter (is_rejected) as rejected
            from judged inner join marts.lead_score_factors using (lead_id)
            where score_model = $model and points > 0 and rule_id in (
                select rule_id from {RULES} where score_model = $model
            ) group by rule_id
        ), {_SHARES}""",
    ),
)


def review(score_model: str | None = None) -> Path:
    """Write the review of a model (the champion where None) beside the warehouse; its file.

    Sections: rules that did not fire, drift, AUC and calibration by month and band, lead quality,
    sales' rejections by reason, rep and rule, and what `recommend` would change. No lead is named.
    Raises UserError for a model that is none, and where the seeds are faulty.
    """
    day = quality_day()
    with reading() as connection:
        name = read_point_model(score_model or champion(connection)).name
        ((clock,),) = connection.sql("select clock_date from marts.run_info").fetchall()
        register_functions(connection)
        lines = [f"# Review of {name}, {clock}", ""]
        for title, columns, query in _SECTIONS:
            lines += [f"## {title.format(day=day)}", ""]
            lines += [*_table(connection, query, columns, {"model": name, "day": day}), ""]
    lines += ["## What other points would bring", "", *_recommendation(name)]
    file = paths.warehouse_file().parent / "reviews" / f"{name}-{clock}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def _table(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    columns: Sequence[str],
    parameters: dict[str, object],
) -> Iterator[str]:
    asked = {name: value for name, value in parameters.items() if f"${name}" in query}
    rows = connection.execute(query, asked).fetchall()
    if not rows:
        yield "None."
        return
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join('' if cell is None else _cell(cell) for cell in row)} |"


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def _recommendation(model: str) -> Iterator[str]:
    try:
        result = recommend(model, outcome="opportunity")
    except UserError as error:
        yield f"Not available: {error}."
        return
    yield from (f"- {line}" for line in summary(result))
    yield ""
    yield "| rule | leads | points | proposed |"
    yield "|---|---|---|---|"
    for change in result.changes:
        if change.points != change.proposed:
            cells = (change.rule, f"{change.leads}", f"{change.points:g}", f"{change.proposed:g}")
            yield f"| {' | '.join(_cell(cell) for cell in cells)} |"
