"""What other seeds would change, told on the command line and in a pull request.

`preview` finds it; the history of scores is left alone.
"""

import io
import subprocess
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from scripts.scoring.effect import Mover, Quality, WhatIf
from scripts.scoring.measured import SCORED_DAY
from scripts.scoring.preview import MOVERS, previewing
from scripts.seeds.check_seeds import check_seeds
from scripts.seeds.landed import warnings_for_landed
from scripts.seeds.overlay import SEEDS
from scripts.shared import paths
from scripts.shared.errors import UserError
from scripts.shared.temporary import temporary_folder
from scripts.shared.text import points_text


def whatif(
    seeds_folder: Path | None = None, git_ref: str | None = None, movers: int | None = MOVERS
) -> WhatIf:
    """Compare the scores that other seeds would give with those of the live warehouse.

    The seeds are the project's, with the CSV files of `seeds_folder`, or of `seeds/` at `git_ref`,
    in place of those of the same name. At most `movers` leads are named, or all (None). Nothing
    live is written. Raises UserError where the seeds are faulty, or nothing is built that they
    could be compared with.
    """
    with _proposal(seeds_folder, git_ref) as proposal:
        report = check_seeds(SEEDS, proposal)
        report.raise_for_errors()
        with previewing() as preview:
            found = preview.effect(proposal, movers)
        warnings = warnings_for_landed(report)
        return replace(found, seed_warnings=tuple(map(str, warnings)))


def render(found: WhatIf) -> RenderableType:
    """The comparison for a terminal."""
    parts: list[RenderableType] = [Text(_summary(found))]
    for title, head, rows in _tables(found):
        table = Table(title=title, title_justify="left")
        for number, name in enumerate(head):
            table.add_column(name, justify="left" if number == 0 or name == "why" else "right")
        for row in rows:
            table.add_row(*row)
        parts.append(table)
    return Group(*parts, *(Text(line) for line in _warnings(found)))


def to_markdown(found: WhatIf) -> str:
    """The comparison as Markdown, for a pull request; no lead is named but by its id."""
    lines = ["### What these seeds would change", "", _summary(found)]
    for title, head, rows in _tables(found):
        lines += ["", f"**{title}**", "", _line(head)]
        lines.append(_line(["---", *("---" if name == "why" else "--:" for name in head[1:])]))
        lines += [_line(row) for row in rows]
    return "\n".join([*lines, *(f"\n> {line}" for line in _warnings(found)), ""])


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _summary(found: WhatIf) -> str:
    if not found.changed_seeds:
        return "These seeds are those of the live warehouse: nothing changes."
    return (
        f"Changed: {', '.join(found.changed_seeds)}. "
        f"{found.moved:,} of {found.leads:,} leads move; {found.ready_then:,} leads that may be "
        f"called are in a band that is handed to sales, {found.ready_then - found.ready_now:+,}."
    )


def _warnings(found: WhatIf) -> list[str]:
    lines = [f"golden lead {persona}: the build would fail" for persona in found.broken_personas]
    if not found.quality_now or not found.quality_then:
        lines.append("quality: no lead is old enough to tell")
    return [*lines, *(f"warning: {warning}" for warning in found.seed_warnings)]


def _tables(found: WhatIf) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """Title, header and rows of each table that has any."""
    if found.moved:
        yield "Leads by band, now and then", *_band_table(found)
    if found.quality_now and found.quality_then:
        title = f"Quality at day {SCORED_DAY}, {found.quality_then.leads:,} leads"
        yield title, *_quality_table(found.quality_now, found.quality_then)
    if found.movers:
        head = ["lead", "score", "band", "why"]
        yield "Biggest movers", head, [_mover_cells(mover) for mover in found.movers]


def _band_table(found: WhatIf) -> tuple[list[str], list[list[str]]]:
    """Rows are the bands now, columns those then, each from the lowest to the highest."""
    now, then = (
        [band for band in found.band_order if band in bands]
        for bands in (
            {was for was, _, _ in found.bands},
            {band for *pair, _ in found.bands for band in pair},
        )
    )
    counts = {(was, will): leads for was, will, leads in found.bands}
    rows = [[was or "none", *(f"{counts.get((was, will), 0):,}" for will in then)] for was in now]
    return ["now \\ then", *(band or "none" for band in then)], rows


def _quality_table(now: Quality, then: Quality) -> tuple[list[str], list[list[str]]]:
    rows = [
        ["scoring model", now.score_model, then.score_model, ""],
        ["AUC", *_pair(now.auc, then.auc, ".3f")],
        ["its 95 % interval", _interval(now), _interval(then), ""],
        ["lift of the top tenth", *_pair(now.lift, then.lift, ".2f")],
        ["cut-off", *_pair(now.cutoff, then.cutoff, ".0f")],
        ["precision there", *_pair(now.precision, then.precision, ".1%")],
        [
            "leads handed to sales a week",
            *_pair(now.handed_over_per_week, then.handed_over_per_week, ".1f"),
        ],
    ]
    return ["", "now", "then", "change"], rows


def _pair(now: float | Decimal | None, then: float | Decimal | None, form: str) -> list[str]:
    change = "" if now is None or then is None else format(float(then) - float(now), "+" + form)
    return [*("–" if number is None else format(number, form) for number in (now, then)), change]


def _interval(quality: Quality) -> str:
    if quality.auc_low is None or quality.auc_high is None:
        return "–"
    return f"{quality.auc_low:.3f} to {quality.auc_high:.3f}"


def _mover_cells(mover: Mover) -> list[str]:
    why = ", ".join(
        f"{change.reason} {_points(change.points_now)} → {_points(change.points_then)}"
        for change in mover.changes
    )
    bands = dict.fromkeys(band or "none" for band in (mover.band_now, mover.band_then))
    scores = f"{_points(mover.score_now)} → {_points(mover.score_then)}"
    return [mover.lead_id, scores, " → ".join(bands), why]


def _points(points: Decimal | None) -> str:
    return "–" if points is None else points_text(points)


@contextmanager
def _proposal(folder: Path | None, git_ref: str | None) -> Iterator[Path]:
    """The folder of the proposed seeds; those of a git ref lie in a temporary one."""
    if (folder is None) == (git_ref is None):
        raise UserError("name a folder of seeds, or a branch with --git-ref, and not both")
    if folder is not None:
        if not folder.is_dir():
            raise UserError(f"{folder} is no folder of seeds")
        yield folder
        return
    assert git_ref is not None
    git = ["git", "-C", str(paths.PROJECT), "archive", "--format=tar", "--end-of-options"]
    done = subprocess.run([*git, git_ref, "seeds"], capture_output=True, check=False)
    if done.returncode:
        cause = done.stderr.decode(errors="replace").strip().splitlines()
        raise UserError(f"git has no seeds at {git_ref}: {cause[0] if cause else 'unknown'}")
    with temporary_folder() as unpacked:
        try:
            with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
                archive.extractall(unpacked, filter="data")
        except tarfile.FilterError as error:
            name = error.tarinfo.name
            raise UserError(
                f"{name} at {git_ref} is a link that leads out of the seeds; put the file there"
            ) from error
        if not (unpacked / "seeds").is_dir():
            raise UserError(f"seeds at {git_ref} is no folder")
        yield unpacked / "seeds"
