"""Proposes a whole point table out of what became of past leads, where none was written.

What `recommend` does for rules that are there, this does from nothing: it looks for the rules,
among all that was landed. The engine lies in `proposing`; `docs/decisions` say how it was found.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

import numpy as np
from rich.table import Table as RichTable
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from scripts.quality.evaluation import scores_of
from scripts.quality.point_tables import (
    RULE_TABLES,
    Row,
    read_point_model,
    read_rows,
    write_proposal,
)
from scripts.quality.proposing.attributes import attribute_makers, bounds_of
from scripts.quality.proposing.bands import bounds, told
from scripts.quality.proposing.choice import SPAN, Chosen, Pick, best_pick, pointed, stays
from scripts.quality.proposing.events import event_makers
from scripts.quality.proposing.kept import Keep, Kept, read_kept, with_kept
from scripts.quality.proposing.known import Past
from scripts.quality.proposing.leaks import Finding, protected, refused, untrusted
from scripts.quality.proposing.page import Line, Report, measured, write_page
from scripts.quality.proposing.reading import read_past
from scripts.quality.proposing.rivals import Rival, rivals
from scripts.quality.proposing.stalled import stalled_blocks
from scripts.quality.proposing.table import (
    Told,
    frame_rows,
    groups_of,
    persona_rows,
    persona_sum,
    personas,
    rule_rows,
)
from scripts.quality.proposing.words import percent
from scripts.quality.train import predicted
from scripts.scoring.champion import champion
from scripts.seeds.checks.seeds import read_seeds
from scripts.shared import paths
from scripts.shared.errors import UserError
from scripts.shared.settings import project_var, quality_day
from scripts.shared.statistics import Numbers, measure
from scripts.shared.warehouse import reading

MOST_RULES = 30
# A table of few rules has few of each attribute; more tell finer apart.
_FEW_RULES, _FEW_BINS, _BINS = 10, 3, 6
_RESAMPLES = 20
# A fifth of fewer wins, those held out, says little of which of two tables is the better one.
_FEW_WINS = 100
_MODEL = "proposed"
_OF_MODELS = (
    *RULE_TABLES, "score_models", "score_groups", "score_bands", "grade_bounds", "grade_matrix",
    "golden_leads",
)  # fmt: skip
# Of no model: what a proposal asks for, by the column that names it.
_BY_NAME = {"event_measures": "measure", "segments": "segment"}


@dataclass(frozen=True)
class Proposal(Report):
    """A proposed table: its rules, what every lead starts with, and the role that it would have."""

    champion: str
    role: str
    why_role: str
    rules: Sequence[Told]
    start: int
    bands_by: str
    stable: Mapping[str, float]


def propose(
    day: int | None = None,
    outcome: str = "customer",
    most_rules: int = MOST_RULES,
    *,
    keep: Keep | None = None,
    step: Callable[[str], None] = lambda name: None,
) -> Proposal:
    """Find rules and points for the end of `day` (None: the var quality_day), write them as seeds.

    The last fifth of the leads by creation is held out. With `keep` rows of the
    champion stay: those that are locked, or all that no proposal wrote; what they ask for is not
    looked at. The folder lies beside the warehouse and is built with LEADS_SEEDS; the
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
        kept = read_kept(connection, live, past, keep)
        scores = {name: scores_of(connection, name, day, past.leads) for name in _live_models()}
        others = {live.name: scores[live.name][past.taught :]}
        others |= predicted(connection, past.leads, day, outcome)
    step("finding rules")
    past = replace(past, bounds=bounds_of(live.name))
    chosen, picked, findings = search(past, most_rules, protected(), kept.asked)
    if chosen is None or picked is None:
        raise UserError(
            "no proposal: nothing that is known of the leads tells those that convert from others"
        )
    chosen = with_kept(past, chosen, kept)
    refuse_unproven(past, chosen.scores, scores[live.name])
    step("measuring it beside others")
    found, others = rivals(past.without(refused(findings)), chosen.scores[past.taught :], others)
    step("writing the proposal")
    return _proposal(past, chosen, picked, findings, scores, found, others, live.name, kept)


def search(
    past: Past, most_rules: int, protected: Mapping[str, str], asked: Collection[str] = ()
) -> tuple[Chosen | None, Pick | None, list[Finding]]:
    """The rules and points, what they were picked from, and what was not used and why.

    `protected` has the words of names of what must not be scored, each with the reason; `asked` the
    columns and event keys that have rules already.
    """
    with threadpool_limits(1):  # many small products: threads wait for one another
        findings = untrusted(past, protected)
        trusted = past.without(refused(findings).union(asked))
        bins = _FEW_BINS if most_rules <= _FEW_RULES else _BINS
        makers = [*attribute_makers(trusted, trusted.columns), *event_makers(trusted)]
        picked = best_pick(trusted, makers, [*stalled_blocks(trusted)], bins, most_rules)
        return (pointed(trusted, picked) if picked else None), picked, findings


def _live_models() -> list[str]:
    return [row["score_model"] for row in read_rows("score_models") if row["role"] != "off"]


def refuse_unproven(past: Past, scores: Numbers, today: Numbers) -> None:
    """Raises UserError where the score is no better than chance on the leads held out.

    With few wins also where the points of today tell something.
    """
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
    all_wins = int(past.leads.converted.sum())
    if all_wins < _FEW_WINS and _tells(past, today):
        raise UserError(
            f"no proposal: today's points tell leads apart, and {all_wins} wins are too few to "
            f"find a better table ({_FEW_WINS - all_wins} more would do); recommend weighs the "
            "rules that are there"
        )


