"""Proposes points: a regularised logistic regression on the units with which rules fired.

The fit starts from today's points and departs from them as far as the data say: today's score is
one term of the regression, and each rule that is not locked has a term of its own that is held
near 0. A rule's new points are today's plus its term, over the weight of today's score. So a rule
that hardly ever fired keeps its points, and all points stay on the analyst's scale.

As points count on every day of a lead, the other days on which leads were scored, and the other
outcome, teach it too, unless what was asked for is foretold better without them.
"""
# ruff: noqa: S608 (names of tables are those of `interface`)

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
from rich.table import Table
from scipy.sparse import csr_matrix, diags, hstack, vstack
from sklearn.model_selection import TimeSeriesSplit
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from scripts.quality.evaluation import Leads, looks_known_afterwards
from scripts.quality.point_tables import (
    RULE_TABLES,
    PointModel,
    Row,
    fired_units,
    read_point_model,
    read_rows,
    write_proposal,
)
from scripts.quality.proposing.bands import told
from scripts.quality.proposing.leaks import protected, refused, untrusted
from scripts.quality.proposing.logistic import Regression, logistic
from scripts.quality.proposing.page import Line, Report, measured, write_page
from scripts.quality.proposing.reading import read_past
from scripts.quality.proposing.rivals import rivals
from scripts.quality.train import predicted
from scripts.scoring.champion import champion
from scripts.shared import paths
from scripts.shared.errors import UserError
from scripts.shared.interface import (
    DAYS_TO_SCORE,
    EVALUATION_LEADS,
    FACTORS,
    GOLDEN_ATTRIBUTES,
    GOLDEN_LEADS,
    REGION_BANDS,
    RULES,
)
from scripts.shared.settings import project_var, quality_day
from scripts.shared.statistics import Flags, Numbers, measure
from scripts.shared.text import without_idle_zeros
from scripts.shared.warehouse import reading

# How far terms may go, from close to today's points to freely; the training part chooses.
_PENALTIES = tuple(1000 / 10 ** (step / 2) for step in range(9))
_FREE = 1e-3
# Where today's score tells nothing, the new one shall lie within three standard deviations.
_SPREAD = 6
_DEFAULT_RANGE = 100.0
# Where limits of groups or of the score cut off what tells leads apart, smaller points do better.
_SCALES = (1.0, 0.8, 1.25, 0.65, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1, 0.07, 0.05)
_SCALE_TOLERANCE = 0.001
_REFUSED = "refused"

_OTHER_LESSONS = f"""
select scored_day, outcome, lead_id, created_date, is_converted
from {EVALUATION_LEADS}
where status = 'evaluated' and created_date < $before and (scored_day, outcome) <> ($day, $outcome)
qualify dense_rank() over (order by created_date desc, lead_id) <= $leads
order by created_date, lead_id, scored_day, outcome
"""


@dataclass(frozen=True)
class Lesson:
    """Leads as they were at the end of a day after creation, and whether each got to an outcome.

    All have one entry or row a lead, in the order of creation; `units` are leads × rules.
    """

    created_date: npt.NDArray[np.datetime64]
    converted: Flags
    units: csr_matrix


@dataclass(frozen=True)
class PointChange:
    """A rule, with how many leads of the training part it fired for, and its points."""

    rule: str
    reason: str
    leads: int
    points: float
    proposed: float
    note: str


@dataclass(frozen=True)
class Recommendation(Report):
    """A proposal of points for the rules of a model, and the personas whose band they change."""

    changes: tuple[PointChange, ...]
    personas: tuple[str, ...]


