"""Proposes a whole point table out of what became of past leads, where none was written.

What `recommend` does for rules that are there, this does from nothing: it looks for the rules,
among all that was landed. The engine lies in `proposing`; `docs/decisions` say how it was found.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
from rich.table import Table as RichTable
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from scripts.quality.evaluation import scores_of
from scripts.quality.point_tables import (
    RULE_TABLES,
    PointModel,
    Row,
    fired_units,
    read_point_model,
    read_rows,
    write_rows,
)
from scripts.quality.proposing.attributes import attribute_makers
from scripts.quality.proposing.bands import bounds
from scripts.quality.proposing.choice import SPAN, Chosen, Pick, best_pick, pointed, stays
from scripts.quality.proposing.events import event_makers
from scripts.quality.proposing.known import Past
from scripts.quality.proposing.leaks import (
    Finding,
    events_afterwards,
    filled_afterwards,
    refused_by_name,
)
from scripts.quality.proposing.page import page
from scripts.quality.proposing.reading import read_past
from scripts.quality.proposing.table import (
    Told,
    frame_rows,
    persona_rows,
    persona_sum,
    personas,
    rule_rows,
)
from scripts.scoring.champion import champion
from scripts.seeds.check_seeds import check_seeds, seed_files
from scripts.seeds.checks.seeds import read_seeds
from scripts.seeds.overlay import SEEDS, overlay
from scripts.shared import paths
from scripts.shared.errors import UserError
from scripts.shared.settings import project_var, quality_day
from scripts.shared.statistics import Change, Measures, Numbers, compare, measure
from scripts.shared.warehouse import reading

MOST_RULES = 30
# A table of few rules has few of each attribute; more tell finer apart.
_FEW_RULES, _FEW_BINS, _BINS = 10, 3, 6
_RESAMPLES = 20
_MODEL = "proposed"
_OF_MODELS = (
    *RULE_TABLES, "score_models", "score_groups", "score_bands", "grade_bounds", "grade_matrix",
    "golden_leads",
)  # fmt: skip


@dataclass(frozen=True)
class Proposal:
    """A proposed table, where it lies, what it rests on, and how it does on the leads held out.

    `before` measures the live champion on the same leads, None where it has no scores; `bands` are
    name, lower bound, share of the leads held out and how these convert.
    """

    score_model: str
    champion: str
    role: str
    why_role: str
    day: int
    outcome: str
    folder: Path
    rules: Sequence[Told]
    start: int
    span: int
    taught: int
    wins: int
    trained_on: tuple[date, date]
    held_out: tuple[date, date]
    after: Measures
    before: Measures
    change: Change
    bands: Sequence[tuple[str, str, float, float]]
    bands_by: str
    findings: Sequence[Finding]
    stable: Mapping[str, float]
    resamples: int


def propose(
    day: int | None = None,
    outcome: str = "customer",
    most_rules: int = MOST_RULES,
    *,
    keep: bool = False,
    step: Callable[[str], None] = lambda name: None,
) -> Proposal:
    """Find rules and points for the end of `day` (None: the var quality_day), write them as seeds.

    The last fifth of the leads by creation is held out. With `keep` the rows of the champion that
    a person locked stay. The folder lies beside the warehouse and is built with LEADS_SEEDS; the
    live seeds stay. Raises UserError where there is too little history, where nothing tells leads
    apart, and where that does not hold for the leads held out.
    """
    day = quality_day() if day is None else day
    if most_rules < 1:
        raise UserError(f"--rules {most_rules}: a table has one rule at least")
    with reading() as connection:
        live = read_point_model(champion(connection))
        step("reading what was known of each lead")
        past = read_past(connection, day, outcome)
        kept = _kept_points(connection, live, past) if keep else None
        scores = {name: scores_of(connection, name, day, past.leads) for name in _live_models()}
    step("finding rules")
    chosen, picked, findings = search(past, most_rules, _protected())
    if chosen is None or picked is None:
        raise UserError(
            "no proposal: nothing that is known of the leads tells those that convert from others"
        )
    if kept is not None:
        chosen = replace(chosen, scores=_shifted(chosen, kept))
    refuse_unproven(past, chosen.scores)
    step("writing the proposal")
    return _proposal(past, chosen, picked, findings, scores, live.name, outcome, keep)


def search(
    past: Past, most_rules: int, protected: Mapping[str, str]
) -> tuple[Chosen | None, Pick | None, list[Finding]]:
    """The rules and points, what they were picked from, and what was not used and why.

    `protected` has the words of names of what must not be scored, each with the reason.
    """
    findings = refused_by_name(past.columns, protected, past)
    named = {finding.name for finding in findings}
    columns = [column for column in past.columns if column.name not in named]
    with threadpool_limits(1):
        findings += filled_afterwards(past, columns)
    findings += events_afterwards(past, past.events)
    refused = {finding.name for finding in findings if finding.is_refused}
    trusted = replace(
        past,
        columns=[column for column in columns if column.name not in refused],
        events={key: days for key, days in past.events.items() if key not in refused},
    )
    bins = _FEW_BINS if most_rules <= _FEW_RULES else _BINS
    with threadpool_limits(1):  # many small products: threads wait for one another
        makers = [*attribute_makers(trusted, trusted.columns), *event_makers(trusted)]
        picked = best_pick(trusted, makers, bins, most_rules)
        return (pointed(trusted, picked) if picked else None), picked, findings


def _protected() -> dict[str, str]:
    return {row["attribute_words"]: row["reason"] for row in read_rows("protected_attributes")}


def _live_models() -> list[str]:
    return [row["score_model"] for row in read_rows("score_models") if row["role"] != "off"]


def _kept_points(connection: duckdb.DuckDBPyConnection, live: PointModel, past: Past) -> Numbers:
    """What the locked rules of the live model give each lead."""
    found = fired_units(connection, live, past.leads.lead_id, past.day)
    locked = np.array([rule.is_locked for rule in live.rules], dtype=float)
    given: Numbers = found @ (locked * live.points)
    return given


def _shifted(chosen: Chosen, kept: Numbers) -> Numbers:
    scores: Numbers = np.clip(chosen.units @ chosen.points + chosen.start + kept, 0, SPAN)
    return scores


def refuse_unproven(past: Past, scores: Numbers) -> None:
    """Raises UserError where the score is no better than chance on the leads held out."""
    held, own = past.leads.converted[past.taught :], scores[past.taught :]
    wins = int(held.sum())
    if min(wins, len(held) - wins) < 2:
        raise UserError(
            f"no proposal: of {len(held):,} leads held out {wins} converted; it takes two of each"
        )
    found = measure(held, own)
    if found.auc_low <= 0.5:
        raise UserError(
            f"no proposal: on the {len(held):,} leads held out, of which {wins:,} converted, its "
            f"AUC is {found.auc:.3f} ({found.auc_low:.3f} to {found.auc_high:.3f}), which may be "
            "chance; more wins would tell"
        )


def _role(past: Past, scores: Mapping[str, Numbers], live: str) -> tuple[str, str, list[str]]:
    """The role of the proposal and why, and the live models that tell nothing."""
    idle = []
    for name, of in scores.items():
        if np.ptp(of) == 0 or not measure(past.leads.converted, of).auc_low > 0.5:
            idle.append(name)
    if live not in idle:
        return "challenger", f"{live} stays the champion until promote says otherwise.", []
    if np.ptp(scores[live]) == 0:
        return "champion", f"All scores of {live} are alike.", idle
    return "champion", f"The points of {live} tell nothing: its AUC may be 0.5.", idle


def _proposal(
    past: Past, chosen: Chosen, picked: Pick, findings: Sequence[Finding],
    scores: Mapping[str, Numbers], live: str, outcome: str, keep: bool,
) -> Proposal:  # fmt: skip
    role, why_role, idle = _role(past, scores, live)
    taught, held = past.taught, past.leads.converted[past.taught :]
    name = _name()
    table = rule_rows(name, past, chosen, outcome)
    share = float(project_var("calls_per_week")) / _leads_a_week(past)
    bands = [row for row in read_rows("score_bands")
             if row["score_model"] == live and not row["region"].strip()]  # fmt: skip
    lower, bands_by = bounds(chosen.scores[:taught], past.converted, len(bands), min(1.0, share))
    said = f"Proposed from {taught:,} leads up to {past.leads.days(0, taught)[1]}, {outcome}"
    frame = frame_rows(name, dict.fromkeys([*(row["score_group"] for of in RULE_TABLES
                       for row in table.rows[of]), *_kept_groups(live, keep)]),
                       bands, lower, said)  # fmt: skip
    frame["score_models"][0]["role"] = role
    rows = {**frame, **table.rows}
    for of, kept in _locked_rows(name, live).items() if keep else ():
        rows[of] = [*rows.get(of, []), *kept]
    rows["golden_leads"] = _persona_rows(name, past, chosen, rows)
    folder = paths.warehouse_file().parent / "proposals" / f"table-day-{past.day}-{outcome}"
    _write(folder, name, rows, idle if role == "champion" else [])
    result = Proposal(
        name, live, role, why_role, past.day, outcome, folder, table.told, chosen.start, SPAN,
        taught, int(past.converted.sum()), past.leads.days(0, taught),
        past.leads.days(taught, len(past.leads.lead_id)),
        measure(held, chosen.scores[taught:]), measure(held, scores[live][taught:]),
        compare(held, chosen.scores[taught:], scores[live][taught:]),
        _told_bands(frame["score_bands"], chosen.scores[taught:], held), bands_by, findings,
        _stable(past, picked), _RESAMPLES,
    )  # fmt: skip
    (folder / "proposal.md").write_text(page(result), "utf-8")
    (folder / "proposal.json").write_text(
        json.dumps(asdict(result) | {"folder": folder.name}, default=str, indent=2) + "\n", "utf-8"
    )
    return result


def _stable(past: Past, picked: Pick) -> dict[str, float]:
    with threadpool_limits(1):
        return stays(past, picked, _RESAMPLES)


def _name() -> str:
    """A name that no champion has; that of an earlier proposal that never was one is taken over."""
    champions = {row["score_model"] for row in read_rows("score_models")
                 if row["role"] == "champion"}  # fmt: skip
    number, name = 1, _MODEL
    while name in champions:
        number += 1
        name = f"{_MODEL}_{number}"
    return name


def _leads_a_week(past: Past) -> float:
    """Leads that came in a week, of those created in the last quarter of a year that counts."""
    created = past.leads.created_date.astype("datetime64[D]")
    recent = created > created[-1] - np.timedelta64(91, "D")
    days = int((created[-1] - created[recent][0]) / np.timedelta64(1, "D")) + 1
    return float(recent.sum()) * 7 / days


def _kept_groups(live: str, keep: bool) -> list[str]:
    kept = _locked_rows("", live) if keep else {}
    return [row["score_group"] for rows in kept.values() for row in rows]


def _locked_rows(name: str, live: str) -> dict[str, list[Row]]:
    """The live model's rows that a person locked, for the model of this name."""
    return {
        table: [
            row | {"score_model": name, "rule_id": f"kept_{row['rule_id'].strip()}"}
            for row in read_rows(table)
            if row["score_model"] == live and row["locked"].strip() == "yes"
        ]
        for table in RULE_TABLES
    }


