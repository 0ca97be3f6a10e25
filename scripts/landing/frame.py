"""The lines that a report puts around its rows: a title before the header, totals and a copyright.

Before the header that is what has fewer cells than it. After the last row it is what begins at an
empty line or a total, holds one cell or a total in a line, and can be no row: it lacks what a row
must have. Between rows nothing is a frame.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import dropwhile, islice, takewhile
from pathlib import Path
from typing import Any

import yaml

from scripts.landing.contract import Column
from scripts.landing.mapping import FilePlan

_VOCABULARY = Path(__file__).with_name("vocabulary.yml")

MARKS = ",;\t|"

# Lines in which a header is looked for, and bytes in which an end is.
HEAD = 20
_TAIL = 1 << 16
_BLOCK = 1 << 20

# What reports write where a total has no value.
_NO_VALUE = ("", "-", "--", "—", "–")


@dataclass(frozen=True)
class Frame:
    """Which part of a file is rows, in bytes, and the lines left out that hold something.

    `skipped` counts the lines before the header.
    """

    start: int
    end: int
    skipped: int
    lines: tuple[int, ...]


@cache
def vocabulary() -> dict[str, Any]:
    """The words that files use."""
    words: dict[str, Any] = yaml.safe_load(_VOCABULARY.read_text("utf-8"))
    return words


def cells(line: str, mark: str) -> list[str]:
    """The cells of a line without outer space; none where it is empty or no line of CSV."""
    try:
        row = next(csv.reader([line], delimiter=mark, skipinitialspace=True, strict=True), [])
    except csv.Error:
        return []
    return [cell.strip() for cell in row]


def find_frame(plain: Path, plan: FilePlan) -> Frame | None:
    """The frame of a CSV file; None where it has none, or no header is found.

    Raises UnicodeDecodeError where the file does not begin as UTF-8.
    """
    size, (before, header, mark) = plain.stat().st_size, _header(plain, plan)
    if any(len(cells(text, mark)) >= len(header) for text in before):
        return None
    if not any(text.strip() for text in before):
        before = []
    after = _after(plain, partial(_kind, plan, header, mark)) if len(header) > 1 else []
    if not before and not after:
        return None
    end = size - sum(map(len, after))
    with plain.open("rb") as stream:
        bom = 3 if stream.read(3) == b"\xef\xbb\xbf" else 0
    start = (bom if before else 0) + sum(len(text.encode()) for text in before)
    first = 1 + _count_lines(plain, end)
    lines = [number for number, text in enumerate(before, start=1) if text.strip()]
    lines += [number for number, text in enumerate(after, start=first) if text.strip()]
    return Frame(start, end, len(before), tuple(lines))


def write_rows(plain: Path, frame: Frame, target: Path) -> None:
    """Writes what the frame is around to another file."""
    with target.open("wb") as stream:
        for block in _blocks(plain, frame.start, frame.end):
            stream.write(block)


def _header(plain: Path, plan: FilePlan) -> tuple[list[str], list[str], str]:
    """The lines before the header, its cells, and what is between them; no cells: none is found."""
    before: list[str] = []
    with plain.open(encoding="utf-8-sig", newline="") as stream:
        for line in islice(stream, HEAD):
            mark = max(MARKS, key=lambda mark: sum(map(plan.knows, cells(line, mark))))
            if _has_required(plan, header := cells(line, mark)):
                return before, header, mark
            before.append(line)
    return [], [], MARKS[0]


def _has_required(plan: FilePlan, header: Sequence[str]) -> bool:
    given = {plan.target(name) for name in header} | {*plan.constants}
    return all(column.name in given for column in plan.entity.columns if column.required)


def _after(plain: Path, kind: Callable[[str], str]) -> list[bytes]:
    """The last lines that are a frame. Of a value over several, the last has an odd quote."""
    size = plain.stat().st_size
    tail = b"".join(_blocks(plain, max(0, size - _TAIL), size)).splitlines(keepends=True)
    if size > _TAIL:
        tail = tail[1:]
    told = [(line, kind(line.decode("utf-8", "replace"))) for line in tail]
    last = [*takewhile(lambda pair: pair[1] != "row", reversed(told))][::-1]
    last = [*dropwhile(lambda pair: pair[1] == "note", last)]
    return [line for line, _ in last] if {"note", "total"} & {of for _, of in last} else []


def _kind(plan: FilePlan, header: Sequence[str], mark: str, line: str) -> str:
    """What a line after the rows is: empty, note, total or row, the latter also where in doubt."""
    if line.count('"') % 2:
        return "row"
    row = cells(line.rstrip("\r\n"), mark)
    filled = [cell for cell in row if cell]
    if not filled:
        return "row" if line.strip() and not row else "empty"
    if row == list(header) or len(row) > len(header):
        return "row"
    total = filled[0] if is_total(filled[0]) else None
    given = dict(zip(map(plan.target, header), row, strict=False)) | {**plan.constants}
    required = [column for column in plan.entity.columns if column.required]
    if all(_has_value(column, given.get(column.name, ""), total) for column in required):
        return "row"
    return "total" if total else "note" if len(filled) == 1 else "row"


def _has_value(column: Column, cell: str, total: str | None) -> bool:
    if cell == total:
        return column.kind == "varchar" and ":" not in cell
    return cell not in _NO_VALUE


def is_total(cell: str) -> bool:
    """Whether a cell begins a row that sums up the rows above it."""
    text = cell.lower()
    words: Iterable[str] = vocabulary()["totals"]
    return any(text.startswith(word) and text[len(word) :][:1] in ("", *" :-–(") for word in words)


def _blocks(plain: Path, start: int, end: int) -> Iterator[bytes]:
    with plain.open("rb") as stream:
        stream.seek(start)
        while start < end and (block := stream.read(min(_BLOCK, end - start))):
            start += len(block)
            yield block


def _count_lines(plain: Path, end: int) -> int:
    """The lines that end before a place in the file, whatever ends them."""
    ends = {b"\n": 0, b"\r": 0}
    for block in _blocks(plain, 0, end):
        for mark in ends:
            ends[mark] += block.count(mark)
    return ends[b"\n"] or ends[b"\r"]
