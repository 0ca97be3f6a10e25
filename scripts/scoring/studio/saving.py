"""Saves the edited tables: into the live seeds, or a proposal; nothing else is ever written.

What somebody else saved meanwhile stays: edits of other cells are put together, and of the same
cell a person says whose counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.scoring.studio.state import State
from scripts.seeds.check_seeds import check_seeds, seed_files
from scripts.seeds.checks.seeds import read_seeds
from scripts.seeds.document import Document
from scripts.seeds.merge import Conflict, merge
from scripts.shared.errors import UserError
from scripts.shared.replacing import replace_files


@dataclass(frozen=True)
class Change:
    """A seed that would be written: what is there now, what would be, and what contradicts.

    `found` is None where there is no file yet; `before` is then what a build takes in its place.
    """

    table: str
    file: Path
    found: bytes | None
    before: bytes
    content: bytes
    is_merged: bool
    conflicts: tuple[Conflict, ...]


def changes(
    state: State, folder: Path, takes_ours: Mapping[tuple[str, Conflict], bool]
) -> list[Change]:
    """What saving into a folder, the state's `live` or `proposal`, would write there now.

    `takes_ours` says, by table and conflict, whose cell counts. Raises UserError where what is
    there is no CSV, or has other columns.
    """
    found = []
    for table in state.seeds:
        decided = {conflict: ours for (of, conflict), ours in takes_ours.items() if of == table}
        change = _change(state, folder, table, decided)
        if change and (change.content != change.found or change.conflicts):
            found.append(change)
    return found


def save(state: State, folder: Path, takes_ours: Mapping[tuple[str, Conflict], bool]) -> list[str]:
    """Write what `changes` tells, each file whole or not at all; returns the seeds.

    Raises UserError, and writes nothing, where a conflict is not decided, or the live seeds would
    have errors; and where a file can't be written.
    """
    found = changes(state, folder, takes_ours)
    if folder == state.live and (errors := check_seeds(state.working).errors):
        raise UserError(f"the live seeds are not saved with errors: {errors[0]}")
    for change in found:
        for conflict in change.conflicts:
            if (change.table, conflict) not in takes_ours:
                raise UserError(f"{change.table} was changed by somebody else, too: choose first")
    for change in found:
        if (change.file.read_bytes() if change.file.is_file() else None) != change.found:
            raise UserError(f"{change.file.name} was just changed by somebody else: save again")
    replace_files({change.file: change.content for change in found})
    for change in found:
        state.seen[folder][change.table] = change.content
        if change.table in state.tables:
            state.open(change.table, change.content, keeps_rows=not change.is_merged)
    state.saved.emit()
    return [change.table for change in found]


def _change(
    state: State, folder: Path, table: str, decided: Mapping[Conflict, bool]
) -> Change | None:
    base, ours = state.seen[folder].get(table), state.content(table)
    file = _file(folder, table)
    found = file.read_bytes() if file.is_file() else None
    if ours == base:
        return None
    before = base or b"" if found is None else found
    if found is None or found in (base, ours) or base is None:
        return Change(table, file, found, before, ours, False, ())
    path = read_seeds()[table].path
    merged = merge(
        Document.read(base, path),
        Document.read(ours, path),
        Document.read(found, path),
        read_seeds()[table].key,
        decided,
    )
    return Change(table, file, found, before, merged.document.to_bytes(), True, merged.conflicts)


def _file(folder: Path, table: str) -> Path:
    """Where a table's file lies in a folder of seeds, or would.

    Raises UserError where that is outside of the folder, as behind a link.
    """
    there = seed_files(folder) if folder.is_dir() else {}
    file = there.get(table, folder / read_seeds()[table].path)
    if not file.resolve().is_relative_to(folder.resolve()):
        raise UserError(f"{file} is a link that leads out of {folder}; nothing is saved there")
    return file
