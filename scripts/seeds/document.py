"""A CSV file as its bytes: what is not edited stays as it was written, byte for byte.

A seed is edited by people, in files that are compared line by line. Python's csv would write each
cell anew; here a row keeps its cells as they stand, with their quotes, and its line end, so that a
diff shows only what was meant.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from scripts.shared.errors import UserError

_BOM = "\ufeff"
_CELL = re.compile(r'("(?:[^"]|"")*"|(?!")[^,\r\n]*)(,|\r\n|\r|\n|\Z)')
_LINE_END = re.compile(r"\r\n|\r|\n")
_NEEDS_QUOTES = re.compile(r'[,"\r\n]')


@dataclass(frozen=True)
class Record:
    """A row: its cells, each of them as it is written, and the line end ('' where there is none).

    A blank row is written as one empty cell, and has as many as the header.
    """

    cells: tuple[str, ...]
    written: tuple[str, ...]
    end: str

    @property
    def text(self) -> str:
        """The row as it stands in the file."""
        return ",".join(self.written) + self.end

    def with_cells(self, cells: Sequence[str]) -> "Record":
        """The row with other cells; those that are the same stay as written, and so do quotes."""
        if tuple(cells) == self.cells:
            return self
        was = self.written if len(self.written) == len(self.cells) else [""] * len(self.cells)
        written = tuple(
            as_written if new == old else _written(new, as_written.startswith('"'))
            for new, old, as_written in zip(cells, self.cells, was, strict=True)
        )
        return Record(tuple(cells), written, self.end)


@dataclass(frozen=True)
class Document:
    """A CSV file: its byte order mark or '', its header and its rows."""

    mark: str
    header: Record
    records: tuple[Record, ...]

    @classmethod
    def read(cls, content: bytes, name: str) -> Self:
        """The document in a file's bytes; `name` is what messages call the file.

        Raises UserError where they are no CSV in UTF-8 whose rows are as long as its header.
        """
        try:
            text = content.decode()
        except UnicodeDecodeError as error:
            raise _unreadable(name, "it is not UTF-8") from error
        mark = _BOM if text.startswith(_BOM) else ""
        header, *records = _records(text.removeprefix(mark), name)
        width = len(header.cells)
        whole = []
        for number, record in enumerate(records, start=2):
            if record.written == ("",):
                whole.append(replace(record, cells=("",) * width))
            elif len(record.cells) == width:
                whole.append(record)
            else:
                cause = f"row {number} has {len(record.cells)} cells, the header has {width}"
                raise _unreadable(name, cause)
        return cls(mark, header, tuple(whole))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names in the header."""
        return self.header.cells

    def record(self, cells: Sequence[str]) -> Record:
        """A new row, quoted only where it must be; its line ends as the header's does."""
        written = tuple(_written(cell, is_quoted=len(cells) == 1 and not cell) for cell in cells)
        return Record(tuple(cells), written, self.header.end or "\n")

    def with_records(self, records: Iterable[Record]) -> Self:
        """The document with other rows; a row that others now follow ends its line."""
        end = self.header.end or "\n"
        rows = tuple(records)
        ended = [row if row.end else replace(row, end=end) for row in rows[:-1]]
        header = self.header if self.header.end or not rows else replace(self.header, end=end)
        return replace(self, header=header, records=(*ended, *rows[-1:]))

    def lines(self) -> list[int]:
        """The line on which each row begins, counted from 1, the header's."""
        found, line = [], 1
        for record in (self.header, *self.records):
            found.append(line)
            line += len(_LINE_END.findall(record.text))
        return found[1:]

    def to_bytes(self) -> bytes:
        """The file."""
        rows = (self.header, *self.records)
        return (self.mark + "".join(row.text for row in rows)).encode()


def _records(text: str, name: str) -> list[Record]:
    records: list[Record] = []
    written: list[str] = []
    place = 0
    while place < len(text) or written or not records:
        found = _CELL.match(text, place)
        if not found:
            cause = f"in row {len(records) + 1} a double quote is not closed, or text follows it"
            raise _unreadable(name, cause)
        written.append(found[1])
        place = found.end()
        if found[2] != ",":
            records.append(Record(tuple(map(_read, written)), tuple(written), found[2]))
            written = []
    return records


def _read(written: str) -> str:
    return written[1:-1].replace('""', '"') if written.startswith('"') else written


def _written(cell: str, is_quoted: bool) -> str:
    if is_quoted or _NEEDS_QUOTES.search(cell):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _unreadable(name: str, cause: str) -> UserError:
    return UserError(f"{name} cannot be edited: {cause}; python -m scripts check-seeds tells more")
