"""All that is held on a person, and every reason of its scores, as one file to hand over."""
# ruff: noqa: S608 (names in SQL come from the catalog and are quoted)

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from duckdb import DuckDBPyConnection

from scripts import paths
from scripts.person import Mentions, People, find_people, qualified, text_columns
from scripts.warehouse import reading

# What is told, in words, and the tables that hold it; other tables only repeat these.
CHAPTERS = {
    "What was landed": (
        *("raw.leads", "raw.lead_events", "raw.opportunities", "raw.opportunity_stages"),
        *("raw.opportunity_leads", "raw.payments", "raw.lead_feedback", "raw.rejected_rows"),
    ),
    "What follows from it: the profile over time": ("intermediate.int_lead_profiles",),
    "Scores, and whether sales may call": (
        *("marts.lead_score", "marts.lead_score_by_model", "marts.lead_contact_permission"),
    ),
    "Every reason of the scores": ("marts.lead_score_factors", "marts.lead_win_factors"),
    "The probability to be won": ("marts.lead_win_probability",),
    "The scores over time": ("marts.lead_score_history", "state.score_published"),
    "How far the person came": ("marts.lead_lifecycle",),
}


def subject_access(lead_id: str) -> Path:
    """Write all that the warehouse holds on the person behind a lead to a Markdown file.

    The file lies in the folder `subject_access` beside the warehouse, readable by its owner alone.
    It holds the rows of all leads of the person, each with its table. Raises UserError where the
    lead is not held or the working file cannot be read.
    """
    with reading() as connection:
        people = find_people(connection, [lead_id])
        text = "\n".join(_lines(connection, lead_id, people))
    file = paths.warehouse_file().parent / "subject_access" / f"{_file_name(lead_id)}.md"
    file.parent.mkdir(exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(text + "\n", "utf-8")
    return file


def _file_name(lead_id: str) -> str:
    """The lead's id where it can be a file's name, else its hash."""
    if re.fullmatch(r"\w[\w.-]{0,99}", lead_id, re.ASCII):
        return lead_id
    return hashlib.sha256(lead_id.encode()).hexdigest()[:32]


def _lines(connection: DuckDBPyConnection, lead_id: str, people: People) -> Iterator[str]:
    catalog = paths.warehouse_file().stem
    yield f"# What is held on the person of lead {_cell(lead_id)}"
    yield ""
    yield f"Leads of the person: {', '.join(map(_cell, people.lead_ids))}."
    columns = text_columns(connection, catalog)
    for title, tables in CHAPTERS.items():
        yield from ("", f"## {title}")
        for name in tables:
            schema, table = name.split(".")
            if (schema, table) not in columns:
                continue
            names, rows = _rows(connection, catalog, schema, table, columns[schema, table], people)
            yield from ("", f"### {name}: {len(rows):,} rows", "")
            yield from _table(names, rows)


def _rows(
    connection: DuckDBPyConnection,
    catalog: str,
    schema: str,
    table: str,
    texts: Sequence[str],
    people: People,
) -> tuple[list[str], list[tuple[object, ...]]]:
    """The columns of a table, and its rows of the person."""
    relation = qualified(catalog, schema, table)
    if table == "rejected_rows":
        found = connection.sql(f"from {relation}")
        names_person = Mentions(people.marks(long=False))
        original, value = (found.columns.index(name) for name in ("original_row", "value"))
        rows = [
            row
            for row in found.fetchall()
            if names_person(row[original]) or names_person(row[value])
        ]
        return found.columns, rows
    column, ids = "lead_id", people.lead_ids
    if "lead_id" not in texts:
        column, ids = "opportunity_id", people.records["opportunity_id"]
    cursor = connection.execute(
        f"select * from {relation} where {column} in (from unnest($1)) order by all", [list(ids)]
    )
    return [name for name, *_ in cursor.description or ()], cursor.fetchall()


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
        yield _line([_cell(row[number]) for number in filled])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return " ".join(text.replace("\\", "\\\\").replace("|", "\\|").split())