def recommend(
    score_model: str | None = None, day: int | None = None, outcome: str = "customer"
) -> Recommendation:
    """Fit points for a model (the champion where None) and write them as a proposal.

    Leads are as they were scored at the end of `day` after their creation (None: the var
    quality_day); `outcome` is what they should tell. The last fifth by creation is held out. The
    proposal is a folder of seeds beside the warehouse, to be looked at and then built with
    LEADS_SEEDS; the live seeds stay. Raises UserError below 40 leads that converted or 40 that did
    not, in either part where it has none, and where the warehouse was not built with today's seeds.
    """
    day = quality_day() if day is None else day
    with reading() as connection:
        model = read_point_model(score_model or champion(connection))
        past = read_past(connection, day, outcome)
        leads = past.leads
        units = fired_units(connection, model, leads.lead_id, day)
        lessons = _other_lessons(connection, model, leads, day, outcome)
        points, notes = fit_points(model, leads, units, lessons)
        persona_bands = _persona_bands(connection, model, points)
        predictor = predicted(connection, leads, day, outcome)
    folder = paths.warehouse_file().parent / "proposals" / f"{model.name}-day-{day}-{outcome}"
    personas = _write(folder, model, points, persona_bands)
    split, end = leads.first_held_out, len(leads.converted)
    held = leads.converted[split:]
    today, scores = (model.scores(units, given) for given in (model.points, points))
    with threadpool_limits(1):
        findings = untrusted(past, protected())
    others = {model.name: today[split:], **predictor}
    found, others = rivals(past.without(refused(findings)), scores[split:], others)
    bands = [row for row in read_rows("score_bands")
             if row["score_model"] == model.name and not row["region"].strip()]  # fmt: skip
    fired = np.diff(units[:split].tocsc().indptr)
    result = Recommendation(
        model.name, day, outcome, folder, split, int(leads.converted[:split].sum()),
        leads.days(0, split), leads.days(split, end), measure(held, scores[split:]), found,
        told(bands, scores[split:], held), (),
        tuple(
            PointChange(rule.name, rule.reason, int(leads_with), rule.points, float(new), note)
            for rule, leads_with, new, note in zip(model.rules, fired, points, notes, strict=True)
        ),
        personas,
    )  # fmt: skip
    later = np.diff(units[split:].tocsc().indptr) / (end - split)
    shares = zip(fired / split, later, strict=True)
    lines = [
        Line(change.proposed, change.points, f"{change.reason} (`{change.rule}`)", change.note,
             float(before), float(after))
        for change, (before, after) in zip(result.changes, shares, strict=True)
    ]  # fmt: skip
    write_page(result, leads, scores, others, lines, _said(result))
    return result


def _said(result: Recommendation) -> dict[str, list[str]]:
    return {
        "role": [f"The rules of {result.score_model} with other points; nothing else is changed."],
        "rules": ["The last column says why a rule's points were left alone."],
        "bands": ["The bounds are today's.", *(f"- persona {of}" for of in result.personas)],
        "method": [
            "A logistic regression on how often each rule fired, which starts from today's points "
            "and departs from them as far as the data say. Points of locked rules stay."
        ],
    }


def _other_lessons(
    connection: duckdb.DuckDBPyConnection, model: PointModel, leads: Leads, day: int, outcome: str
) -> list[Lesson]:
    """What other days and the other outcome teach of the last leads before those held out.

    They are as many as the var `training_leads`.
    """
    found = connection.execute(
        _OTHER_LESSONS,
        {
            "before": leads.created_date[leads.first_held_out],
            "day": day,
            "outcome": outcome,
            "leads": project_var("training_leads"),
        },
    ).df()
    return [
        Lesson(
            rows["created_date"].to_numpy(),
            rows["is_converted"].to_numpy(dtype=bool),
            fired_units(
                connection, model, rows["lead_id"].to_numpy(), int(rows["scored_day"].iloc[0])
            ),
        )
        for _, rows in found.groupby(["scored_day", "outcome"])
    ]


def fit_points(
    model: PointModel, leads: Leads, units: csr_matrix, others: Sequence[Lesson] = ()
) -> tuple[Numbers, tuple[str, ...]]:
    """New points of each rule of the model, and why a rule was left alone ('' where it was not).

    Where no new points rank the leads better than today's do, today's.

    Looks at the training part only: `units` are leads × rules, in the order of creation. `others`
    are of leads created before those held out.
    """
    split = leads.first_held_out
    converted, trained = leads.converted[:split], units[:split]
    for part, flags in (("earlier", converted), ("held out", leads.converted[split:])):
        wins = int(flags.sum())
        if min(wins, len(flags) - wins) < 2:
            raise UserError(
                f"of {len(flags)} leads of the part that is {part} {wins} converted; "
                "it takes two of each"
            )
    notes = tuple(_notes(model, trained, converted))
    free = [n for n, note in enumerate(notes) if not note]
    own = Lesson(leads.created_date[:split], converted, trained)
    lessons = [_trusted(model, lesson) for lesson in (own, *others)]
    today = [model.scores(lesson.units, model.points) for lesson in lessons]
    weight, terms = _fit(lessons, today, free)
    if weight > 0:
        exact = model.points[free] + terms / weight
    else:
        # Today's score says nothing, or the contrary: the scale follows from the range alone.
        exact = terms * _points_per_log_odds(model, trained[:, free] @ terms)
    candidates = [_whole_points(model, free, scale * exact) for scale in _SCALES]
    *areas, area_today = (
        measure(converted, model.scores(lessons[0].units, points)).auc
        for points in (*candidates, model.points)
    )
    if max(areas) <= area_today:
        return model.points, notes
    best = next(n for n, area in enumerate(areas) if area >= max(areas) - _SCALE_TOLERANCE)
    return candidates[best], notes


