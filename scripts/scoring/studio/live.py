"""Checks the seeds after each edit and finds what they do, beside the page and not before it.

One thread finds effects, since a connection of DuckDB is one thread's; what was found for seeds
that were edited meanwhile is dropped. What else is read of the warehouse is so in another process.
"""

import asyncio
import gc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TypeVar

from nicegui import background_tasks

from scripts.scoring.build import Progress, build
from scripts.scoring.effect import Restated, WhatIf
from scripts.scoring.preview import Preview, previewing
from scripts.scoring.publish import publish
from scripts.scoring.studio.beside import answer, process_beside
from scripts.scoring.studio.data import Data, read_data
from scripts.scoring.studio.now import read_now
from scripts.scoring.studio.state import State
from scripts.seeds.check_seeds import SeedReport, check_seeds
from scripts.shared.errors import BusyError, UserError
from scripts.shared.faults import told
from scripts.shared.lock import exclusive
from scripts.shared.temporary import temporary_folder

# Seconds without an edit before the seeds are looked at, in which what a program or a held key does
# comes together, and after which a warehouse that another program writes is asked again.
_PAUSE, PAUSE_WHILE_BUSY = 0.03, 5.0
# Seconds without an edit after which the warehouse is closed, since no build can write it before.
IDLE = 20.0
# How many of the leads that move are named: ten pages of them.
MOST_MOVERS = 100

Result = TypeVar("Result")


