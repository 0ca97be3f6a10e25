"""A year of leads of which three in a hundred rows are damaged: each is named, all else is right.

What is damaged is told with file and line, and the marts and KPIs are those of the same files
without the damaged rows, and with the damaged cells empty.
"""

import csv
import io
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import duckdb
import pytest

from scripts.landing.contract import Column, Entity, read_contract
from scripts.landing.sample import write_sample
from scripts.run import RunResult
from tests.python.conftest import Warehouse

pytestmark = pytest.mark.slow

LEADS, SHARE = 500, 0.03
ENDS = (".csv", ".parquet", ".jsonl")
DESTROYED_IDS = ("", "1.5E+11", "#REF!", "########", "null")
UNREADABLE = {
    "timestamp": ("31.02.2024", "45292.5", "2024-13-01", "yesterday"),
    "date": ("31.02.2024", "45292.5", "2024-13-01"),
    "decimal": ("12,5x", "--", "#VALUE!", "1,250"),
    "bigint": ("1.5", "many", "#VALUE!"),
    "boolean": ("perhaps", "2"),
    "varchar": ("1.5E+11", "#REF!"),
}


@dataclass
class Damage:
    """The files of a sample, damaged and cleaned, and what has to be told: issue, entity, place."""

    damaged: Path
    cleaned: Path
    told: set[tuple[str, str, str]] = field(default_factory=set)
    rows: int = 0

    def write(self, random: Random, entity: Entity, name: str, rows: list[dict[str, str]]) -> None:
        """A file of an entity, twice; of the last rows of a file none is damaged."""
        head = line_of([*rows[0]])
        damaged, cleaned = [head], [head]
        for number, row in enumerate(rows, start=2):
            self.rows += 1
            if random.random() >= SHARE or number > len(rows) - 3:
                damaged.append(line_of([*row.values()]))
                cleaned.append(damaged[-1])
                continue
            column, line, mended = hurt(random, entity, row)
            place = f"{name} line {number}" + (f" column {column}" if column else "")
            damaged.append(line)
            if mended:
                cleaned.append(mended)
            issue = "cell left empty" if mended else "row set aside"
            self.told.add((issue, entity.name, place))
        (self.damaged / name).write_text("".join(damaged), "utf-8")
        (self.cleaned / name).write_text("".join(cleaned), "utf-8")


def line_of(cells: list[str]) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerow(cells)
    return stream.getvalue()


def hurt(random: Random, entity: Entity, row: dict[str, str]) -> tuple[str | None, str, str]:
    """The column that was damaged, the damaged line, and the line to land; none: it is lost."""
    columns = [column for column in entity.columns if column.name in row]
    if random.random() < 0.2:
        cells = [*row.values()]
        return None, line_of(cells[: random.randint(1, len(cells) - 1)]), ""
    column, value = random.choice([pair for c in columns for pair in ways(random, entity, c)])
    costs_row = column.required or column.name in entity.key
    mended = "" if costs_row else line_of([*(row | {column.name: ""}).values()])
    return column.name, line_of([*(row | {column.name: value}).values()]), mended


def ways(random: Random, entity: Entity, column: Column) -> list[tuple[Column, str]]:
    """How a cell of a column can be damaged so that it cannot be read; none: any text will do."""
    if column.is_id:
        is_needed = column.required or column.name in entity.key
        ids = [value for value in DESTROYED_IDS if value or is_needed]
        return [(column, random.choice(ids))]
    if column.pattern or column.accepted:
        return [(column, "?")]
    if column.kind in ("varchar", "json"):
        return [(column, "")] if column.required else []
    return [(column, random.choice(UNREADABLE[column.kind]))]


@pytest.fixture(scope="module")
def damage(tmp_path_factory: pytest.TempPathFactory) -> Damage:
    folder, random = tmp_path_factory.mktemp("damage"), Random(3)
    write_sample(folder / "sample", LEADS)
    made = Damage(folder / "damaged", folder / "cleaned")
    made.damaged.mkdir()
    made.cleaned.mkdir()
    for file in sorted((folder / "sample").iterdir()):
        if file.name.endswith(ENDS):
            entity = read_contract()[file.name.split(".")[0]]
            made.write(random, entity, f"{file.name.rsplit('.', 1)[0]}.csv", rows_of(file))
    return made


