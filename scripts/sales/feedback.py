"""What reps noted in a call list, landed as verdicts on its leads."""

import csv
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zipfile import BadZipFile

import pandas as pd

from scripts.landing.land import land
from scripts.seeds.check_seeds import check_seeds, seed_files
from scripts.seeds.checks.files import read_rows
from scripts.seeds.checks.tables import shortened
from scripts.seeds.overlay import SEEDS, overlay
from scripts.shared import paths
from scripts.shared.errors import UserError
from scripts.shared.temporary import temporary_folder
from scripts.shared.text import text_key
from scripts.shared.warehouse import connect

_COLUMNS = ("feedback_id", "lead_id", "given_at", "verdict", "reason", "rep_id")
_SHOWN = 5

Verdict = tuple[str, ...]
"""The cells of a row of lead_feedback, in the order of `_COLUMNS`."""


@dataclass(frozen=True)
class FeedbackResult:
    """How many rows of a list are verdicts that are new, were landed before, or say nothing yet.

    New ones of a day that cannot be read are set aside, as `land` tells.
    """

    landed: int
    set_aside: int
    known: int
    undecided: int


def feedback(file: Path, given_on: date | None = None) -> FeedbackResult:
    """Land the dispositions of a filled call list, a CSV or XLSX file, as `lead_feedback`.

    The list has the columns `lead_id` and `disposition`, and may have `reason`, `rep_id` and
    `given_on`, the day of the call; else that is the day given here, or today. A row whose
    disposition is empty, or means none by the seed `dispositions`, says nothing yet. One lead has
    one verdict a list: a list that is filled further and landed again adds what is new, and what
    it says otherwise replaces what it said. Raises UserError, and lands nothing, where the file
    cannot be read, lacks a column, or has a word that the seed does not know.
    """
    if not paths.warehouse_file().is_file():
        raise UserError("there is no warehouse yet: land leads first, then what sales says of them")
    rows = list(_rows(file))
    verdicts = list(_verdicts(file, rows, given_on or datetime.now(UTC).date()))
    with closing(connect()) as connection:
        said = connection.execute(
            """select feedback_id, verdict, coalesce(reason, ''), coalesce(rep_id, '')
            from raw.lead_feedback where feedback_id like 'call-list %'
            qualify row_number() over (
                partition by feedback_id order by landing_seq desc
            ) = 1"""
        ).fetchall()
    new = [row for row in verdicts if (row[0], *row[3:]) not in {*said}]
    set_aside = 0
    if new:
        with temporary_folder() as folder:
            landing = folder / "lists"
            landing.mkdir()
            with (landing / f"lead_feedback.{file.stem}.csv").open("w", encoding="utf-8") as stream:
                writer = csv.writer(stream)
                writer.writerows([_COLUMNS, *new])
            set_aside = land(landing).total.rows_rejected
    known, undecided = len(verdicts) - len(new), len(rows) - len(verdicts)
    return FeedbackResult(len(new) - set_aside, set_aside, known, undecided)


def _rows(file: Path) -> Iterator[dict[str, str]]:
    """The rows of the list by names of columns, with `line`, that of the file."""
    try:
        if file.suffix.lower() == ".xlsx":
            table = pd.read_excel(file, dtype=str, keep_default_na=False)
        else:
            with file.open(encoding="utf-8-sig", newline="") as stream:
                table = pd.read_csv(
                    stream, sep=None, engine="python", dtype=str, keep_default_na=False
                )
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, BadZipFile, csv.Error) as error:
        raise UserError(f"{file} is no CSV or XLSX file with a row of column names") from error
    names = [str(name).strip().casefold().replace(" ", "_") for name in table.columns]
    for needed in ("lead_id", "disposition"):
        if needed not in names:
            raise UserError(f"{file} has no column {needed}, but {', '.join(names)[:200]}")
    for line, cells in enumerate(table.itertuples(index=False), start=2):
        texts = ("" if pd.isna(cell) else str(cell).strip() for cell in cells)
        yield dict(zip(names, texts, strict=True)) | {"line": str(line)}


def _verdicts(file: Path, rows: list[dict[str, str]], today: date) -> Iterator[Verdict]:
    """A row of lead_feedback for each that says something. Raises UserError for unknown words."""
    check_seeds(SEEDS, overlay()).raise_for_errors()
    seed = read_rows(seed_files(SEEDS, overlay())["dispositions"])
    meanings = {text_key(row["word"]): row["verdict"] for row in seed}
    faults = []
    for row in rows:
        word = text_key(row["disposition"])
        if word and word not in meanings:
            faults.append(f"line {row['line']}: '{shortened(row['disposition'])}'")
        elif word and not row["lead_id"]:
            faults.append(f"line {row['line']}: no lead_id")
    if faults:
        more = f" and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise UserError(
            f"{file}: {'; '.join(faults[:_SHOWN])}{more}. A disposition is a word of "
            f"seeds/sales/dispositions.csv, such as {', '.join([*filter(None, meanings)][:5])}"
        )
    for row in rows:
        verdict = meanings.get(text_key(row["disposition"]), "none")
        if verdict != "none":
            reason = row.get("reason") or row["disposition"]
            yield (
                f"call-list {file.stem} {row['lead_id']}",
                row["lead_id"],
                row.get("given_on") or str(today),
                verdict,
                reason,
                row.get("rep_id", ""),
            )
