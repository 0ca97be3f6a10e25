"""Makes clean seeds of what spreadsheets write, and says what it did."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from scripts.seeds.checks.cells import cell_fault
from scripts.seeds.checks.files import SeedFile, entries_below, ragged_row, read_table, readable
from scripts.seeds.checks.seeds import Seed, read_seeds
from scripts.seeds.checks.tables import Finding, Table
from scripts.seeds.fixes.cells import fix_cells, refuse_lost_letters
from scripts.seeds.fixes.grid import parsed, under_header
from scripts.seeds.fixes.notes import Fix, Line, Notes
from scripts.seeds.fixes.text import decoded, is_of_one_byte
from scripts.seeds.fixes.workbook import SIGNATURE, sheet_rows
from scripts.shared.errors import UserError
from scripts.shared.replacing import replace_files

_SHOWN = 20
_CELLS_SHOWN = 5


@dataclass(frozen=True)
class FixPlan:
    """What the seeds of a folder would be.

    `contents` are the new contents of files, of those alone that change; `fixes` what changes in
    them; `refused` what cannot be read in one way, for which nothing is written.
    """

    contents: Mapping[Path, bytes]
    fixes: tuple[Fix, ...]
    refused: tuple[Finding, ...]


def fix_seeds(folder: Path) -> FixPlan:
    """Rewrite the seeds of a folder that a spreadsheet saved, each file whole or not at all.

    A file to which nothing is to be done stays byte for byte. Raises UserError, and writes nothing,
    where a cell or file cannot be read in one way, or its original is lost; and where a file cannot
    be read or written.
    """
    plan = plan_fixes(folder)
    if plan.refused:
        lines = [str(finding) for finding in plan.refused[:_SHOWN]]
        if len(plan.refused) > _SHOWN:
            lines.append(f"and {len(plan.refused) - _SHOWN} more")
        raise UserError("\n".join(["nothing was written, since this can't be mended:", *lines]))
    replace_files(plan.contents)
    return plan


def plan_fixes(folder: Path) -> FixPlan:
    """What `fix_seeds` would do. Raises UserError where the folder or a file cannot be read."""
    if not folder.is_dir():
        raise UserError(f"{folder} is no folder")
    contents: dict[Path, bytes] = {}
    fixes: list[Fix] = []
    refused: list[Finding] = []
    for path, seed in _files(folder.resolve()):
        notes = Notes(str(path.relative_to(folder.resolve().parent)))
        with readable():
            content = path.read_bytes()
        rows = _rows(path, content, seed, notes)
        fixes += notes.fixes
        refused += notes.refused
        if rows is not None and notes.fixes:
            contents[path.with_suffix(".csv")] = _as_csv([[*seed.columns], *rows])
    return FixPlan(contents, tuple(fixes), tuple(refused))


def lines(fixes: Iterable[Fix]) -> Iterator[str]:
    """What was done, file by file: each cell where they are few, else how many and the first."""
    for _, of_file in groupby(fixes, key=lambda fix: fix.file):
        groups: dict[tuple[bool, str], list[Fix]] = {}
        for fix in of_file:
            groups.setdefault((fix.column is None, fix.what), []).append(fix)
        for group in groups.values():
            if len(group) <= _CELLS_SHOWN:
                yield from map(str, group)
            else:
                yield f"{group[0]}, and {len(group) - 1:,} more of that kind"


def _files(folder: Path) -> Iterator[tuple[Path, Seed]]:
    """The files of seeds, and the workbooks that stand in place of one."""
    seeds = {seed.name: seed for seed in read_seeds().values()}
    paths = [path for path in entries_below(folder) if path.is_file() and path.stem in seeds]
    there = {path.stem for path in paths if path.suffix == ".csv"}
    for path in paths:
        if path.suffix == ".csv" or (path.suffix == ".xlsx" and path.stem not in there):
            yield path, seeds[path.stem]


def _rows(path: Path, content: bytes, seed: Seed, notes: Notes) -> list[list[str]] | None:
    """The rows below the header; None where the file cannot be read, which is refused."""
    if not content:
        return None
    read = _read(content, seed, notes)
    if read is None:
        file = SeedFile(path, notes.file)
        notes.refused += [f for f in read_table(file, seed).findings if not f.is_warning]
        return None
    found, parted_by = read
    under = under_header(found, seed, notes)
    if under is None:
        return None
    body = under[1:]
    if is_of_one_byte(content) and not content.startswith(SIGNATURE):
        refuse_lost_letters(body, seed, notes)
    rows = fix_cells(body, seed, parted_by, notes)
    _refuse_padded(body, rows, seed, notes)
    return rows


def _read(content: bytes, seed: Seed, notes: Notes) -> tuple[list[Line], str] | None:
    """The lines of a file with their cells, and what parted them."""
    if content.startswith(SIGNATURE):
        sheet = sheet_rows(content, seed, notes)
        return (sheet, ",") if sheet else None
    text = decoded(content, notes)
    return None if text is None else parsed(text, seed, notes)


def _refuse_padded(
    lines: Sequence[Line], rows: Sequence[Sequence[str]], seed: Seed, notes: Notes
) -> None:
    """Refuse rows that ended early, unless what they hold fits where it stands."""
    columns = seed.columns.values()
    for (line, _), row in zip(lines, rows, strict=True):
        cells = [*zip(columns, row, strict=True)]
        if line in notes.padded and any(
            cell_fault(cell, column) if cell else column.required for column, cell in cells
        ):
            ended = [*row]
            while ended and not ended[-1]:
                ended.pop()
            notes.refused.append(ragged_row(Table(seed, notes.file), line, ended, [*seed.columns]))


def _as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as the project writes them."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
