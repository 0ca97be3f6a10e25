"""The header and the first rows of a file of any format, all as text."""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from pyarrow import parquet as pq  # type: ignore[import-untyped]

from scripts.landing.frame import HEAD, MARKS, cells, is_total
from scripts.landing.sources import format_of, readable, unpacked
from scripts.shared.errors import UserError

ROWS = 1000
_BYTES = 32 << 20


def first_rows(path: Path, scratch: Path) -> list[dict[str, str]]:
    """The first rows, by the names of their columns; none where the file has no row.

    Raises UserError where the file cannot be read.
    """
    with readable(path):
        plain = unpacked(path, scratch)
        match format_of(path.name):
            case "parquet":
                batch = next(pq.ParquetFile(plain).iter_batches(batch_size=ROWS), None)
                rows: Iterable[Any] = batch.to_pylist() if batch else ()
            case "csv" | "tsv":
                rows = _csv_rows(plain)
            case _:
                rows = _objects(path, plain)
        return [
            {name: _text(value) for name, value in row.items() if name}
            for row in islice(rows, ROWS)
            if isinstance(row, dict)
        ]


def _text(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    return "" if value is None else str(value)


def _csv_rows(plain: Path) -> Iterator[dict[str, str]]:
    """The rows after the header: the first line with as many cells as most of the first have."""
    with plain.open(encoding="utf-8-sig", newline="") as stream:
        head = list(islice(stream, HEAD))
    mark = max(MARKS, key=lambda mark: _commonest([len(cells(line, mark)) for line in head]))
    _, width = _commonest([len(cells(line, mark)) for line in head])
    before = next((i for i, line in enumerate(head) if len(cells(line, mark)) == width), 0)
    with plain.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.reader(islice(stream, before, None), delimiter=mark, skipinitialspace=True)
        header = [name.strip() for name in next(rows, [])]
        for row in rows:
            if len(row) == len(header) and not is_total(next(filter(None, row), "")):
                yield dict(zip(header, row, strict=True))


def _commonest(widths: list[int]) -> tuple[int, int]:
    """How many lines have the number of cells, above one, that most lines have; that number."""
    counts = Counter(width for width in widths if width > 1)
    return max(((lines, width) for width, lines in counts.items()), default=(0, 1))


def _objects(path: Path, plain: Path) -> Iterator[dict[str, Any]]:
    with plain.open(encoding="utf-8-sig") as stream:
        try:
            is_array = stream.read(_BYTES).lstrip().startswith("[")
            stream.seek(0)
            texts = [stream.read()] if is_array else stream
            for text in texts:
                found = json.loads(text.removeprefix("\ufeff")) if text.strip() else []
                yield from found if isinstance(found, list) else [found]
        except (ValueError, RecursionError) as error:
            raise UserError(f"{path} cannot be read: it is not valid JSON.") from error
