"""Files that are needed for a while: all in one folder, where nothing stays for good."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

from scripts.shared import paths
from scripts.shared.modes import make_shared

SPILLED = "spilled-"


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A new folder in `paths.temp_folder()`, gone afterwards.

    It is locked for as long as it is in use, however its process ends, so that what killed
    processes left can be told from it.
    """
    parent = _parent()
    while True:
        folder = Path(mkdtemp(dir=parent))
        # Another process may take it for a killed one's until it is locked.
        with suppress(FileNotFoundError):
            if (descriptor := _locked(folder)) is not None:
                if folder.is_dir():
                    break
                os.close(descriptor)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def spill_folder(database: Path) -> Path:
    """Where DuckDB puts aside what memory does not hold while it has a database open to write.

    DuckDB makes and removes it; what a killed process left is for who has the database open next
    to delete. That of the warehouse lies in `paths.temp_folder()`, others beside their files.
    """
    name = SPILLED + hashlib.sha256(bytes(database)).hexdigest()[:16]
    return (_parent() if database == paths.warehouse_file() else database.parent) / name


def clear_temporary() -> None:
    """Delete what processes that are gone left in `paths.temp_folder()`."""
    for path in paths.temp_folder().glob("*"):
        if path.name.startswith(SPILLED):
            continue
        with suppress(OSError):  # somebody else's, or gone meanwhile
            if not path.is_dir() or path.is_symlink():
                path.unlink()
            elif (descriptor := _locked(path)) is not None:
                shutil.rmtree(path, ignore_errors=True)
                os.close(descriptor)


def _parent() -> Path:
    """The folder of all, made where missing."""
    parent = paths.temp_folder()
    make_shared(parent.parent)
    parent.mkdir(mode=0o700, exist_ok=True)
    return parent


def _locked(folder: Path) -> int | None:
    """A descriptor that holds a folder's lock until it is closed; None where another does."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
