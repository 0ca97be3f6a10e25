"""Changes as a file, of CSV or JSON lines, in the folder `exports` beside the warehouse."""

import csv
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TextIO

from scripts.sales.exporting.change import Answer, Answers, Change, Destination
from scripts.shared.paths import export_folder


@contextmanager
def file(suffix: str, clock_date: date) -> Iterator[Destination]:
    """What writes changes to a file of a suffix, csv or jsonl."""
    folder = export_folder()
    yield Destination(str(folder), lambda changes: _send(folder, suffix, clock_date, changes))


def _send(folder: Path, suffix: str, clock_date: date, changes: Iterator[Change]) -> Answers:
    """One file of all changes, there as a whole or not at all, named by its content.

    Where the process is killed before the answers are noted, the next makes the same file.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    new = folder / f"leads.{suffix}.new"
    written = []
    with new.open("w", encoding="utf-8", newline="") as stream:
        for line in _csv(stream, changes) if suffix == "csv" else _json_lines(stream, changes):
            written.append(Answer(line))
        stream.flush()
        os.fsync(stream.fileno())
    if not written:
        new.unlink()
        return
    with new.open("rb") as content:
        name = hashlib.file_digest(content, "sha256").hexdigest()[:12]
    new.replace(folder / f"leads.{clock_date}.{name}.{suffix}")
    yield written


def _csv(stream: TextIO, changes: Iterator[Change]) -> Iterator[Change]:
    writer = csv.writer(stream, lineterminator="\n")
    is_first = True
    for change in changes:
        if is_first:
            writer.writerow(["lead_id", *change.values])
            is_first = False
        writer.writerow([change.record_id, *change.values.values()])
        yield change


def _json_lines(stream: TextIO, changes: Iterator[Change]) -> Iterator[Change]:
    for change in changes:
        row = {"lead_id": change.record_id, **change.values}
        stream.write(json.dumps(row, ensure_ascii=False) + "\n")
        yield change
