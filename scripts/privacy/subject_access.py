"""All that is held on a person, and every reason of its scores: as a file, and as a letter."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from duckdb import DuckDBPyConnection

from scripts.privacy.letter import LANGUAGES, letter
from scripts.privacy.person import (
    People,
    any_of,
    find_people,
    mark_people,
    markdown_cell,
    of_people,
    qualified,
    text_columns,
)
from scripts.shared import paths
from scripts.shared.interface import LEAD_PROFILES, SCORE_PUBLISHED
from scripts.shared.modes import close
from scripts.shared.warehouse import reading

# What is told, in words, and the tables that hold it; after these come all other landed rows, marts
# and what was published of the person. Other intermediate tables only repeat these.
CHAPTERS = {
    "What was landed": (
        *(
            "raw.leads",
            "raw.lead_aliases",
            "raw.lead_events",
            "raw.opportunities",
            "raw.opportunity_stages",
        ),
        *("raw.opportunity_leads", "raw.payments", "raw.lead_feedback"),
        *("raw.rejected_rows", "raw.rejected_cells"),
    ),
    "What follows from it: the profile over time": (LEAD_PROFILES,),
    "Scores, and whether sales may call": (
        *("marts.lead_score", "marts.lead_score_by_model", "marts.lead_contact_permission"),
    ),
    "Every reason of the scores": ("marts.lead_score_factors", "marts.lead_win_factors"),
    "The probability to be won": ("marts.lead_win_probability",),
    "The scores over time": ("marts.lead_score_history", SCORE_PUBLISHED),
    "How far the person came": ("marts.lead_lifecycle",),
}
REST = "What else is held"
SCHEMAS = ("raw", "marts", "state")


def subject_access(lead_id: str) -> Path:
    """Write all that the warehouse holds on the person behind a lead to a Markdown file.

    The file lies in the folder `subject_access` beside the warehouse, readable by its owner alone.
    It holds the rows of all leads of the person, each with its table. Raises UserError where the
    lead is not held or the working file cannot be read.
    """
    with reading() as connection:
        people = find_people(connection, [lead_id])
        mark_people(connection, people)
        text = "\n".join(_lines(connection, lead_id, people))
    return _written(report_file(lead_id), text + "\n")


def subject_letter(lead_id: str, language: str | None = None) -> Path:
    """Write the letter that goes with the report, beside it, for its owner alone to read.

    `language` and the errors are those of `letter`.
    """
    text, chosen = letter(lead_id, language)
    return _written(_letter_file(lead_id, chosen), text)


def _written(file: Path, text: str) -> Path:
    file.parent.mkdir(mode=0o700, exist_ok=True)
    file.touch(mode=0o600)
    close(file)
    file.write_text(text, "utf-8")
    return file


def files_of(lead_id: str) -> set[Path]:
    """Where the report on a lead and its letters lie, whether or not they are there."""
    letters = {_letter_file(lead_id, language) for language in LANGUAGES}
    return {report_file(lead_id)} | letters


def _letter_file(lead_id: str, language: str) -> Path:
    return report_file(lead_id).with_suffix(f".{language}.txt")


def report_file(lead_id: str) -> Path:
    """Where the report on a lead lies: by the lead's id where it can be a name, else its hash."""
    is_name = re.fullmatch(r"\w[\w.-]{0,99}", lead_id, re.ASCII)
    name = lead_id if is_name else hashlib.sha256(lead_id.encode()).hexdigest()[:32]
    return paths.warehouse_file().parent / "subject_access" / f"{name}.md"


def _lines(connection: DuckDBPyConnection, lead_id: str, people: People) -> Iterator[str]:
    catalog = paths.warehouse_file().stem
    yield f"# What is held on the person of lead {markdown_cell(lead_id)}"
    yield ""
    yield f"Leads of the person: {', '.join(map(markdown_cell, people.lead_ids))}."
    columns = text_columns(connection, catalog)
    told = {name for tables in CHAPTERS.values() for name in tables}
    rest = tuple(
        f"{schema}.{table}"
        for schema, table in columns
        if schema in SCHEMAS and f"{schema}.{table}" not in told
    )
    for title, tables in {**CHAPTERS, REST: rest}.items():
        yield from ("", f"## {title}")
        for name in tables:
            schema, table = name.split(".", 1)
            conditions = of_people(schema, table, columns.get((schema, table), ()))
            if not conditions:
                continue
            found = connection.sql(
                f"from {qualified(catalog, schema, table)} where {any_of(conditions)} order by all"
            )
            rows = found.fetchall()
            if rows or title != REST:
                yield from ("", f"### {name}: {len(rows):,} rows", "")
                yield from _table(found.columns, rows)


def _table(names: Sequence[str], rows: Sequence[tuple[object, ...]]) -> Iterator[str]:
    """Rows as a Markdown table of the columns that hold anything."""
    filled = [
        number for number in range(len(names)) if any(row[number] is not None for row in rows)
    ]
    if not filled:
        yield "None."
        return
    yield _line([names[number] for number in filled])
    yield _line(["---"] * len(filled))
    for row in rows:
        yield _line([markdown_cell(row[number]) for number in filled])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
