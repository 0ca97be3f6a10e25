"""One run at a time: who writes to the warehouse holds a lock that says who it is."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from scripts.shared import paths
from scripts.shared.errors import BusyError, UserError
from scripts.shared.faults import no_room
from scripts.shared.modes import make_shared
from scripts.shared.temporary import clear_temporary

_held: set[Path] = set()
# How often, every so many seconds, to look at a lock whose holder has not said who it is.
_LOOKS, _PAUSE = 100, 0.01


@contextmanager
def exclusive(command: str, file: Path | None = None) -> Iterator[None]:
    """Hold the folder of a working file for one command, and for those that it calls itself.

    `file` is the warehouse's unless given. The lock file holds the command, its process and when
    it started (UTC). The system lets go of the lock when that process ends, however it ends, so a
    file left by a killed process, or one whose number another process has now, is taken over; what
    such a process needed for a while is cleared.
    Raises BusyError, which says who holds it, where another process does.
    """
    file = paths.lock_file(file)
    if file in _held:
        yield
        return
    try:
        make_shared(file.parent)
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        cause = no_room(error) or f"{file} cannot be written: {error.strerror}."
        raise UserError(cause) from error
    try:
        if not _takes(descriptor):
            raise BusyError(_holder(file, os.pread(descriptor, 4096, 0)))
        _tell(descriptor, command)
        _held.add(file)
        try:
            clear_temporary()
            yield
        finally:
            _held.discard(file)
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _takes(descriptor: int) -> bool:
    """Whether this process has the lock now; who has just taken it is given time to say so."""
    for _ in range(_LOOKS):
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if os.pread(descriptor, 1, 0):
            break
        time.sleep(_PAUSE)
    return False


def _tell(descriptor: int, command: str) -> None:
    """Write who holds the lock into its file; where the disk is full, others are told less."""
    started = datetime.now(UTC).isoformat(" ", "seconds")
    holder = {"command": command, "pid": os.getpid(), "started_at": started}
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(holder).encode(), 0)


def _holder(file: Path, text: bytes) -> str:
    """Who holds the lock, as its file tells."""
    try:
        holder = json.loads(text)
        who = "`{command}` (process {pid}, since {started_at})".format_map(holder)
    except (ValueError, TypeError, KeyError):
        who = "another run"
    return f"{file.parent} is in use by {who}: wait for it to end, and run again."
