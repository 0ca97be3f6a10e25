"""Two people's edits of one CSV put together, row by row and cell by cell."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from scripts.seeds.document import Document, Record
from scripts.shared.errors import UserError


class Key(NamedTuple):
    """What tells a row from others; `number` is above 0 where rows before it have the same."""

    cells: tuple[str, ...]
    number: int


@dataclass(frozen=True)
class Conflict:
    """A cell that both changed; or a row, where `column` is None, that one changed, one took out.

    `ours` and `theirs` are what stands there now, None where the row is gone.
    """

    key: Key
    column: str | None
    ours: str | None
    theirs: str | None


@dataclass(frozen=True)
class Merged:
    """The file with both edits, and where they contradict each other."""

    document: Document
    conflicts: tuple[Conflict, ...]


@dataclass
class _Decisions:
    takes_ours: Mapping[Conflict, bool]
    met: list[Conflict] = field(default_factory=list)

    def are_ours(self, key: Key, column: str | None, ours: str | None, theirs: str | None) -> bool:
        conflict = Conflict(key, column, ours, theirs)
        self.met.append(conflict)
        return self.takes_ours.get(conflict, False)


def merge(
    base: Document,
    ours: Document,
    theirs: Document,
    key: Sequence[str],
    takes_ours: Mapping[Conflict, bool],
) -> Merged:
    """Put our edits of `base` into `theirs`, whose other rows stay as they are written.

    `key` names the columns that tell rows apart. Where both changed the same, it is as theirs
    unless `takes_ours` says so. Raises UserError where the columns are not the same.
    """
    if not base.columns == ours.columns == theirs.columns:
        raise UserError("the columns of the file were changed meanwhile; open the studio anew")
    decisions = _Decisions(takes_ours)
    was, own, other = (keyed(document, key) for document in (base, ours, theirs))
    kept: dict[Key, Record] = {}
    for name, record in other.items():
        merged = _row_of_theirs(decisions, theirs, name, was.get(name), own.get(name), record)
        if merged:
            kept[name] = merged
    names = list(kept)
    last = -1
    for name, record in own.items():
        if name in kept:
            last = names.index(name)
        elif name not in other and _is_ours_alone(decisions, name, was.get(name), record):
            kept[name] = ours.record(record.cells)
            last += 1
            names.insert(last, name)
    rows = (kept[name] for name in names)
    return Merged(theirs.with_records(rows), tuple(decisions.met))


def keyed(document: Document, key: Sequence[str]) -> dict[Key, Record]:
    """The rows of a document by the columns that tell them apart, in its order."""
    places = [document.columns.index(name) for name in key]
    seen: Counter[tuple[str, ...]] = Counter()
    rows = {}
    for record in document.records:
        cells = tuple(record.cells[place] for place in places)
        rows[Key(cells, seen[cells])] = record
        seen[cells] += 1
    return rows


def _row_of_theirs(
    decisions: _Decisions,
    document: Document,
    name: Key,
    was: Record | None,
    ours: Record | None,
    theirs: Record,
) -> Record | None:
    """A row of theirs with our edits; None where it is taken out."""
    if ours is None:
        is_untouched = was is not None and was.cells == theirs.cells
        is_new = was is None
        if is_untouched or (not is_new and decisions.are_ours(name, None, None, _line(theirs))):
            return None
        return theirs
    old = was.cells if was else (None,) * len(theirs.cells)
    cells = []
    for column, before, own, other in zip(
        document.columns, old, ours.cells, theirs.cells, strict=True
    ):
        if own in (before, other):
            cells.append(other)
        elif other == before or decisions.are_ours(name, column, own, other):
            cells.append(own)
        else:
            cells.append(other)
    return theirs.with_cells(cells)


def _is_ours_alone(decisions: _Decisions, name: Key, was: Record | None, ours: Record) -> bool:
    """Whether a row that theirs has not is there: it is new, or they took out what we changed."""
    if was is None:
        return True
    return ours.cells != was.cells and decisions.are_ours(name, None, _line(ours), None)


def _line(record: Record) -> str:
    return ", ".join(filter(None, record.cells))
