"""Serves the studio on this machine alone, until it is stopped."""

import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from scripts.scoring.studio.guard import TOKEN, Guard
from scripts.shared.errors import UserError
from scripts.shared.paths import warehouse_file

LOOPBACK = "127.0.0.1"


def serve(port: int, proposal: Path | None, ready: Callable[[str], None]) -> None:
    """Serve the studio until the process is told to stop.

    `port` 0 is any that is free; a proposal is opened from, and saved into, the folder `proposal`,
    else a new one beside the warehouse; `ready` is told
    the address once it can be opened. Raises UserError where the port is taken, or the seeds or the
    warehouse cannot be read.
    """
    # NiceGUI reads it when it is first imported, and would make a folder in the project.
    os.environ.setdefault("NICEGUI_STORAGE_PATH", os.devnull)
    from nicegui import ui

    from scripts.scoring.studio.frame import frame
    from scripts.scoring.studio.live import Live
    from scripts.scoring.studio.state import opened_state

    with opened_state(proposal or _new_proposal()) as state, closing(bound(port)) as listening:
        live = Live(state)
        host = f"{LOOPBACK}:{listening.getsockname()[1]}"
        token = secrets.token_urlsafe(32)
        app = FastAPI(openapi_url=None)
        ui.run_with(
            app,
            root=lambda: frame(state, live),
            title="Studio",
            language="en-US",
            tailwind=False,  # assets/utilities.css
            reconnect_timeout=300,  # a build may take both cores; a page is not reloaded for it
        )
        config = uvicorn.Config(
            Guard(app, host, token),
            log_level="warning",
            access_log=False,
            server_header=False,
        )
        # Uvicorn raises it again once it has ended; what was opened is to be closed then.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        ready(f"http://{host}/?{TOKEN}={token}")
        try:
            uvicorn.Server(config).run(sockets=[listening])
        finally:
            live.close()


def _new_proposal() -> Path:
    """The first folder that is not there yet of studio-1, studio-2 … in the folder of proposals."""
    folders = (warehouse_file().parent / "proposals" / f"studio-{n}" for n in count(1))
    return next(folder for folder in folders if not folder.exists())


def bound(port: int) -> socket.socket:
    """A socket that takes connections, which wait until they are served."""
    listening = socket.socket()
    try:
        listening.bind((LOOPBACK, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise UserError(
            f"port {port} cannot be had ({error.strerror}); name another with --port"
        ) from error
    return listening