def _whole_points(model: PointModel, free: list[int], exact: Numbers) -> Numbers:
    """The points of all rules, those that are free rounded half away from zero."""
    points = model.points
    # What is added makes 0 of -0.
    points[free] = np.sign(exact) * np.floor(np.abs(exact) + 0.5) + 0.0
    for n in free:
        if model.rules[n].decays:
            points[n] = max(0.0, points[n])
    return points


def _notes(model: PointModel, units: csr_matrix, converted: Flags) -> Iterator[str]:
    """Why a rule's points stay as they are, '' where they need not."""
    columns = units.tocsc()
    for n, rule in enumerate(model.rules):
        won = converted[columns.indices[slice(*columns.indptr[n : n + 2])]]
        if rule.is_locked:
            yield "locked"
        elif len(won) == 0:
            yield "never fired"
        elif looks_known_afterwards(won, converted):
            yield f"{_REFUSED}: nearly all leads with it converted, as if known only afterwards"
        else:
            yield ""


def _trusted(model: PointModel, lesson: Lesson) -> Lesson:
    """The lesson as if the rules that it refuses gave nothing."""
    notes = _notes(model, lesson.units, lesson.converted)
    kept = np.array([not note.startswith(_REFUSED) for note in notes], dtype=float)
    return replace(lesson, units=lesson.units @ diags(kept))


def _fit(
    lessons: Sequence[Lesson], scores: Sequence[Numbers], free: list[int]
) -> tuple[float, Numbers]:
    """The weight of today's score in log odds a point, each free rule's term in log odds a unit.

    The penalty on the terms is the one with which earlier leads foretell later ones of the first
    lesson best. The other lessons are left out where that is better by more than a standard error.
    """
    own = len(scores[0])
    lesson = np.repeat(np.arange(len(lessons)), [len(score) for score in scores])
    created = np.concatenate([part.created_date for part in lessons])
    converted = np.concatenate([part.converted for part in lessons])
    spread = float(scores[0].std())
    today = (np.concatenate(scores) - scores[0].mean()) / (spread or np.inf)
    # Today's score, and how often a lesson's leads convert, are all but free of the penalty.
    given = np.column_stack([today, lesson[:, np.newaxis] == range(1, len(lessons))])
    units = vstack([part.units[:, free] for part in lessons])
    features = hstack([csr_matrix(given), units], format="csr")

    def fitted(penalty: float, taught: Flags) -> Regression:
        ridge = np.repeat([_FREE, penalty], [len(lessons), len(free)])
        return logistic(features[taught].toarray(), converted[taught], ridge)

    def foretold(taught: Flags) -> tuple[Numbers, float]:
        """The log loss of later leads of the first lesson, with the best penalty; this penalty."""
        trials = []
        for penalty in _PENALTIES:
            losses = [np.zeros(1)]
            for earlier, later in TimeSeriesSplit(4).split(features[:own]):
                if 0 < converted[earlier].sum() < len(earlier):
                    known = taught & (created < created[later[0]])
                    known[:own] = False
                    known[earlier] = True
                    odds = fitted(penalty, known).odds(features[later].toarray())
                    losses.append(np.logaddexp(0, np.where(converted[later], -odds, odds)))
            trials.append((np.concatenate(losses), penalty))
        return min(trials, key=lambda trial: float(trial[0].sum()))

    taught = lesson == 0
    losses, penalty = foretold(taught)
    if len(lessons) > 1:
        losses_of_all, penalty_of_all = foretold(lesson >= 0)
        worse = losses_of_all - losses
        if worse.mean() <= worse.std() / np.sqrt(len(worse)):
            taught, penalty = lesson >= 0, penalty_of_all
    weights = fitted(penalty, taught).slopes
    return (weights[0] / spread if spread else 0.0), weights[len(lessons) :]


