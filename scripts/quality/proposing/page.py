"""The page of a proposal, in Markdown, with its charts: the points, how they were found, how good.

One page for both that propose: `propose`, which finds rules, and `recommend`, which weighs those
that are there.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from scripts.quality.evaluation import Leads
from scripts.quality.proposing.bands import Band
from scripts.quality.proposing.charts import drawn
from scripts.quality.proposing.leaks import Finding
from scripts.quality.proposing.rivals import Rival
from scripts.quality.proposing.words import percent
from scripts.shared.statistics import Change, Measures, Numbers

CHARTS = "proposal.svg"
# A rule that so many more or fewer of the later leads have is told.
_SHIFTED = 0.10


@dataclass(frozen=True)
class Line:
    """A rule on the page: its points, those of today where it has any, and why.

    `note` is what else is to be said of it; `earlier` and `later` are the shares of leads with the
    rule, of those that teach and of those held out.
    """

    points: float
    today: float | None
    reason: str
    note: str
    earlier: float
    later: float


@dataclass(frozen=True)
class Report:
    """What a proposal rests on, and how it does on the leads held out.

    `rivals` are what it is held against there, today's points first.
    """

    score_model: str
    day: int
    outcome: str
    folder: Path
    taught: int
    wins: int
    trained_on: tuple[date, date]
    held_out: tuple[date, date]
    after: Measures
    rivals: tuple[Rival, ...]
    bands: Sequence[Band]
    findings: Sequence[Finding]

    @property
    def before(self) -> Measures:
        """How today's points do on the leads held out."""
        return self.rivals[0].measures

    @property
    def change(self) -> Change:
        """The proposal's AUC over that of today's points."""
        return self.rivals[0].over


def write_page(
    report: Report, leads: Leads, scores: Numbers, others: Mapping[str, Numbers],
    lines: Sequence[Line], said: Mapping[str, Sequence[str]],
) -> None:  # fmt: skip
    """Write the page, its charts and the numbers into the report's folder.

    `scores` are those of all leads, `others` those of the rivals, of the leads held out. `said`
    has the paragraphs that differ: `role`, `rules`, `bands` and `method`. The same proposal gives
    the same bytes.
    """
    best = max(report.rivals[1:], key=lambda rival: rival.measures.auc, default=None)
    shown = {"proposal": scores, "today's points": others[report.rivals[0].name]}
    if best:
        shown[best.name] = others[best.name]
    folder = report.folder
    (folder / CHARTS).write_text(drawn(leads, shown, report.bands), "utf-8")
    (folder / "proposal.md").write_text("\n".join([*_page(report, lines, said), ""]), "utf-8")
    told = asdict(report) | {"folder": folder.name}
    (folder / "proposal.json").write_text(json.dumps(told, default=str, indent=2) + "\n", "utf-8")


def measured(report: Report) -> Iterator[str]:
    """How the proposal does on the leads held out, beside today's points and all others."""
    after = report.after
    yield (
        f"on {after.leads:,} leads created {report.held_out[0]} to {report.held_out[1]}, of which "
        f"{after.conversions:,} converted and none was fitted to: AUC {after.auc:.3f} "
        f"({after.auc_low:.3f} to {after.auc_high:.3f}), lift of the top tenth {after.lift:.2f} "
        f"({after.lift_low:.2f} to {after.lift_high:.2f})"
    )
    today = report.rivals[0]
    yield (
        f"today's points of {today.name}: AUC {today.measures.auc:.3f}, so {today.over.auc:+.3f} "
        f"({today.over.low:+.3f} to {today.over.high:+.3f})"
    )
    best = max(report.rivals[1:], key=lambda rival: rival.measures.auc, default=None)
    if best:
        yield f"the best black box, {best.name}: AUC {best.measures.auc:.3f}"


def _page(
    report: Report, lines: Sequence[Line], said: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    yield f"# Proposed points of {report.score_model}: {report.outcome}, as of day {report.day}"
    yield ""
    yield (
        f"Fitted to {report.taught:,} leads created {report.trained_on[0]} to "
        f"{report.trained_on[1]}, of which {report.wins:,} converted. "
        f"On {report.after.leads:,} later leads ({report.held_out[0]} to {report.held_out[1]}, "
        f"{report.after.conversions:,} converted), to which nothing below was fitted:"
    )
    yield from _measures(report)
    yield from ("", *said["role"], "", f"![How it ranks, parts and holds]({CHARTS})")
    yield from ("", "## Rules", "", *said["rules"], "")
    yield from _rules(lines)
    yield from ("", "## Bands", "", *said["bands"], "")
    yield "| band | from | leads | converted | 95 % interval |"
    yield "|---|---:|---:|---:|---|"
    for band in report.bands:
        yield (
            f"| {band.name} | {band.bound} | {percent(band.share)} | {percent(band.rate)} | "
            f"{percent(band.low)} to {percent(band.high)} |"
        )
    yield from _findings(report.findings)
    yield from _drift(lines)
    yield from ("", "## How it was found", "", *said["method"])


def _measures(report: Report) -> Iterator[str]:
    yield ""
    yield "| score | AUC | 95 % interval | lift of the top tenth | proposal's AUC over it |"
    yield "|---|---:|---|---|---|"
    yield f"| **proposal** | {_cells(report.after)} | |"
    for place, rival in enumerate(report.rivals):
        name = f"{rival.name}, today's points" if place == 0 else rival.name
        over = f"{rival.over.auc:+.3f} ({rival.over.low:+.3f} to {rival.over.high:+.3f})"
        yield f"| {name} | {_cells(rival.measures)} | {over} |"


def _cells(found: Measures) -> str:
    return (
        f"{found.auc:.3f} | {found.auc_low:.3f} to {found.auc_high:.3f} | {found.lift:.2f} "
        f"({found.lift_low:.2f} to {found.lift_high:.2f})"
    )


def _rules(lines: Sequence[Line]) -> Iterator[str]:
    has_today = any(line.today is not None for line in lines)
    yield f"| points | {'today | ' if has_today else ''}reason | |"
    yield f"|---:|{'---:|' if has_today else ''}---|---:|"
    for line in sorted(lines, key=lambda line: (-line.points, line.reason)):
        today = "" if not has_today else "| " if line.today is None else f"| {line.today:+g} "
        yield f"| {line.points:+g} {today}| {_cell(line.reason)} | {_cell(line.note)} |"


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    for title, refused in (("Not used", True), ("To be looked at", False)):
        found = [finding for finding in findings if finding.is_refused == refused]
        if found:
            yield from ("", f"## {title}", "")
            yield from (f"- `{finding.name}`: {_cell(finding.why)}" for finding in found)


def _drift(lines: Sequence[Line]) -> Iterator[str]:
    moved = [line for line in lines if abs(line.later - line.earlier) >= _SHIFTED]
    if moved:
        yield from ("", "## What changed between the months", "")
        for line in moved:
            yield (
                f"- {_cell(line.reason)}: {percent(line.earlier)} of the leads that teach, "
                f"{percent(line.later)} of those held out"
            )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
