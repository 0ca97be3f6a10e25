"""Who may read what is written: its owner alone, but for what is there for others."""

import os
from contextlib import suppress
from pathlib import Path

from scripts.shared import paths

# What the user has set, before `keep_private`.
UMASK = os.umask(0o077)
os.umask(UMASK)


def keep_private() -> None:
    """From now on what this process and its children write is for its owner alone.

    What an earlier version left open to others is closed: the working file, dbt's logs and results.
    """
    os.umask(0o077)
    working, logs = paths.warehouse_file(), paths.log_folder()
    for file in (
        *(working, working.with_name(f"{working.name}.wal")),
        *(*paths.target_folder().glob("*.json"), *logs.glob("dbt.log*")),
    ):
        close(file)


def close(file: Path) -> None:
    """Take the rights of all but the owner from a file, where it is there and one's own."""
    with suppress(FileNotFoundError, PermissionError):
        if file.stat().st_mode & 0o077:
            file.chmod(file.stat().st_mode & 0o700)


def share(path: Path) -> None:
    """Let others read a file or folder as far as the user's umask lets them."""
    path.chmod((0o777 if path.is_dir() else 0o666) & ~UMASK)


def make_shared(folder: Path) -> None:
    """Make a folder and those that it lies in, where missing, for others to look into as well."""
    for path in reversed((folder, *folder.parents)):
        if not path.is_dir():
            path.mkdir(exist_ok=True)
            share(path)