def _points_per_log_odds(model: PointModel, log_odds: Numbers) -> float:
    width = model.max_score - model.min_score
    return (width if np.isfinite(width) else _DEFAULT_RANGE) / _SPREAD / float(log_odds.std() or 1)


def _persona_bands(
    connection: duckdb.DuckDBPyConnection, model: PointModel, points: Numbers
) -> dict[str, str]:
    """The band of each of the model's personas with the new points."""
    personas = connection.execute(
        f"""select distinct lead_id, persona, lead_region from {GOLDEN_LEADS}
        inner join {GOLDEN_ATTRIBUTES} using (lead_id)
        where score_model = ? order by all""",
        [model.name],
    ).fetchall()
    if not personas:
        return {}
    units = fired_units(connection, model, np.array([row[0] for row in personas]), None)
    disqualified = {
        persona
        for (persona,) in connection.execute(
            f"""select lead_id from {FACTORS}
            inner join {DAYS_TO_SCORE} using (observation_id)
            inner join {RULES} as rules using (rule_number)
            where rules.score_model = ? and effect = 'disqualify'""",
            [model.name],
        ).fetchall()
    }
    bounds = connection.execute(
        f"""select lead_region, band, coalesce(lower_bound::double, '-inf'::double)
        from {REGION_BANDS} where score_model = ? order by 3""",
        [model.name],
    ).fetchall()
    bands = {}
    for (lead_id, persona, region), score in zip(
        personas, model.scores(units, points), strict=True
    ):
        reached = [band for place, band, bound in bounds if place == region and bound <= score]
        bands[persona] = "disqualified" if lead_id in disqualified else reached[-1]
    return bands


def _write(
    folder: Path, model: PointModel, points: Numbers, bands: dict[str, str]
) -> tuple[str, ...]:
    """The point tables with the new points; the personas whose expected band they change."""
    proposed = {
        (rule.table, rule.rule_id, rule.region): without_idle_zeros(f"{value:.4f}")
        for rule, value in zip(model.rules, points, strict=True)
        if value != rule.points
    }
    seeds = {table: read_rows(table) for table in RULE_TABLES}
    for table, rows in seeds.items():
        for row in rows:
            key = (table, row["rule_id"].strip(), row["region"].strip())
            if row["score_model"] == model.name and key in proposed:
                row["points"] = proposed[key]
    personas = read_rows("golden_leads")
    moved = sorted({_moved(row, bands[row["persona"]]) for row in personas if _moves(row, bands)})
    for row in personas:
        if _moves(row, bands):
            row["expected_band"] = bands[row["persona"]]
    if moved:
        seeds["golden_leads"] = personas
    write_proposal(folder, seeds)
    return tuple(moved)


def _moves(row: Row, bands: dict[str, str]) -> bool:
    return bands.get(row["persona"], row["expected_band"]) != row["expected_band"]


def _moved(row: Row, band: str) -> str:
    return f"{row['persona']} would be {band}, was to be {row['expected_band']}"


def render(result: Recommendation) -> Table:
    """The rules whose points would change, and the measures on the leads held out."""
    table = Table(
        title=f"Points of {result.score_model} for {result.outcome} from day {result.day}",
        title_justify="left",
    )
    table.add_column("rule", no_wrap=True)
    for name in ("leads", "points", "proposed"):
        table.add_column(name, justify="right")
    table.add_column("why, in words about the lead, or why not")
    for change in result.changes:
        if change.points != change.proposed or change.note.startswith(_REFUSED):
            table.add_row(
                change.rule, f"{change.leads:,}", f"{change.points:g}", f"{change.proposed:g}",
                change.note or change.reason,
            )  # fmt: skip
    return table


def summary(result: Recommendation) -> Iterator[str]:
    """What the proposal is expected to change, a line each."""
    yield from measured(result)
    yield from (f"persona {persona}" for persona in result.personas)
