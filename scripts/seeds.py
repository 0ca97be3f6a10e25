"""Which seeds dbt is to read: those of the project, or others laid over them."""

import hashlib
import os
import shutil
from pathlib import Path

from scripts.check_seeds import check_seeds
from scripts.errors import UserError
from scripts.paths import PROJECT

SEEDS = PROJECT / "seeds"


def overlay() -> Path | None:
    """The folder that `LEADS_SEEDS` names, unless it is the project's own.

    Raises UserError where there is no such folder.
    """
    named = os.environ.get("LEADS_SEEDS")
    if not named or (PROJECT / named).resolve() == SEEDS:
        return None
    if not (PROJECT / named).is_dir():
        raise UserError(f"LEADS_SEEDS names {named}, which is no folder")
    return PROJECT / named


def seed_path() -> str:
    """The folder of seeds for dbt, relative to the project.

    `LEADS_SEEDS` names a folder whose CSV files replace those of the same name in `seeds/`; they
    are checked, then copied into the build area, since dbt writes over seed files outside the
    project. Raises UserError where a seed is faulty or the folder is missing.
    """
    folder = overlay()
    check_seeds(SEEDS, folder).raise_for_errors()
    if folder is None:
        return SEEDS.name
    files = sorted(folder.rglob("*.csv"))
    known = {file.name: file.relative_to(SEEDS) for file in SEEDS.rglob("*.csv")}
    content = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    build_area = Path("target") / f"seeds-{content[:16]}"
    shutil.rmtree(PROJECT / build_area, ignore_errors=True)
    shutil.copytree(SEEDS, PROJECT / build_area)
    for file in files:
        shutil.copyfile(file, PROJECT / build_area / known[file.name])
    return str(build_area)
