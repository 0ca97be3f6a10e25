"""Saving: where to, what changes there line by line, whose cell counts, and building it."""

import asyncio
import difflib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from nicegui import ui

from scripts.scoring.studio.edits import cell_text, edits, named
from scripts.scoring.studio.live import Live
from scripts.scoring.studio.saving import Change, changes, save
from scripts.scoring.studio.state import State
from scripts.seeds.check_seeds import check_seeds
from scripts.seeds.checks.seeds import read_seeds
from scripts.seeds.document import Document
from scripts.seeds.merge import Conflict
from scripts.shared.errors import UserError

_MOST_LINES = 400


class SaveDialog:
    """The dialog of one browser tab."""

    def __init__(self, state: State, live: Live) -> None:
        """Draw it, closed."""
        self._state = state
        self._live = live
        self._decided: dict[tuple[str, Conflict], bool] = {}
        self._found: list[Change] = []  # what is shown
        with (
            ui.dialog().props("aria-label=Save") as dialog,
            ui.card().classes("studio-dialog gap-2"),
        ):
            ui.label("Save").classes("text-lg")
            targets = {
                state.live: f"the live seeds, {_shown(state.live)}: the next build takes them",
                state.proposal: f"a proposal, {_shown(state.proposal)}: nothing live changes",
            }
            is_proposed = state.proposal.is_dir()  # opened, or saved into before
            self._target = ui.radio(
                targets,
                value=state.proposal if is_proposed else state.live,
                on_change=self._retarget,
            )
            self._content = ui.column().classes(
                "w-full gap-1 studio-changes overflow-y-auto no-wrap"
            )
            self._told = ui.label().classes(
                "text-sm whitespace-pre-wrap w-full studio-told overflow-y-auto"
            )
            self._progress = ui.linear_progress(0, show_value=False).classes("w-full")
            self._progress.set_visibility(False)
            with ui.row().classes("w-full justify-end"):
                ui.button("Close", on_click=dialog.close).props("flat no-caps")
                self._build = ui.button("Build and publish", on_click=self._build_and_publish)
                self._build.props("outline no-caps").tooltip(
                    "As make run after landing, with the seeds chosen above: all scores are made "
                    "anew, and what BI reads is replaced. Save first."
                )
                self._save = ui.button("Save", icon="save", on_click=self._write).props(
                    "no-caps autofocus"
                )
        self._dialog = dialog
        # Another tab edits and saves the same.
        state.changed.subscribe(lambda _: self._show_anew())
        state.saved.subscribe(self._show_anew)

    @property
    def is_open(self) -> bool:
        """Whether it is shown."""
        return bool(self._dialog.value)

    def open(self) -> None:
        """Show what would be saved; where it is shown already, save."""
        if self.is_open:
            self._write()
            return
        self._decided.clear()
        self._told.set_text("")
        self._show()
        self._dialog.open()

    @property
    def _folder(self) -> Path:
        folder: Path = self._target.value
        return folder

    def _retarget(self) -> None:
        self._told.set_text("")
        self._show()

    def _show_anew(self) -> None:
        if self.is_open:
            self._show()

    def _show(self) -> None:
        self._content.clear()
        errors = len(check_seeds(self._state.working).errors)
        is_live = self._folder == self._state.live
        try:
            found = changes(self._state, self._folder, self._decided)
        except UserError as error:
            self._told.set_text(str(error))
            found = []
        self._found = found
        with self._content:
            if not found and not self._told.text:
                ui.label("There is nothing to save there.").classes("text-sm text-gray-600")
            for change in found:
                self._show_change(change)
            if found and errors and is_live:
                ui.label(
                    f"{errors} error{'s' if errors > 1 else ''} must be mended before the live "
                    "seeds are saved; a proposal may be saved with them."
                ).classes("text-sm text-red-800")
            effect = self._state.effect
            if found and effect and effect.broken_personas:
                broken = len(effect.broken_personas)
                ui.label(
                    f"{broken} golden lead{'s' if broken > 1 else ''} would land in another band "
                    "(they are named in What it does): a build with these seeds fails."
                ).classes("text-sm text-red-800")
        undecided = [
            conflict
            for change in found
            for conflict in change.conflicts
            if (change.table, conflict) not in self._decided
        ]
        self._save.set_enabled(bool(found) and not undecided and not (errors and is_live))
        self._build.set_enabled(not found and not self._progress.visible)

    def _show_change(self, change: Change) -> None:
        ui.label(change.table).classes("font-medium")
        if change.is_merged:
            ui.label(
                "Somebody else saved this table meanwhile. What both did is put together; below "
                "is what saving changes in the file as it is now."
            ).classes("text-sm text-amber-900")
        for conflict in change.conflicts:
            self._choice(change.table, conflict)
        _listed(_in_words(change), "w-full gap-0 text-sm shrink-0", ui.label)
        _listed(_difference(change), "w-full gap-0 font-mono text-xs shrink-0", _line)

    def _choice(self, table: str, conflict: Conflict) -> None:
        where = f"{named(conflict.key)}: {conflict.column or 'the row'}"
        with ui.row().classes("items-center gap-2 text-sm"):
            ui.label(f"{where} was changed by both")
            ui.radio(
                {
                    True: f"yours: {cell_text(conflict.ours)}",
                    False: f"theirs: {cell_text(conflict.theirs)}",
                },
                value=self._decided.get((table, conflict)),
                on_change=partial(self._decide, table, conflict),
            ).props("inline dense")

    def _decide(self, table: str, conflict: Conflict, event: object) -> None:
        self._decided[table, conflict] = bool(getattr(event, "value", False))
        self._show()

    def _write(self) -> None:
        if not self._save.enabled:
            return
        try:
            if changes(self._state, self._folder, self._decided) != self._found:
                self._told.set_text(
                    "What would be saved was changed meanwhile; it is another now: look, and save "
                    "again."
                )
                self._show()
                return
            saved = save(self._state, self._folder, self._decided)
        except UserError as error:
            self._told.set_text(str(error))
            return
        self._decided.clear()
        self._told.set_text(f"Saved: {', '.join(saved)} in {_shown(self._folder)}.")
        self._show()

    async def _build_and_publish(self) -> None:
        """As `make run` does it after landing; the page goes on meanwhile."""
        folder = None if self._folder == self._state.live else self._folder
        self._progress.set_visibility(True)
        self._build.disable()
        at: tuple[str, float | None] = ("", None)

        def progress(done: int, total: int, name: str) -> None:
            nonlocal at
            at = (f"building {name} ({done} of {total})", done / max(total, 1))

        def step(name: str) -> None:
            nonlocal at
            at = (name, None)

        building = asyncio.ensure_future(self._live.build_and_publish(folder, progress, step))
        while not building.done():
            await asyncio.wait([building], timeout=0.3)
            words, share = at
            self._told.set_text(words)
            self._progress.set_value(share or 0)
            if share is None:
                self._progress.props(add="indeterminate")
            else:
                self._progress.props(remove="indeterminate")
        try:
            self._told.set_text(_told_built(building.result(), folder))
        except UserError as error:
            self._told.set_text(str(error))
        self._progress.set_visibility(False)
        self._show()