class Live:
    """What is known of the seeds of a state and of the warehouse, as of the last edit."""

    def __init__(self, state: State) -> None:
        """Begin with the first page that is opened."""
        self._state = state
        self._thread = ThreadPoolExecutor(1, "studio")
        self._process = process_beside()
        self._asking = asyncio.Lock()  # the process; a build waits for it
        self._stack = ExitStack()
        self._snapshot = self._stack.enter_context(temporary_folder())
        self._opened = ExitStack()
        self._preview: Preview | None = None
        self._is_started = False
        self._version = 0  # of the seeds that were last looked at
        state.changed.subscribe(self._changed)
        state.saved.subscribe(self._look_at_now)

    def start(self) -> None:
        """Look at the seeds, and what the data have, unless that was begun before."""
        if not self._is_started:
            self._is_started = True
            self._read_warehouse()

    def refresh(self) -> None:
        """Look at the seeds as they are now."""
        self._version = self._state.version
        if self._is_started:
            background_tasks.create(self._refresh(self._state.version), name="effect of an edit")

    def close(self) -> None:
        """End what is being done."""
        self._process.shutdown(cancel_futures=True)
        self._thread.submit(self._let_go)
        self._thread.shutdown(wait=True)
        self._stack.close()

    async def build_and_publish(
        self, seeds: Path | None, progress: Progress, step: Callable[[str], None]
    ) -> Path:
        """Build with the live seeds, or with those of a folder over them, and publish.

        `progress` is told as `build` does, `step` what comes next. Returns the published file.
        Raises UserError where either can't go on.
        """
        try:
            async with self._asking:
                return await self._in_thread(partial(self._published, seeds, progress, step))
        finally:
            self._read_warehouse()

    def _read_warehouse(self) -> None:
        background_tasks.create_lazy(self._read_data(), name="what the data have")
        self._look_at_now()
        self.refresh()

    def _look_at_now(self) -> None:
        background_tasks.create_lazy(self._read_now(), name="what the last build was made with")

    def _changed(self) -> None:
        """An edit may be told of several tables."""
        if self._version != self._state.version:
            self.refresh()

    async def _refresh(self, version: int, pause: float = _PAUSE) -> None:
        state = self._state
        if not state.is_computing:
            state.is_computing = True
            state.effect_changed.emit()
        await asyncio.sleep(pause)
        if version != state.version:
            return
        again = False
        try:
            report = await self._in_thread(self._checked)
            if version != state.version:
                return
            found = (*report.errors, *report.warnings)
            if found != state.findings:
                state.findings = found
                state.checked.emit()
            if report.errors:
                raise UserError(_mend(len(report.errors)))
            effect = await self._in_thread(self._effect)
            if version != state.version:
                return
            state.effect, state.failure = effect, None
            background_tasks.create(self._rest(version), name="let go of the warehouse")
        except BusyError as error:
            state.failure, again = f"{error} Tried again in a few seconds.", True
        except Exception as error:
            state.failure = str(told(error))
        if version != state.version:
            return
        state.is_computing = False
        state.effect_changed.emit()
        if again:
            await self._refresh(version, PAUSE_WHILE_BUSY)

    async def restated(self) -> Restated:
        """What the edits would change in the past, which takes as long as a build of the history.

        Raises UserError where the seeds have errors, or the warehouse can't be read.
        """
        return await self._in_thread(self._restated)

    async def ask(self, work: Callable[[], Result]) -> Result:
        """What `work` finds, in the process beside this one: pickle must take it.

        Raises UserError where the warehouse can't be read, or `work` can't go on.
        """
        async with self._asking:
            loop = asyncio.get_running_loop()
            try:
                return await loop.run_in_executor(self._process, answer, work)
            except BrokenProcessPool as error:
                self._process = process_beside()
                raise UserError(
                    "the process that reads the warehouse was ended, perhaps as it took too much "
                    "memory (LEADS_MEMORY); try again"
                ) from error

    async def ask_of_seeds(self, work: Callable[[Path], Result]) -> Result:
        """As `ask`, of work that is given a copy of the seeds as they are."""
        with temporary_folder() as seeds:
            self._state.copy_into(seeds)
            return await self.ask(partial(work, seeds))

    async def _rest(self, version: int) -> None:
        """Prepare for the next edit; let a build have the warehouse once there is none."""
        await self._in_thread(self._prepare)
        await asyncio.sleep(IDLE)
        if version == self._state.version:
            await self._in_thread(self._let_go)

    async def _read_data(self) -> None:
        self._state.data = await self._read(read_data) or Data()
        self._state.data_read.emit()

    async def _read_now(self) -> None:
        state = self._state
        state.now = await self._read(partial(read_now, state.live, state.proposal))
        state.now_read.emit()

    async def _read(self, work: Callable[[], Result]) -> Result | None:
        """As `ask`, again while another program has the warehouse; None where it can't be read."""
        while True:
            try:
                return await self.ask(work)
            except BusyError:
                await asyncio.sleep(PAUSE_WHILE_BUSY)
            except UserError:  # the effect says why
                return None

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _checked(self) -> SeedReport:
        """The findings of the seeds as they are now, of which a copy is kept for the effect."""
        self._state.copy_into(self._snapshot)
        return check_seeds(self._snapshot)

    def _effect(self) -> WhatIf:
        """The effect of that copy; the warehouse stays open for the next one."""
        try:
            if self._preview is None:
                self._preview = self._opened.enter_context(previewing())
            return self._preview.effect(self._snapshot, movers=MOST_MOVERS)
        except BaseException:
            self._let_go()
            raise

    def _prepare(self) -> None:
        try:
            if self._preview:
                self._preview.prepare()
                _keep_what_is_loaded()
        except Exception:  # the next effect says why the warehouse cannot be read
            self._let_go()

    def _restated(self) -> Restated:
        self._let_go()
        check_seeds(self._snapshot).raise_for_errors()
        with previewing() as preview:
            return preview.restated(self._snapshot)

    def _published(
        self, seeds: Path | None, progress: Progress, step: Callable[[str], None]
    ) -> Path:
        self._let_go()
        try:
            with exclusive("studio"):
                step("dbt reads the project")
                build(progress, environment={"LEADS_SEEDS": str(seeds)} if seeds else None)
                step("publishing")
                return publish().file
        except Exception as error:
            raise told(error) from error

    def _let_go(self) -> None:
        """Close the warehouse, so that a build can have it."""
        self._preview = None
        self._opened.close()


def _keep_what_is_loaded() -> None:
    """Once all is loaded, no longer look through it for garbage: half a second of an edit."""
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()


def _mend(errors: int) -> str:
    told = "is 1 error" if errors == 1 else f"are {errors} errors"
    return f"There {told} to mend, below the grid. What stands here is of the seeds before."
