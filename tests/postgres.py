"""A Postgres server for tests, started from nothing in a folder of its own."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest

from scripts.landing.connecting.place import load_extension
from scripts.shared.errors import UserError

PASSWORD = "swordfish"
# Debian keeps the server's own programs out of the way.
_PLACES = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin")


@dataclass(frozen=True)
class Server:
    """A server that listens on a socket in `folder` alone and asks for a password."""

    folder: Path

    @property
    def where(self) -> str:
        return f"postgresql:///leads?host={self.folder}&user=reader"


def _program(name: str) -> str:
    found = shutil.which(name) or next(
        (str(path) for place in _PLACES for path in sorted(Path("/").glob(f"{place[1:]}/{name}"))),
        None,
    )
    if not found:
        pytest.skip(f"there is no {name}: install PostgreSQL (on Debian: postgresql)")
    return found


def load_or_skip(connection: duckdb.DuckDBPyConnection, extension: str) -> None:
    """Load an extension of DuckDB; without a network DuckDB 2 has none, and the test is skipped."""
    try:
        load_extension(connection, extension)
    except UserError as error:
        pytest.skip(str(error))


@contextmanager
def server() -> Iterator[Server]:
    """A server with an empty database `leads`, stopped at the end; root lends it to postgres."""
    initdb, control, createdb = map(_program, ("initdb", "pg_ctl", "createdb"))
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        secret, data = folder / "secret", folder / "data"
        secret.write_text(PASSWORD)
        as_owner: list[str] = []
        if os.geteuid() == 0:  # which Postgres refuses to run as
            for path in (folder, secret):
                shutil.chown(path, "postgres", "postgres")
            as_owner = ["runuser", "-u", "postgres", "--"]

        def run(*command: str) -> None:
            done = subprocess.run(
                [*as_owner, *command],
                cwd=folder,
                env={**os.environ, "PGPASSWORD": PASSWORD},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr

        run(initdb, "-D", str(data), "-U", "reader", "-A", "scram-sha-256", "--pwfile", str(secret))
        run(
            *(control, "-D", str(data), "-w", "-l", str(folder / "log")),
            *("-o", f"-c listen_addresses='' -k {folder}", "start"),
        )
        try:
            run(createdb, "-h", scratch, "-U", "reader", "leads")
            yield Server(folder)
        finally:
            run(control, "-D", str(data), "-m", "immediate", "stop")