def _told_built(published: Path, proposal: Path | None) -> str:
    text = f"Built and published: {published}."
    if proposal:
        text += f" What the page calls now is of {_shown(proposal)}, not of the live seeds."
    return text


def _listed(lines: Sequence[str], classes: str, draw: Callable[[str], object]) -> None:
    """Draw lines below one another, of very many the first ones."""
    with ui.column().classes(classes):
        for line in lines[:_MOST_LINES]:
            draw(line)
        if len(lines) > _MOST_LINES:
            ui.label(f"and {len(lines) - _MOST_LINES:,} lines more")


def _line(line: str) -> None:
    colour = {"+": "bg-green-100", "-": "bg-red-100"}.get(line[:1], "text-gray-500")
    ui.label(line).classes(f"whitespace-pre-wrap studio-line px-1 {colour}")


def _in_words(change: Change) -> list[str]:
    """What saving edits, row by row; nothing of a file that is no such table: its lines tell."""
    key = read_seeds()[change.table].key
    try:
        was, will = (
            Document.read(content, change.table) for content in (change.before, change.content)
        )
    except UserError:
        return []
    is_table = set(key) <= {*was.columns} & {*will.columns}
    return list(edits(was, will, key)) if is_table else []


def _difference(change: Change) -> list[str]:
    """The lines that saving takes out and puts in, with one line around them."""
    was, will = (
        content.decode("utf-8", "replace").splitlines()
        for content in (change.before, change.content)
    )
    return list(difflib.unified_diff(was, will, n=1, lineterm=""))[2:]


def _shown(folder: Path) -> str:
    return "/".join(folder.parts[-2:])
