"""What Python, DuckDB, dbt and the system raise, as a sentence that a person can act on.

This is the last place before a person: whatever is raised becomes a sentence here. The text of an
error of DuckDB can cite a row, so it is not shown where the cause is not known.
"""

import errno
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from scripts.shared.errors import UserError
from scripts.shared.paths import PROJECT, warehouse_file

# What DuckDB may take unless LEADS_MEMORY says otherwise.
MEMORY = "4GB"
STOPPED = 130  # the shell's exit code of what Ctrl-C ended

_NO_ROOM = {
    errno.ENOSPC: "the disk is full; free space, or set LEADS_WAREHOUSE and LEADS_TEMP",
    errno.EDQUOT: "the disk quota is used up; free space",
    errno.EFBIG: "a file may not grow as large as is needed; lift the limit",
    errno.EROFS: "the disk is read-only; make it writable, or set LEADS_WAREHOUSE",
}
_NO_MEMORY = r"Out of Memory Error|OutOfMemoryException|failed to (allocate|pin block)"
_DAMAGED = (
    r"Corrupt database file|checksum|magic bytes|TProtocol|Failed to deserialize"
    r"|Serialization Error|database has been invalidated|Could not read enough bytes"
    r"|INTERNAL Error|Failed to load metadata pointer|Failed while replaying WAL"
)


class StoppedError(UserError):
    """Somebody pressed Ctrl-C."""

    exit_code = STOPPED


def told(error: BaseException) -> UserError:
    """Any exception as one that a person can be shown; a UserError is one already."""
    if isinstance(error, UserError):
        return error
    if any(isinstance(link, KeyboardInterrupt) for link in _chain(error)):
        return stopped()
    for link in _chain(error):
        if isinstance(link, UserError):
            return link
        if sentence := known(link):
            return UserError(sentence)
    return UserError(
        f"this should not have happened ({_place(error)}), and what was published stays: please "
        "report it with the command that you ran."
    )


def stopped() -> StoppedError:
    """What to say of Ctrl-C."""
    return StoppedError(
        "stopped. Nothing is half done, and what was published stays: to go on, run the same "
        "command again."
    )


def known(error: BaseException, database: Path | None = None) -> str | None:
    """What to say of an error whose cause lies outside the program, or None.

    Such are a disk or memory that is not enough, files that the system does not give, and a damaged
    database: the warehouse unless given.
    """
    return no_room(error) or _no_memory(error) or _no_file(error) or damaged(error, database)


def no_room(error: BaseException | str) -> str | None:
    """What to say of an error that means that the disk takes no more; None for any other."""
    for number, cause in _NO_ROOM.items():
        if os.strerror(number) in str(error):
            return f"{warehouse_file().parent} cannot be written to: {cause}, and run again."
    return None


def of_dbt(output: Sequence[str]) -> str | None:
    """Why dbt failed, from what it said, where that is not its own to tell; else None."""
    text = "\n".join(output)
    if sentence := no_room(text) or _no_memory(text):
        return sentence
    if refused := re.search(r"^Error: Invalid value for .*: Path '(.+)' (is .+)$", text, re.M):
        return f"{refused[1]} {refused[2]} See to its rights, and run again."
    if "Traceback (most recent call last)" not in text:
        return None
    raised = re.findall(r"^([A-Za-z_][\w.]*)(?:: (.*))?$", text.rpartition("Traceback (")[2], re.M)
    kind, words = raised[-1] if raised else ("no reason given", "")
    if denied := re.fullmatch(r"\[Errno \d+\] (.+): '(.+)'", words):
        return f"{denied[2]} cannot be read or written: {denied[1]}."
    return f"dbt broke down ({kind}): run it by hand to see more."


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception, and those that it came from."""
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__ or link.__context__


def _no_memory(error: BaseException | str) -> str | None:
    is_it = isinstance(error, MemoryError | duckdb.OutOfMemoryException)
    if not is_it and not re.search(_NO_MEMORY, str(error)):
        return None
    if "temp_directory" in str(error):  # it is the disk that DuckDB may not fill further
        return f"{warehouse_file().parent} cannot be written to: {_NO_ROOM[errno.ENOSPC]}."
    allowed = os.environ.get("LEADS_MEMORY") or MEMORY
    return (
        f"more memory is needed than LEADS_MEMORY allows ({allowed}): set it higher, or "
        "LEADS_THREADS lower, and run again."
    )


def _no_file(error: BaseException) -> str | None:
    if not isinstance(error, OSError) or error.strerror is None:
        return None
    file = error.filename if error.filename is not None else "a file"
    shown = os.fsdecode(file) if isinstance(file, str | bytes | os.PathLike) else str(file)
    if len(shown) > 200:  # as where the name is too long itself
        shown = f"{shown[:100]}…"
    return f"{shown} cannot be read or written: {error.strerror}."


def damaged(error: BaseException, file: Path | None = None) -> str | None:
    """What to say of an error that means that a file's bytes are not what was written, or None.

    The file is the warehouse's unless given.
    """
    if not isinstance(error, duckdb.Error) or not re.search(_DAMAGED, str(error), re.IGNORECASE):
        return None
    if file in (None, warehouse_file()):
        return (
            f"{warehouse_file()} is damaged: put a sound copy in its place, or move it away and "
            "land your files again."
        )
    return f"{file} is damaged: put a sound copy in its place, or delete it, and run again."


def _place(error: BaseException) -> str:
    """The kind of an error and where it arose, without its text."""
    place = ""
    frame = error.__traceback__
    while frame is not None:
        file = Path(frame.tb_frame.f_code.co_filename)
        if file.is_relative_to(PROJECT / "scripts"):
            place = f" in {file.relative_to(PROJECT)} line {frame.tb_lineno}"
        frame = frame.tb_next
    return f"{type(error).__name__}{place}"
