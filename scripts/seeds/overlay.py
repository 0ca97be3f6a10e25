"""Which seeds dbt is to read: those of the project, or others laid over them."""
# ruff: noqa: S608 (names in SQL are quoted)

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from duckdb import CatalogException, DuckDBPyConnection

from scripts.seeds.check_seeds import check_seeds, seed_files
from scripts.seeds.checks.files import entries_below, read_rows
from scripts.seeds.checks.seeds import read_seeds
from scripts.shared.errors import UserError
from scripts.shared.paths import PROJECT
from scripts.shared.warehouse import quote_identifier

SEEDS = PROJECT / "seeds"


def overlay(named: str | None = None) -> Path | None:
    """The folder `named`, or else that which `LEADS_SEEDS` names, unless it is the project's own.

    Raises UserError where there is no such folder, or no CSV file in it.
    """
    named = named or os.environ.get("LEADS_SEEDS")
    if not named or (PROJECT / named).resolve() == SEEDS:
        return None
    if not (PROJECT / named).is_dir():
        raise UserError(f"{named} is no folder of seeds")
    if not any(entry.suffix == ".csv" for entry in entries_below(PROJECT / named)):
        raise UserError(f"{named} is no folder of seeds: it holds no CSV file")
    return PROJECT / named


def seed_path(named: str | None = None) -> str:
    """The folder of seeds for dbt, relative to the project.

    `named`, or else `LEADS_SEEDS`, names a folder whose CSV files replace those of the same name in
    `seeds/`; they are checked, then copied into a build area of their content's own, since dbt
    writes over seed files outside the project. Raises UserError where a seed is faulty or the
    folder is missing.
    """
    folder = overlay(named)
    check_seeds(SEEDS, folder).raise_for_errors()
    if folder is None:
        return SEEDS.name
    laid = seed_files(SEEDS, folder)
    files = {Path(seed.path): laid[name] for name, seed in read_seeds().items()}
    content = b"".join(bytes(name) + file.read_bytes() for name, file in files.items())
    build_area = Path("target") / f"seeds-{hashlib.sha256(content).hexdigest()[:16]}"
    if not (PROJECT / build_area).is_dir():
        _lay(files, PROJECT / build_area)
    return str(build_area)


def seed_cells(file: str, columns: Sequence[str]) -> list[list[str | None]]:
    """The cells of a sound seed's file, row by row in this order of columns; None where blank."""
    return [[row[column].strip(" ") or None for column in columns] for row in read_rows(Path(file))]


def load_seed(connection: DuckDBPyConnection, file: Path) -> str:
    """The name of a temporary table with the rows of a sound seed's file, until the next one's."""
    types = read_seeds()[file.stem].types
    columns = [*types]
    cells = (
        f"cells[{n}]::{types[name]} as {quote_identifier(name)}"
        for n, name in enumerate(columns, start=1)
    )
    connection.execute(
        f"create or replace temp table seed_file as select {', '.join(cells)} "
        """from (select unnest(from_json($rows, '[["varchar"]]')) as cells)""",
        {"rows": json.dumps(seed_cells(str(file), columns))},
    )
    return "temp.seed_file"


def have_same_rows(connection: DuckDBPyConnection, one: str, other: str) -> bool:
    """Whether two relations have the same rows, their order aside.

    They have not where one is missing, or has other columns; these may be in another order.
    """
    try:
        rows, others = (_counted_rows(connection, relation) for relation in (one, other))
    except CatalogException:
        return False
    return rows == others


def _counted_rows(connection: DuckDBPyConnection, relation: str) -> tuple[list[str], Counter[Any]]:
    """The columns in the order of their names, and how often each row is there."""
    found = connection.execute(f"from {relation}")
    names = [column[0] for column in found.description or ()]
    order = sorted(range(len(names)), key=names.__getitem__)
    rows = Counter(tuple(row[n] for n in order) for row in found.fetchall())
    return sorted(names), rows


def _lay(files: Mapping[Path, Path], folder: Path) -> None:
    """Put copies of files under these names into a new folder, which is there as a whole or not."""
    folder.parent.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="seeds-", dir=folder.parent) as scratch:
        new = Path(scratch) / "new"
        for name, file in files.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, new / name)
        try:
            new.rename(folder)
        except OSError:  # another run of the same seeds came first
            if not folder.is_dir():
                raise