def _tells(past: Past, score: Numbers) -> bool:
    """Whether a score of all leads tells anything of them."""
    return bool(np.ptp(score) and measure(past.leads.converted, score).auc_low > 0.5)


def _role(past: Past, scores: Mapping[str, Numbers], live: str) -> tuple[str, str, list[str]]:
    """The role of the proposal and why, and the live models that tell nothing."""
    idle = [name for name, of in scores.items() if not _tells(past, of)]
    if live not in idle:
        return "challenger", f"{live} stays the champion until promote says otherwise.", []
    if np.ptp(scores[live]) == 0:
        return "champion", f"All scores of {live} are alike.", idle
    return "champion", f"The points of {live} tell nothing: its AUC may be 0.5.", idle


def _proposal(
    past: Past, chosen: Chosen, picked: Pick, findings: Sequence[Finding],
    scores: Mapping[str, Numbers], found: tuple[Rival, ...], others: Mapping[str, Numbers],
    live: str, kept: Kept,
) -> Proposal:  # fmt: skip
    role, why_role, idle = _role(past, scores, live)
    taught, held = past.taught, past.leads.converted[past.taught :]
    name = _name()
    table = rule_rows(name, past, chosen)
    share = float(project_var("calls_per_week")) / _leads_a_week(past)
    bands = [row for row in read_rows("score_bands")
             if row["score_model"] == live and not row["region"].strip()]  # fmt: skip
    lower, bands_by = bounds(
        chosen.scores[:taught], past.converted, len(bands), min(1.0, share), chosen.most
    )
    said = f"Proposed from {taught:,} leads up to {past.leads.days(0, taught)[1]}, {past.outcome}"
    frame = frame_rows(name, [*groups_of(table.rows), *kept.own_groups], bands, lower, chosen.most,
                       said)  # fmt: skip
    frame["score_models"][0]["role"] = role
    stay = kept.of(name)
    rules = {of: [*table.rows[of], *stay.get(of, [])] for of in RULE_TABLES}
    rows = {**frame, **rules, **{name: table.rows[name] for name in _BY_NAME}}
    if kept.is_plain:
        rows["golden_leads"] = _persona_rows(name, past, chosen, rows)
    folder = paths.warehouse_file().parent / "proposals" / f"table-day-{past.day}-{past.outcome}"
    write_proposal(folder, _seeds(name, rows, idle if role == "champion" else []))
    result = Proposal(
        name, past.day, past.outcome, folder, taught, int(past.converted.sum()),
        past.leads.days(0, taught), past.leads.days(taught, len(past.leads.lead_id)),
        measure(held, chosen.scores[taught:]), found,
        told(frame["score_bands"], chosen.scores[taught:], held), findings,
        live, role, why_role, table.told, chosen.start, bands_by, _stable(past, picked),
    )  # fmt: skip
    write_page(result, past.leads, chosen.scores, others, _lines(result), _said(result))
    return result


def _lines(result: Proposal) -> list[Line]:
    return [
        Line(rule.points, None, rule.reason,
             percent(result.stable[rule.block]) if rule.block in result.stable else "",
             rule.earlier, rule.later)
        for rule in result.rules
    ]  # fmt: skip


def _said(result: Proposal) -> dict[str, list[str]]:
    return {
        "role": [f"It would be {result.role}: {result.why_role}"],
        "rules": [
            f"Every lead starts with {result.start} points. The last column: in how many of "
            f"{_RESAMPLES} resamples of the leads the attribute or event is chosen again."
        ],
        "bands": [f"{result.bands_by[:1].upper()}{result.bands_by[1:]}."],
        "method": [
            "Values of an attribute, or counts of an event, are grouped by what their leads "
            "became. Each gives one number a lead, reckoned without that lead; a logistic "
            "regression keeps those that tell something in company of all others. Points are its "
            f"weights, rounded: {SPAN} points span the leads. Nothing was written by hand; edit "
            "what you know better."
        ],
    }


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


def _seeds(
    name: str, rows: Mapping[str, Sequence[Row]], idle: Sequence[str]
) -> dict[str, list[Row]]:
    """The seeds that differ, with the rows of this model in place of any that it had."""
    seeds = {}
    for seed in (*_OF_MODELS, *_BY_NAME):
        live = read_rows(seed)
        if seed in _BY_NAME:
            name_of = itemgetter(_BY_NAME[seed])
            new = set(map(name_of, rows.get(seed, ())))
            found = [row for row in live if name_of(row) not in new]
        else:
            found = [row for row in live if row["score_model"] != name]
        if seed == "score_models":
            found = [row | _switched_off(row, idle) for row in found]
        if rows.get(seed) or len(found) < len(live):
            seeds[seed] = _completed(seed, [*found, *rows.get(seed, ())])
    return seeds


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
    yield (
        f"{len(result.rules)} rules from {result.taught:,} leads created {result.trained_on[0]} to "
        f"{result.trained_on[1]}, of which {result.wins:,} converted"
    )
    yield from measured(result)
    yield f"{result.score_model} would be {result.role}: {result.why_role}"
    for finding in result.findings:
        yield f"{'refused' if finding.is_refused else 'look at'}: {finding.name} {finding.why}"
