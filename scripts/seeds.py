"""Which seeds dbt is to read: those of the project, or others laid over them."""

import hashlib
import os
import shutil
from pathlib import Path

from scripts.errors import UserError
from scripts.paths import PROJECT

SEEDS = PROJECT / "seeds"


def seed_path() -> str:
    """The folder of seeds for dbt, relative to the project.

    `LEADS_SEEDS` names a folder whose CSV files replace those of the same name in `seeds/`; they
    are copied into the build area, since dbt writes over seed files outside the project. Raises
    UserError where the folder is missing or holds a file that is no seed of the project.
    """
    named = os.environ.get("LEADS_SEEDS")
    if not named or (PROJECT / named).resolve() == SEEDS:
        return SEEDS.name
    folder = PROJECT / named
    if not folder.is_dir():
        raise UserError(f"LEADS_SEEDS names {named}, which is no folder")
    files = sorted(folder.rglob("*.csv"))
    known = {file.name: file.relative_to(SEEDS) for file in SEEDS.rglob("*.csv")}
    for file in files:
        if file.name not in known:
            raise UserError(
                f"{file} is no seed of the project: a file must be named as one of "
                f"{', '.join(sorted(known))}"
            )
    content = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    build_area = Path("target") / f"seeds-{content[:16]}"
    shutil.rmtree(PROJECT / build_area, ignore_errors=True)
    shutil.copytree(SEEDS, PROJECT / build_area)
    for file in files:
        shutil.copyfile(file, PROJECT / build_area / known[file.name])
    return str(build_area)
