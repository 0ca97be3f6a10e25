"""A process beside the studio's, that reads the warehouse while an effect is looked for.

DuckDB's lock on a file is its process's: closing the file in one place lets go of it in all others,
so that a build could write what the next edit reads.
"""

import os
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TypeVar

from scripts.shared.faults import told

Result = TypeVar("Result")


def process_beside() -> ProcessPoolExecutor:
    """A process that does one thing after the other, with functions and values that pickle takes.

    It ends when the studio's does, however that ends.
    """
    return ProcessPoolExecutor(1, get_context("spawn"), _begin)


def answer(work: Callable[[], Result]) -> Result:
    """What `work` finds. Raises a UserError whatever goes wrong."""
    try:
        return work()
    except Exception as error:
        raise told(error) from error


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the studio's, which ends this, too
    Thread(target=_end_with_studio, daemon=True).start()


def _end_with_studio() -> None:
    studio = parent_process()
    assert studio is not None
    studio.join()
    os._exit(0)
