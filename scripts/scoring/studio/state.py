"""What the pages of the studio share: the point tables as they are edited, and what that does.

There is one state a server, so that what is open in two tabs is the same. Its methods are called on
the server's event loop alone, but for `copy_into`.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Lock

from nicegui import Event

from scripts.scoring.effect import WhatIf
from scripts.scoring.studio.data import Data
from scripts.scoring.studio.now import Now
from scripts.seeds.check_seeds import seed_files
from scripts.seeds.checks.files import read_rows
from scripts.seeds.checks.seeds import read_seeds
from scripts.seeds.checks.tables import Finding
from scripts.seeds.document import Document, Record
from scripts.seeds.merge import keyed
from scripts.seeds.overlay import SEEDS, overlay
from scripts.shared.errors import UserError
from scripts.shared.temporary import temporary_folder

# The folder below the seeds whose tables are edited, those first that are edited most.
POINTS = "points"
_FIRST = ("attribute_points", "event_points", "inactivity_points", "score_bands", "score_groups")

# How many edits can be taken back.
_MOST_UNDONE = 500


@dataclass(frozen=True)
class Row:
    """A row of a table; `id` stays with it through edits, undo, redo and saving."""

    id: int
    cells: tuple[str, ...]


Tables = Mapping[str, tuple[Row, ...]]


@dataclass(frozen=True)
class Edit:
    """The rows of the tables to which something was done, before and after it."""

    before: Tables
    after: Tables


class State:
    """The seeds as they are edited, in a folder of their own.

    - `live`: the folder whose seeds count: `seeds`, or the one that `LEADS_SEEDS` names
    - `proposal`: the folder into which a proposal is saved; it need not be there yet
    - `working`: a folder of all seeds with the edits, which `check_seeds`, `whatif` and `explain`
      take; it is written on each edit, and nobody else's
    - `changed`: an edit, undo or redo was done; told of each table
    - `findings`: of the seeds as they are now, errors first; `checked` tells of new ones
    - `effect`: of the last seeds without error, None before the first; `failure` the sentence why
      there is none for the seeds as they are; `is_computing` while one is on its way;
      `effect_changed` tells that any of these is another
    - `saved`: the seeds were saved
    - `data`: what the warehouse has that rules can be made of; `data_read` tells that it is known
    - `now`: of which seeds the last build is, None before that is known; `now_read` tells of it
    """

    def __init__(self, working: Path, proposal: Path) -> None:
        """Read the live seeds, and over them those of `proposal`, into the folder `working`."""
        self.live = overlay() or SEEDS
        self.proposal = proposal
        self.working = working
        self.changed: Event[[str]] = Event()
        self.checked: Event[[]] = Event()
        self.effect_changed: Event[[]] = Event()
        self.saved: Event[[]] = Event()
        self.findings: tuple[Finding, ...] = ()
        self.effect: WhatIf | None = None
        self.failure: str | None = None
        self.is_computing = False
        self.data = Data()
        self.data_read: Event[[]] = Event()
        self.now: Now | None = None
        self.now_read: Event[[]] = Event()
        self.version = 0  # of the seeds: one more with each change
        self._writing = Lock()
        self._ids = count()
        self._origins: dict[int, Record] = {}
        self._documents: dict[str, Document] = {}
        self._rows: dict[str, tuple[Row, ...]] = {}
        self._opened: dict[str, tuple[Row, ...]] = {}
        self._done: list[Edit] = []
        self._undone: list[Edit] = []
        live = _contents(seed_files(SEEDS, overlay()))
        proposed = _contents(seed_files(proposal)) if proposal.is_dir() else {}
        # What each place had when it was last looked at, to tell what somebody else changed since.
        # A proposal is laid over the project's seeds, not over those that LEADS_SEEDS names.
        self.seen = {self.live: live, proposal: _contents(seed_files(SEEDS)) | proposed}
        self._others: dict[str, bytes] = {}
        for name, content in (live | proposed).items():
            self._write(name, content)
            if read_seeds()[name].path.startswith(f"{POINTS}/"):
                self.open(name, content)
            else:
                self._others[name] = content

    @property
    def tables(self) -> list[str]:
        """The names of the tables that can be edited, as they are shown."""
        others = sorted(self._rows.keys() - set(_FIRST))
        return [*(name for name in _FIRST if name in self._rows), *others]

    @property
    def seeds(self) -> list[str]:
        """The names of all seeds, those that can be edited first."""
        return [*self.tables, *self._others]

    def columns(self, table: str) -> tuple[str, ...]:
        """The columns of a table, in the order of its file."""
        return self._documents[table].columns

    def rows(self, table: str) -> tuple[Row, ...]:
        """The rows of a table as they are now."""
        return self._rows[table]

    def cells(self, table: str) -> list[dict[str, str]]:
        """The rows of a table as they are now, by column; '' where a cell is empty."""
        columns = self.columns(table)
        return [dict(zip(columns, row.cells, strict=True)) for row in self._rows[table]]

    @property
    def champions(self) -> list[str]:
        """The scoring models whose scores count, in the order of their file."""
        models = self.cells("score_models")
        return [row["score_model"] for row in models if row["role"] == "champion"]

    def mapping(self, seed: str) -> list[dict[str, str]]:
        """The rows of a seed that is not edited here, by column."""
        return read_rows(self.working / read_seeds()[seed].path)

    def set_cell(self, table: str, row_id: int, column: str, value: str) -> None:
        """Put a value into a cell; nothing where the row is gone."""
        self.set_cells(table, {row_id: {column: value}})

    def set_cells(
        self,
        table: str,
        values: Mapping[int, Mapping[str, str]],
        new: Sequence[Mapping[str, str]] = (),
    ) -> None:
        """Put values into cells, by row and column, and new rows at the end, all as one edit.

        Rows that are gone are left out; cells of new rows that are left out are empty.
        """
        columns = self.columns(table)

        def edited(row: Row) -> Row:
            cells = {**dict(zip(columns, row.cells, strict=True)), **values.get(row.id, {})}
            return Row(row.id, tuple(cells.values()))

        added = [self.row(row.get(name, "") for name in columns) for row in new]
        self.put({table: (*map(edited, self._rows[table]), *added)})

    def add(
        self, table: str, rows: Sequence[Mapping[str, str]], after: int | None = None
    ) -> list[int]:
        """Add rows, which are one edit, after a row or at the end; cells left out are empty.

        Returns their ids. Raises UserError where a column is none of the table.
        """
        columns = self.columns(table)
        if unknown := {name for row in rows for name in row} - set(columns):
            raise UserError(f"{table} has no column {', '.join(sorted(unknown))}")
        new = [self.row([row.get(name, "") for name in columns]) for row in rows]
        place = self._place(table, after)
        now = self._rows[table]
        self.put({table: (*now[:place], *new, *now[place:])})
        return [row.id for row in new]

    def copy(self, table: str, row_id: int) -> list[int]:
        """Add a row with the same cells after a row; returns its id, or none where that is gone."""
        cells = dict(zip(self._ids_of(table), self.cells(table), strict=True))
        return self.add(table, [cells[row_id]], row_id) if row_id in cells else []

    def delete(self, table: str, row_ids: Sequence[int]) -> None:
        """Take rows out."""
        gone = set(row_ids)
        self.put({table: tuple(row for row in self._rows[table] if row.id not in gone)})

    def copy_into(self, folder: Path) -> None:
        """Put the seeds as they are now into a folder, from whatever thread."""
        with self._writing:
            shutil.copytree(self.working, folder, dirs_exist_ok=True)

    def row(self, cells: Iterable[str]) -> Row:
        """A new row, which is in no table yet."""
        return Row(next(self._ids), tuple(cells))

    def put(self, tables: Tables) -> None:
        """Take these rows for those of tables, as one edit."""
        after = {name: rows for name, rows in tables.items() if rows != self._rows[name]}
        if not after:
            return
        before = {name: self._rows[name] for name in after}
        self._done = [*self._done[1 - _MOST_UNDONE :], Edit(before, after)]
        self._undone.clear()
        self._put(after)

    @property
    def can_undo(self) -> bool:
        """Whether an edit can be taken back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether an edit that was taken back can be done again."""
        return bool(self._undone)

    def undo(self) -> None:
        """Take back the last edit, if there is one."""
        if self._done:
            edit = self._done.pop()
            self._undone.append(edit)
            self._put(edit.before)

    def redo(self) -> None:
        """Do again what was last taken back, if anything was."""
        if self._undone:
            edit = self._undone.pop()
            self._done.append(edit)
            self._put(edit.after)

    def content(self, table: str) -> bytes:
        """The file of a seed as it would be saved: what was not edited is as it was read."""
        if table in self._others:
            return self._others[table]
        document = self._documents[table]
        records = (self._record(document, row) for row in self._rows[table])
        return document.with_records(records).to_bytes()

    def live_rows(self, table: str) -> tuple[Row, ...]:
        """The rows of a table as the live seeds had them when last read, by their ids here."""
        key, opened = read_seeds()[table].key, self._documents[table]
        ids = {
            name: row.id for name, row in zip(keyed(opened, key), self._opened[table], strict=True)
        }
        live = Document.read(self.seen[self.live][table], table)
        places = [live.columns.index(name) for name in opened.columns]
        return tuple(
            Row(
                ids[name] if name in ids else next(self._ids),
                tuple(record.cells[place] for place in places),
            )
            for name, record in keyed(live, key).items()
        )

    @property
    def unsaved(self) -> list[str]:
        """The tables that were edited since they were opened or saved."""
        return [name for name in self.tables if self._rows[name] != self._opened[name]]

    def open(self, table: str, content: bytes, *, keeps_rows: bool = False) -> None:
        """Take a file's content as what the table is and was.

        Its rows are new ones and can't be undone to what was before, unless `keeps_rows`: then it
        is what `content` gave, as after saving.
        """
        seed = read_seeds()[table]
        document = Document.read(content, seed.path)
        if sorted(document.columns) != sorted(seed.columns):
            raise UserError(
                f"{seed.path} has not the columns that it must have; python -m scripts check-seeds "
                "tells which"
            )
        ids = self._ids_of(table) if keeps_rows else [next(self._ids) for _ in document.records]
        rows = zip(ids, document.records, strict=True)
        self._documents[table] = document
        self._origins |= dict(zip(ids, document.records, strict=True))
        self._rows[table] = tuple(Row(row_id, record.cells) for row_id, record in rows)
        self._opened[table] = self._rows[table]
        if not keeps_rows:
            self._done.clear()
            self._undone.clear()
            self._write(table, content)
            self.version += 1
            self.changed.emit(table)

    def lines(self, table: str) -> dict[int, int]:
        """The ids of the rows by the line on which each begins in the file as it is now."""
        document = Document.read(self.content(table), table)
        return dict(zip(document.lines(), self._ids_of(table), strict=True))

    def _ids_of(self, table: str) -> list[int]:
        return [row.id for row in self._rows[table]]

    def _place(self, table: str, after: int | None) -> int:
        ids = self._ids_of(table)
        return ids.index(after) + 1 if after in ids else len(ids)

    def _record(self, document: Document, row: Row) -> Record:
        origin = self._origins.get(row.id)
        return origin.with_cells(row.cells) if origin else document.record(row.cells)

    def _put(self, tables: Tables) -> None:
        self.version += 1
        for table, rows in tables.items():
            self._rows[table] = rows
            self._write(table, self.content(table))
        for table in tables:
            self.changed.emit(table)

    def _write(self, table: str, content: bytes) -> None:
        file = self.working / read_seeds()[table].path
        with self._writing:
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(content)


def _contents(files: Mapping[str, Path]) -> dict[str, bytes]:
    return {name: file.read_bytes() for name, file in files.items()}


@contextmanager
def opened_state(proposal: Path) -> Iterator[State]:
    """The state of a studio, and a folder for its edits that goes with it.

    Raises UserError where a point table cannot be read as CSV.
    """
    with temporary_folder() as working:
        yield State(working, proposal)
