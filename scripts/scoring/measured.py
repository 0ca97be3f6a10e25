"""How good the champion's scores are on the quality day: now's, and those of other seeds."""
# ruff: noqa: S608 (names in SQL are those of `interface`)

import math

import numpy as np
from duckdb import DuckDBPyConnection

from scripts.scoring.champion import champion_at_clock
from scripts.scoring.effect import Quality
from scripts.scoring.rescore import LIVE, Rescoring
from scripts.shared.interface import EVALUATION_DATES, EVALUATION_LEADS, SCORED_DAYS
from scripts.shared.settings import quality_day
from scripts.shared.statistics import measure
from scripts.shared.warehouse import first_row

# The quality is that of the score of this day, as in the lead quality score, of a sample.
SCORED_DAY = quality_day()
MOST_EVALUATED = 100_000

EVALUATED = "int_evaluation_dates"
EVALUATED_SAMPLE = f"""
from {LIVE}.{EVALUATION_DATES}
where scored_day = {SCORED_DAY}
qualify ('0x' || substr(md5('what-if ' || lead_id), 1, 7))::bigint % 10000
    * count(*) over () < 10000 * {MOST_EVALUATED}
"""

# The leads that count, and what became of them; `score` comes from whoever scores them.
COUNTED = f"""
select * from {EVALUATION_LEADS}
where status = 'evaluated' and outcome = 'customer' and scored_day = {SCORED_DAY}
"""
SCORES = "int_evaluation_scores"
CURVE = "threshold_curve"
SCORED = f"""
select leads.*, scores.score_model, scores.score
from ({COUNTED}) as leads
inner join {SCORED_DAYS} as scores
    on leads.lead_id = scores.lead_id
    and leads.score_date = scores.score_date
    and scores.is_measured
where scores.score_model = getvariable('champion')
"""


def sample_share(connection: DuckDBPyConnection) -> tuple[int, int]:
    """Of how many leads that could be evaluated how many are, where the sample is in its place."""
    ((all_leads, sampled),) = connection.sql(
        f"""select
            (select count(*) from {LIVE}.{EVALUATION_DATES} where scored_day = {SCORED_DAY}),
            (select count(*) from {EVALUATION_DATES} where scored_day = {SCORED_DAY})"""
    ).fetchall()
    return sampled, all_leads


def quality(scratch: Rescoring, scored: str, share: tuple[int, int]) -> Quality | None:
    """The quality of the champion at the clock, from the rows of a query; None without any.

    The query gives the rows of `COUNTED` with their score and its model; `share` is that of a
    `sample_share` of all leads.
    """
    connection = scratch.connection
    sampled, all_leads = share
    champion = champion_at_clock(connection)
    connection.execute("set variable champion = ?", [champion])
    scratch.replace(SCORES, scored)
    relation = scratch.nodes[SCORES].relation
    score, leads, won = (
        np.array(values, np.int64)
        for values in first_row(
            connection,
            f"""select list(score order by score), list(leads order by score),
                list(won order by score)
            from (
                select (score * 10000)::bigint as score, count(*) as leads,
                    count(*) filter (is_converted) as won
                from {relation} group by score
            ) having count(*) > 0""",
        )
        or ((), (), ())
    )
    if champion is None or not len(score):
        return None
    found = measure(won, score, leads)
    scratch.remake(CURVE)
    curve = first_row(
        connection,
        f"""select cutoff, precision_rate, leads_per_week * ? / ?
        from {scratch.nodes[CURVE].relation} where region = '(all)' and is_todays_cutoff""",
        [all_leads, sampled],
    )
    auc, auc_low, auc_high, lift = (
        None if math.isnan(value) else value
        for value in (found.auc, found.auc_low, found.auc_high, found.lift)
    )
    cutoff, precision, per_week = curve or (None, None, None)
    return Quality(champion, found.leads, auc, auc_low, auc_high, lift, cutoff, precision, per_week)
