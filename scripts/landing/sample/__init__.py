"""Made-up data in the format of the input contract: the same bytes for the same seed and size.

All rows are drawn in SQL. `parameters/` says what there is to draw from; `sql/` builds people,
their hidden propensity (06_propensities.sql, with the numbers of parameters/effects.csv), what
becomes of them, and their events; `files/` selects what each file holds.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from scripts.shared.errors import UserError

HERE = Path(__file__).parent
MANIFEST = "_sample.json"

CSV = "(format csv, header true, timestampformat '%Y-%m-%dT%H:%M:%SZ')"
JSON_LINES = "(format json, timestampformat '%Y-%m-%dT%H:%M:%SZ')"
PARQUET = "(format parquet, compression zstd)"

# Each file and how it is written; files/<name without its last suffix>.sql says what is in it.
FORMATS = {
    "accounts.csv": CSV,
    "leads.csv": CSV,
    "lead_events.parquet": PARQUET,
    "lead_events.late.parquet": PARQUET,
    "opportunities.csv": CSV,
    "opportunity_stages.csv": CSV,
    "opportunity_leads.csv": CSV,
    "payments.csv": CSV,
    "lead_feedback.jsonl": JSON_LINES,
    "marketing_spend.csv": CSV,
    "web_traffic.csv": CSV,
    "reps.csv": CSV,
    "truth/truth.parquet": PARQUET,
}


@dataclass(frozen=True)
class SampleResult:
    """Where a sample lies, and the rows of each entity, with versions and repetitions."""

    folder: Path
    rows: dict[str, int]


def write_sample(
    folder: Path,
    leads: int = 5000,
    seed: int = 42,
    on_step: Callable[[str], None] = lambda step: None,
) -> SampleResult:
    """Write made-up leads and what belongs to them into `folder`, in place of an earlier sample.

    `truth/truth.parquet` holds each lead's hidden propensity and outcome, for tests to compare a
    score with; it is no entity of the contract. DuckDB stays within 4 GB of memory at any size, and
    works in a temporary folder beside `folder`. `on_step` is told each step's name as it begins.
    Raises UserError for less than one lead, or a `folder` that cannot be made, or holds what no
    sample wrote.
    """
    if leads < 1:
        raise UserError(f"a sample of {leads} leads is none; ask for 1 or more")
    folder = folder.absolute()
    _refuse_what_no_sample_wrote(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder} cannot be made: {error.strerror}") from error
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as name:
        scratch = Path(name)
        rows = _build(scratch, leads, seed, on_step)
        (folder / "truth").mkdir(exist_ok=True)
        for file in (MANIFEST, *FORMATS):
            (scratch / file).replace(folder / file)
    return SampleResult(folder, rows)


def _refuse_what_no_sample_wrote(folder: Path) -> None:
    """The manifest tells a sample's files from somebody's own of the same name."""
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file; name a folder for the sample")
    found = {path for path in folder.rglob("*") if path.is_file() or path.is_symlink()}
    is_sample = folder / MANIFEST in found
    ours = {folder / file for file in (MANIFEST, *FORMATS)} if is_sample else set()
    if foreign := sorted(found - ours):
        raise UserError(
            f"{foreign[0]} was not written by a sample; name an empty folder, or move it away"
        )


def _build(scratch: Path, leads: int, seed: int, on_step: Callable[[str], None]) -> dict[str, int]:
    """Write all files into `scratch`; the rows of each entity."""
    manifest = {"written_by": "python -m scripts sample", "leads": leads, "seed": seed}
    (scratch / MANIFEST).write_text(json.dumps(manifest) + "\n")
    (scratch / "truth").mkdir()
    with duckdb.connect(str(scratch / "build.duckdb")) as build:
        build.execute("set memory_limit = '4GB'")
        build.execute("set temp_directory = $spill", {"spill": str(scratch / "spill")})
        build.execute("set variable leads = $leads", {"leads": leads})
        build.execute("set variable seed = $seed", {"seed": seed})
        for parameters in sorted((HERE / "parameters").glob("*.csv")):
            table = f"create table {parameters.stem} as from read_csv($file)"
            build.execute(table, {"file": str(parameters)})
        for script in sorted((HERE / "sql").glob("*.sql")):
            on_step(script.stem)
            build.execute(script.read_text())
        rows: Counter[str] = Counter()
        for name, written_as in FORMATS.items():
            on_step(name)
            rows[name.split(".")[0]] += _write(build, scratch / name, written_as)
    del rows["truth/truth"]
    return dict(rows)


def _write(build: duckdb.DuckDBPyConnection, file: Path, written_as: str) -> int:
    """Write one file; its rows."""
    query = (HERE / "files" / f"{file.stem}.sql").read_text()
    # With several threads the row groups of a Parquet file, hence its bytes, are a matter of luck.
    build.execute("set threads = 1" if written_as == PARQUET else "reset threads")
    copied = build.execute(f"copy ({query}) to $file {written_as}", {"file": str(file)})
    ((rows,),) = copied.fetchall()
    return int(rows)
