"""Runs dbt in this process, which ends when the one that started it does.

`python -m scripts.scoring.dbt <dbt's arguments>`, with a pipe that nobody writes to as standard
input: it closes when the process at its other end ends, however it ends. So a killed run leaves no
dbt behind that goes on writing to a warehouse that nobody holds any more.
"""

import os
import signal
import threading

from dbt.cli.main import cli


def _end_with_standard_input() -> None:
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=_end_with_standard_input, daemon=True).start()
    cli()
