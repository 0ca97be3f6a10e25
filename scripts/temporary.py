"""Files that are needed for a while: all in one folder, where nothing stays for good.

Each process has a folder of its own there, locked for as long as it lives, however it ends. Who
takes the warehouse's lock clears the folders that nobody holds any more.
"""

import atexit
import fcntl
import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

from scripts import paths
from scripts.modes import make_shared

_own: dict[Path, Path] = {}


def own_folder() -> Path:
    """The folder of this process in `paths.temp_folder()`, which goes when the process ends."""
    parent = paths.temp_folder()
    if parent not in _own or not _own[parent].is_dir():
        make_shared(parent.parent)
        parent.mkdir(mode=0o700, exist_ok=True)
        _own[parent] = _new_folder(parent)
        atexit.register(shutil.rmtree, _own[parent], ignore_errors=True)
    return _own[parent]


def spill_folder(database: Path) -> Path:
    """Where DuckDB, which makes and removes it, puts aside what of a database memory can't hold."""
    return own_folder() / hashlib.sha256(bytes(database)).hexdigest()[:16]


def clear_temporary() -> None:
    """Delete what processes that are gone left in `paths.temp_folder()`."""
    for path in paths.temp_folder().glob("*"):
        with suppress(OSError):  # somebody else's, or gone meanwhile
            if not path.is_dir() or path.is_symlink():
                path.unlink()
            elif (descriptor := _locked(path)) is not None:
                shutil.rmtree(path, ignore_errors=True)
                os.close(descriptor)


def _new_folder(parent: Path) -> Path:
    """A new folder, locked by this process; others may clear it until it is."""
    while True:
        folder = Path(mkdtemp(dir=parent))
        with suppress(FileNotFoundError):
            if _locked(folder) is not None and folder.is_dir():
                return folder


def _locked(folder: Path) -> int | None:
    """A descriptor that holds a folder's lock until it is closed; None where another does."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
