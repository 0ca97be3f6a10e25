"""How many rows a file has, counted without DuckDB: no row may be lost without a word."""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from pyarrow.parquet import read_metadata  # type: ignore[import-untyped]

from scripts.landing.sources import Source, line_end, records
from scripts.shared.errors import UserError

# Bytes that are looked at together: few enough for the processor's cache.
_BLOCK = 1 << 18

# All bytes but those that JSON's structure is made of.
_VALUES = bytes(set(range(256)) - set(b'[]{},"'))


def count_rows(path: Path, source: Source) -> int:
    """The rows of a source, without the header but with those that are faulty.

    CSV with quotes is read by Python's csv. Of other CSV and of JSON lines each line counts that
    is not empty, of a JSON array the commas; Parquet tells. Raises UserError, which names the file
    by `path`, where the rows of CSV with quotes end in different ways.
    """
    if source.delimiter:
        has_quotes = any(b'"' in block for block in _blocks(source.path))
        return (_records(path, source) if has_quotes else _lines(source.path)) - 1
    if source.lines_by:
        return _lines(source.path, blanks=b" ")
    if source.broken:
        return _items(source.path)
    return int(read_metadata(path.absolute()).num_rows)


def _blocks(file: Path) -> Iterator[bytes]:
    """The bytes of a text file, many at a time and without a byte order mark."""
    with file.open("rb") as stream:
        yield stream.read(_BLOCK).removeprefix(BOM_UTF8)
        while block := stream.read(_BLOCK):
            yield block


def _lines(file: Path, blanks: bytes = b"") -> int:
    """The lines that hold more than blanks: those whose end follows something else than an end."""
    count, is_between = 0, True
    for block in _blocks(file):
        text = block.translate(None, blanks) if blanks else block
        text = text.replace(b"\r", b"\n") if b"\r" in text else text
        if text:
            ends = np.frombuffer(text, np.uint8) == ord("\n")
            count += int(np.count_nonzero(ends[1:] > ends[:-1]))
            count += not is_between and bool(ends[0])
            is_between = bool(ends[-1])
    return count + (not is_between)


def _records(path: Path, source: Source) -> int:
    """The rows of CSV as Python has them, the header among them."""
    count, ends = 0, ""
    for line, text, row in records(source):
        end = line_end(text)
        if end and ends and end != ends:
            raise UserError(
                f"{path}: its lines end in different ways, first in line {line}: save it with "
                "line ends of one kind."
            )
        ends = end or ends
        count += bool(row)
    return count


def _items(file: Path) -> int:
    """The items of a JSON array: its outermost commas and one, unless it is empty."""
    commas, depth, is_text, rest, size = 0, 0, 0, b"", 0
    for block in _blocks(file):
        size += len(block.translate(None, b" \t\r\n"))
        text = re.sub(rb"\\.", b"", rest + block, flags=re.DOTALL)
        rest = b"\\" if text.endswith(b"\\") else b""  # what it escapes comes next
        marks = np.frombuffer(text.translate(None, _VALUES), np.uint8)
        if not marks.size:
            continue
        texts = (is_text + np.cumsum(marks == ord('"'))) % 2
        is_outside = texts == 0
        opens = is_outside & ((marks == ord("[")) | (marks == ord("{")))
        closes = is_outside & ((marks == ord("]")) | (marks == ord("}")))
        depths = depth + np.cumsum(opens.astype(np.int8) - closes.astype(np.int8))
        commas += int(np.count_nonzero(is_outside & (depths == 1) & (marks == ord(","))))
        depth, is_text = int(depths[-1]), int(texts[-1])
    return commas + 1 if size > len("[]") else 0
