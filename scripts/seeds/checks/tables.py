"""Rows of the seeds as text, and what is found in them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from scripts.seeds.checks.seeds import Seed


@dataclass(frozen=True)
class Finding:
    """What is wrong with a seed, in words that follow its place.

    `file` is the seed's below the folder that was checked, such as seeds/points/score_bands.csv;
    `line` is counted from 1, the header's, None where it is of no line; `column` is None where it
    is of no column; `value` is the cell as it stands, '' where it is empty or there is none.
    `message` is a sentence about it; it says what may stand there. An "error" keeps the seeds from
    being used, a "warning" does not. `about` is what tells it: the "file" as a table, a "cell"
    alone, "seeds" held against one another, or what was "landed", once that is known.
    """

    file: str
    line: int | None
    column: str | None
    value: str
    message: str
    severity: Literal["error", "warning"] = "error"
    about: Literal["file", "cell", "seeds", "landed"] = "cell"

    @property
    def is_warning(self) -> bool:
        """Whether the seeds can be used all the same."""
        return self.severity == "warning"

    def __str__(self) -> str:
        """One line: place and message."""
        line = f" line {self.line}" if self.line else ""
        column = f", column {self.column}" if self.column else ""
        return f"{self.file}{line}{column}: {self.message}"


Findings = Iterator[Finding]


@dataclass(frozen=True)
class Row:
    """A row of a seed; `line` is counted from 1, the header's."""

    file: str
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell as it stands; '' where it is empty."""
        return self.cells[column]

    def number(self, column: str) -> Decimal | None:
        """The cell as a number, None where it is empty. Only for cells that are checked."""
        return Decimal(self[column]) if self[column] else None

    def day(self, column: str) -> date | None:
        """The cell as a date, None where it is empty. Only for cells that are checked."""
        return date.fromisoformat(self[column]) if self[column] else None

    def key(self, *columns: str) -> tuple[str, ...]:
        """Several cells."""
        return tuple(self[column] for column in columns)

    def fault(
        self, column: str, fault: str, allowed: str | None = None, *, is_warning: bool = False
    ) -> Finding:
        """A finding that says what stands there, what is wrong with it and what may stand there."""
        found = self[column]
        shown = f"'{shortened(found)}'" if found else "an empty cell"
        message = f"{shown} {fault}" + (f"; it may be {allowed}" if allowed else "")
        severity: Literal["error", "warning"] = "warning" if is_warning else "error"
        return Finding(self.file, self.line, column, found, message, severity)

    def unknown_event(self, column: str, names: str) -> Finding:
        """A warning of an event key that is not mapped: an event's type is a key without that."""
        fault = "is no event_key that is known; it counts where events of that type are landed"
        return replace(self.warning(column, fault, names), about="landed")

    def warning(self, column: str, fault: str, allowed: str | None = None) -> Finding:
        """A finding that does not keep the seeds from being used."""
        return self.fault(column, fault, allowed, is_warning=True)


@dataclass
class Table:
    """A seed as it was read: what was found in its file, and its rows where it could be read."""

    seed: Seed
    file: str
    rows: Sequence[Row] = ()
    findings: list[Finding] = field(default_factory=list)
    is_readable: bool = True

    @property
    def is_faulty(self) -> bool:
        """Whether a finding keeps the table from being compared with others."""
        return any(not finding.is_warning for finding in self.findings)

    def __iter__(self) -> Iterator[Row]:
        """The rows."""
        return iter(self.rows)

    def values(self, column: str) -> list[str]:
        """The distinct values of a column, in order of the rows, without the empty one."""
        return list(dict.fromkeys(row[column] for row in self.rows if row[column]))

    def finding(self, message: str, column: str | None = None, line: int | None = None) -> Finding:
        """A finding of no single cell."""
        return Finding(self.file, line, column, "", message)

    def warning(self, message: str) -> Finding:
        """A finding of the whole table that does not keep the seeds from being used."""
        return Finding(self.file, None, None, "", message, "warning")

    def of_file(self, message: str, column: str | None = None, line: int | None = None) -> Finding:
        """A finding of the file as a table."""
        return Finding(self.file, line, column, "", message, about="file")


def shortened(text: str) -> str:
    """A cell as a message quotes it, on one line."""
    line = text.replace("\r\n", "⏎").replace("\n", "⏎").replace("\r", "⏎")
    return line if len(line) <= 60 else line[:59] + "…"


def listed(names: Sequence[str], last: str = "or") -> str:
    """`a, b or c`."""
    return f" {last} ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
