"""Which seeds dbt is to read: those of the project, or others laid over them."""

import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from duckdb import BinderException, CatalogException, DuckDBPyConnection

from scripts.check_seeds import check_seeds
from scripts.errors import UserError
from scripts.paths import PROJECT
from scripts.warehouse import quote_literal

SEEDS = PROJECT / "seeds"


def overlay() -> Path | None:
    """The folder that `LEADS_SEEDS` names, unless it is the project's own.

    Raises UserError where there is no such folder, or no CSV file in it.
    """
    named = os.environ.get("LEADS_SEEDS")
    if not named or (PROJECT / named).resolve() == SEEDS:
        return None
    if not (PROJECT / named).is_dir():
        raise UserError(f"LEADS_SEEDS names {named}, which is no folder")
    if not any((PROJECT / named).rglob("*.csv")):
        raise UserError(f"LEADS_SEEDS names {named}, which holds no CSV file")
    return PROJECT / named


def seed_path() -> str:
    """The folder of seeds for dbt, relative to the project.

    `LEADS_SEEDS` names a folder whose CSV files replace those of the same name in `seeds/`; they
    are checked, then copied into a build area of their content's own, since dbt writes over seed
    files outside the project. Raises UserError where a seed is faulty or the folder is missing.
    """
    folder = overlay()
    check_seeds(SEEDS, folder).raise_for_errors()
    if folder is None:
        return SEEDS.name
    laid_over = {file.name: file for file in folder.rglob("*.csv")}
    files = {
        file.relative_to(SEEDS): laid_over.get(file.name, file)
        for file in sorted(SEEDS.rglob("*"))
        if file.is_file()
    }
    content = b"".join(bytes(name) + file.read_bytes() for name, file in files.items())
    build_area = Path("target") / f"seeds-{hashlib.sha256(content).hexdigest()[:16]}"
    if not (PROJECT / build_area).is_dir():
        _lay(files, PROJECT / build_area)
    return str(build_area)


def seed_relation(file: Path) -> str:
    """What SQL reads the rows of a seed's file from, as text."""
    return f"read_csv({quote_literal(str(file))}, header = true, all_varchar = true)"


def have_same_rows(connection: DuckDBPyConnection, one: str, other: str) -> bool:
    """Whether two relations have the same rows, their order aside.

    They have not where one is missing, or has other columns.
    """
    try:
        differing = connection.execute(
            f"""(from {one} except all from {other})
            union all (from {other} except all from {one}) limit 1"""
        ).fetchall()
    except (BinderException, CatalogException):
        return False
    return not differing


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
