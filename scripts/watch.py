"""Takes in files as they come into a folder, and renews what is published at once.

What a stop, however sudden, leaves undone is done at the next start: files that did not land are
still in the folder, and what landed and is not yet published is known from the last build.
"""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from scripts.landing.land import LandResult, RejectTable, is_passed_over, land, rejects
from scripts.landing.mapping import NAME
from scripts.landing.own_data import refuse_sample
from scripts.landing.sources import FileState, readable
from scripts.run import build_and_publish
from scripts.sales.alerts import SLACK, alerts
from scripts.scoring.build import vars_of_last_build
from scripts.scoring.news import NeedsBuildError, renew
from scripts.shared.errors import BusyError, UserError
from scripts.shared.lock import exclusive

LOOK = 0.5  # seconds between two looks at the folder
BUSY = 10.0  # seconds between two attempts to begin
FAULTS_TOLD = 5

Tell = Callable[[str], None]


class Watch:
    """What is known of a folder from one look to the next.

    A file is taken once two looks found it the same, and again when it is another. Names that
    landing passes over, such as those that begin with a dot, are left alone: who writes a file
    slowly gives it its name when it is done.
    """

    def __init__(self, folder: Path, tell: Tell) -> None:
        """Raises UserError where there is no folder, and no warehouse of one's own data."""
        if not folder.is_dir():
            raise UserError(f"There is no folder {folder} to watch.")
        refuse_sample()
        self.folder = folder
        self._tell = tell
        self._said = ""
        self._seen: dict[str, FileState] = {}
        self._taken: dict[str, FileState] = {}
        self._is_behind = True  # something may have landed that is not published

    def look(self) -> None:
        """Take what came in since the look before; where another run is at work, next time."""
        try:
            names = self._arrived()
            if names or self._is_behind:
                self._take(names)
                self._said = ""
        except UserError as fault:
            self._tell_once(f"waiting: {fault}" if isinstance(fault, BusyError) else str(fault))

    def _arrived(self) -> list[str]:
        """The files that are as they were at the last look, and not as they were when taken."""
        states = {}
        with readable(self.folder):
            paths = sorted(self.folder.iterdir())
        for path in paths:
            if path.name == NAME or not is_passed_over(path.name):
                with suppress(UserError):  # a folder, or gone meanwhile
                    states[path.name] = FileState.of(path)
        if states.get(NAME) != self._seen.get(NAME):  # it may say something else of every file
            self._taken.clear()
        before, self._seen = self._seen, states
        return [
            name
            for name, state in states.items()
            if name != NAME and state == before.get(name) and state != self._taken.get(name)
        ]

    def _take(self, names: Sequence[str]) -> None:
        """Land files one by one, since a bad one is not to stop the others; then renew."""
        began = time.perf_counter()
        with exclusive("watch"):
            landed = []
            for name in names:
                state = self._seen[name]
                try:
                    landed.append(land(self.folder, names={name}))
                except BusyError:
                    raise
                except UserError as fault:
                    self._tell(f"{name} is not landed: {fault}")
                else:
                    self._is_behind |= landed[-1].total.files_landed > 0
                    self._tell_faults(landed[-1])
                self._taken[name] = state
            renewed = self._renewed() if self._is_behind else ""
            self._is_behind = False
        if told := [part for part in (_counted(landed), renewed) if part]:
            self._tell(f"{_named(names)}{'; '.join(told)}, {time.perf_counter() - began:.1f} s")

    def _renewed(self) -> str:
        """Renew what is published and send alerts; what came of it, in words."""
        try:
            news = renew()
            if news is None:
                return ""
            self._send_alerts(news.lead_ids)
            return f"{news.leads:,} leads scored anew since the build, {news.ready:,} newly hot"
        except BusyError:
            raise
        except NeedsBuildError as cause:
            return self._rebuilt(cause)
        except UserError as fault:
            return f"not published: {fault}"

    def _rebuilt(self, cause: NeedsBuildError) -> str:
        self._tell(f"{cause}: building all, as at night")
        try:
            published, *_ = build_and_publish(daily=True, arguments=vars_of_last_build())
        except BusyError:
            raise
        except UserError as fault:
            return f"not published: {fault}"
        self._send_alerts(None)
        return f"all leads scored anew as of {published.clock_date}"

    def _send_alerts(self, lead_ids: Sequence[str] | None) -> None:
        """To Slack, where its address is set; that it fails is told, and stops nothing."""
        if not os.environ.get(SLACK):
            return
        try:
            if sent := sum(1 for _ in alerts(send=True, lead_ids=lead_ids)):
                self._tell(f"{sent:,} alerts sent")
        except BusyError:
            raise
        except UserError as fault:
            self._tell(f"alerts not sent: {fault}")

    def _tell_faults(self, result: LandResult) -> None:
        counts: dict[RejectTable, int] = {
            "rejected_rows": result.total.rows_rejected,
            "rejected_cells": result.total.cells_rejected,
        }
        for table, count in counts.items():
            for line in rejects(result.run_id, FAULTS_TOLD, table) if count else ():
                self._tell(line)

    def _tell_once(self, text: str) -> None:
        if text != self._said:
            self._tell(text)
        self._said = text


def watch(folder: Path, tell: Tell, seconds: float = LOOK) -> None:
    """Look at a folder again and again, until interrupted; `tell` is given a line of each event.

    Raises UserError as `Watch` does.
    """
    watched = None
    while watched is None:
        try:
            watched = Watch(folder, tell)
        except BusyError as fault:
            tell(f"waiting: {fault}")
            time.sleep(BUSY)
    while True:
        watched.look()
        time.sleep(seconds)


def _named(names: Sequence[str]) -> str:
    """What begins a line about these files."""
    if not names:
        return ""
    more = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
    return f"{names[0]}{more}: "


def _counted(landed: Sequence[LandResult]) -> str:
    """What became of the rows of files, in words."""
    totals = [result.total for result in landed]
    words = {
        "rows landed": sum(total.rows_landed for total in totals),
        "known": sum(total.rows_duplicate for total in totals),
        "deleted": sum(total.rows_deleted for total in totals),
        "set aside": sum(total.rows_rejected for total in totals),
        "cells left empty": sum(total.cells_rejected for total in totals),
    }
    if not any(total.files_landed for total in totals):
        return ""
    return ", ".join(f"{n:,} {what}" for what, n in words.items() if n or what == "rows landed")
