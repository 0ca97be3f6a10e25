"""Asks what an edit changes in the past, and leaves the past alone where that is not wanted."""

from nicegui import ui

from scripts.scoring.effect import Restated
from scripts.scoring.studio.live import Live
from scripts.scoring.studio.past import leave_past_alone
from scripts.scoring.studio.state import State
from scripts.shared.errors import UserError


def past_button(state: State, live: Live) -> ui.column:
    """Draw the buttons, and below them what was found; an edit afterwards takes that away."""
    with ui.column().classes("w-full gap-1") as shown:
        ask = ui.button("What of the past?", icon="history").props("outline dense no-caps")
        ask.tooltip("Scores the whole history anew, which takes as long as a build").classes("px-2")
        told = ui.label().classes("text-sm whitespace-pre-wrap w-full").mark("past")
        leave = ui.button("Leave the past alone").props("outline dense no-caps")
        leave.tooltip(
            "The champion stays as it is; the edits go into a copy of it under a new name, which "
            "counts from the day after the clock on"
        ).classes("px-2")

    async def find() -> None:
        ask.disable()
        told.set_text("Scoring the history anew …")
        version = state.version
        try:
            found = _told(await live.restated())
        except UserError as error:
            found = str(error)
        if version == state.version:
            told.set_text(found)
        ask.enable()

    def part() -> None:
        try:
            name = leave_past_alone(state)
        except UserError as error:
            told.set_text(str(error))
            return
        told.set_text(f"The edits are in {name} now, which counts from its live_from on.")

    ask.on_click(find)
    leave.on_click(part)
    state.changed.subscribe(lambda _: told.set_text(""))
    return shown


def _told(found: Restated) -> str:
    lines = [
        f"{model.score_model}, live since {model.live_from}: {model.mqls_now:,} MQLs became "
        f"{model.mqls_then:,}."
        for model in found.models
    ]
    lines.append(
        f"{found.gained:,} leads would have become an MQL that did not, {found.lost:,} would not "
        f"have, {found.redated:,} on another day."
    )
    return "\n".join(lines)
