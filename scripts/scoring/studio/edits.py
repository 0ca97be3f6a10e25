"""What saving changes, in words: rows, and their cells before and after."""

from collections.abc import Iterator, Mapping, Sequence

from scripts.seeds.document import Document
from scripts.seeds.merge import Key, keyed

Cells = Mapping[str, str]


def edits(was: Document, will: Document, key: Sequence[str]) -> Iterator[str]:
    """A sentence a row that changed, as in `standard, industry_core: points 8 → 9`.

    `key` names the columns that tell rows apart; a row of which one cell of these is another is
    told by the cells that it had.
    """
    before, after = (_rows(document, key) for document in (was, will))
    gone = {name: cells for name, cells in before.items() if name not in after}
    for name, cells in after.items():
        old = name if name in before else _renamed(gone, cells)
        if old is None:
            given = [f"{of} {cell}" for of, cell in cells.items() if cell and of not in key]
            yield f"{named(name)}: new, with {', '.join(given)}"
            continue
        gone.pop(old, None)
        changed = [
            f"{column} {cell_text(old_cell)} → {cell_text(cell)}"
            for column, old_cell, cell in _beside(before[old], cells)
            if old_cell != cell
        ]
        if changed:
            yield f"{named(old)}: {', '.join(changed)}"
    for name in gone:
        yield f"{named(name)}: taken out"


def named(key: Key) -> str:
    """What tells a row apart, in words."""
    return ", ".join(filter(None, key.cells))


def cell_text(cell: str | None) -> str:
    """A cell in words; None where it, or its row, is gone."""
    return "taken out" if cell is None else cell or "empty"


def _rows(document: Document, key: Sequence[str]) -> dict[Key, Cells]:
    return {
        name: dict(zip(document.columns, record.cells, strict=True))
        for name, record in keyed(document, key).items()
    }


def _beside(was: Cells, will: Cells) -> Iterator[tuple[str, str, str]]:
    """Each column with its cell before and after; the columns may stand in another order."""
    return ((column, was.get(column, ""), cell) for column, cell in will.items())


def _renamed(gone: Mapping[Key, Cells], cells: Cells) -> Key | None:
    """Which of the rows that are gone this one is, but for one cell."""
    alike = (name for name, old in gone.items() if len(old.items() ^ cells.items()) == 2)
    return next(alike, None)