def _persona_rows(
    name: str, past: Past, chosen: Chosen, rows: Mapping[str, Sequence[Row]]
) -> list[Row]:
    engagements = {row["event_key"] for row in read_rows("event_keys")
                   if row["is_engagement"].strip() == "yes"}  # fmt: skip
    bands = [(row["lower_bound"], row["band"]) for row in rows["score_bands"]]
    found = []
    for persona in personas(past, chosen):
        score, is_disqualified = persona_sum(persona, rows, engagements)
        reached = [band for bound, band in bands if not bound or int(bound) <= score]
        band = "disqualified" if is_disqualified else reached[-1]
        said = f"{persona.name.replace('_', ' ').capitalize()}: {score.normalize():f} points"
        found += persona_rows(name, persona, band, said)
    return found


def _told_bands(
    rows: Sequence[Row], scores: Numbers, converted: np.ndarray
) -> list[tuple[str, str, float, float]]:
    lower = [int(row["lower_bound"]) if row["lower_bound"] else -1 for row in rows]
    found = []
    for row, low, high in zip(rows, lower, [*lower[1:], SPAN + 1], strict=True):
        inside = (scores >= low) & (scores < high)
        rate = float(converted[inside].mean()) if inside.any() else 0.0
        found.append((row["band"], row["lower_bound"], float(inside.mean()), rate))
    return found[::-1]