def rows_of(file: Path) -> list[dict[str, str]]:
    with duckdb.connect() as connection:
        reader = "read_csv('{}', all_varchar = true)" if file.suffix == ".csv" else "'{}'"
        found = connection.sql(
            f"select coalesce(columns(*)::varchar, '') from {reader.format(file)}"
        )
        return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


Runs = tuple[Warehouse, RunResult, Warehouse, RunResult]


@pytest.fixture(scope="module")
def runs(damage: Damage, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """The warehouse of the damaged files and that of the cleaned ones, each run from nothing."""
    damaged = Warehouse(tmp_path_factory.mktemp("of_damaged"))
    cleaned = Warehouse(tmp_path_factory.mktemp("of_cleaned"))
    return damaged, damaged.run(damage.damaged), cleaned, cleaned.run(damage.cleaned)


NAMED = """
    select issue, entity, record_id from marts.data_issues
    where issue in ('row set aside', 'cell left empty')
"""


def test_each_damaged_row_is_named_with_its_file_and_line(damage: Damage, runs: Runs) -> None:
    """A few rows of the sample cannot land anyway, and are named among those of both."""
    named, anyway = {*runs[0].query(NAMED)}, {*runs[2].query(NAMED)}
    assert 0.02 * damage.rows < len(damage.told) < 0.04 * damage.rows
    assert damage.told <= named
    assert len(named - damage.told) == len(anyway) < 10


def test_the_report_counts_them(runs: Runs) -> None:
    counted = Counter((issue, entity) for issue, entity, _ in runs[0].query(NAMED))
    issues = {(found.issue, found.entity): found.records for found in runs[1].report.issues}
    assert counted.items() <= issues.items()
    told = f"{counted['row set aside', 'payments']:,} × row set aside in payments"
    notes = [row.note for row in runs[1].report.rows if row.kpi == "revenue"]
    assert notes and all(told in note for note in notes)


def test_kpis_are_those_of_the_files_without_the_damage(runs: Runs) -> None:
    found, expected = ([*run.report.rows] for run in (runs[1], runs[3]))
    assert len(expected) > 100 and any(row.value for row in expected)
    for one, other in zip(found, expected, strict=True):
        assert one.value == pytest.approx(other.value, rel=1e-12), one
        assert replace(one, value=0, note="") == replace(other, value=0, note="")


def test_marts_are_those_of_the_files_without_the_damage(runs: Runs) -> None:
    with duckdb.connect() as connection:
        for name, warehouse in (("damaged", runs[0]), ("cleaned", runs[2])):
            connection.execute(f"attach '{warehouse.file}' as {name} (read_only)")
        marts = connection.sql(
            """select table_name from duckdb_tables()
            where database_name = 'cleaned' and schema_name = 'marts'
            and table_name not in ('run_info', 'data_issues')"""
        ).fetchall()
        assert len(marts) > 20
        for (mart,) in marts:
            for one, other in (("damaged", "cleaned"), ("cleaned", "damaged")):
                rows, others = (
                    rows_of_mart(connection, f"{of}.marts.{mart}") for of in (one, other)
                )
                differing = connection.sql(f"{rows} except all {others} limit 3").fetchall()
                assert differing == [], f"only {one}: {mart}"


def rows_of_mart(connection: duckdb.DuckDBPyConnection, mart: str) -> str:
    """A query of a mart's rows, but for leaks that are rows set aside, as `data_issues` has them.

    Of numbers that are not exact the last digits are left out.
    """
    columns = connection.sql(f"describe {mart}").fetchall()
    rounded = [f"round({name}, 9) as {name}" for name, kind, *_ in columns if kind == "DOUBLE"]
    replaced = f"replace ({', '.join(rounded)})" if rounded else ""
    kept = "where leak <> 'row_set_aside'" if mart.endswith(".lead_leaks") else ""
    return f"select * {replaced} from {mart} {kept}"