def _write(folder: Path, name: str, rows: Mapping[str, Sequence[Row]], idle: Sequence[str]) -> None:
    """The seeds that differ, with the rows of this model in place of any that it had."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.csv"):
        file.unlink()
    base = overlay()
    others = {seed: file.read_bytes() for seed, file in seed_files(base).items()} if base else {}
    for seed, content in others.items():
        (folder / f"{seed}.csv").write_bytes(content)
    for seed in (*_OF_MODELS, "event_measures"):
        found = read_rows(seed)
        if seed == "event_measures":
            new = {row["measure"] for row in rows.get(seed, ())}
            found = [row for row in found if row["measure"] not in new]
        else:
            found = [row for row in found if row["score_model"] != name]
        if seed == "score_models":
            found = [row | _switched_off(row, idle) for row in found]
        if rows.get(seed) or len(found) < len(read_rows(seed)):
            write_rows(seed, _completed(seed, [*found, *rows.get(seed, ())]), folder)
    check_seeds(SEEDS, folder).raise_for_errors()


def _switched_off(row: Row, idle: Sequence[str]) -> Row:
    return {"role": "off", "traffic_share": ""} if row["score_model"] in idle else {}


def _completed(seed: str, rows: Sequence[Row]) -> list[Row]:
    """Rows with a cell for each column of the seed, and no other."""
    columns = read_seeds()[seed].columns
    return [{column: row.get(column, "") for column in columns} for row in rows]


def render(result: Proposal) -> RichTable:
    """The rules with their points and reasons, those that give most first."""
    table = RichTable(
        title=f"Proposed points for {result.outcome} from day {result.day}", title_justify="left"
    )
    table.add_column("points", justify="right")
    table.add_column("reason")
    table.add_row(str(result.start), "Every lead starts here")
    for rule in sorted(result.rules, key=lambda rule: (-rule.points, rule.rule_id)):
        table.add_row(f"{rule.points:+d}", rule.reason)
    return table


def summary(result: Proposal) -> Iterator[str]:
    """What was found, a line each."""
    after, before = result.after, result.before
    yield (
        f"{len(result.rules)} rules from {result.taught:,} leads created {result.trained_on[0]} to "
        f"{result.trained_on[1]}, of which {result.wins:,} converted"
    )
    yield (
        f"on {after.leads:,} later leads, of which {after.conversions:,} converted: AUC "
        f"{after.auc:.3f} ({after.auc_low:.3f} to {after.auc_high:.3f}), lift {after.lift:.2f}; "
        f"{result.champion} has {before.auc:.3f}"
    )
    yield f"{result.score_model} would be {result.role}: {result.why_role}"
    for finding in result.findings:
        yield f"{'refused' if finding.is_refused else 'look at'}: {finding.name} {finding.why}"
