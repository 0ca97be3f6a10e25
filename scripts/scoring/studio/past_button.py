"""Asks what an edit changes in the past, and leaves the past alone where that is not wanted."""

from datetime import date

from nicegui import ui

from scripts.scoring.effect import Restated
from scripts.scoring.studio.live import Live
from scripts.scoring.studio.past import leave_past_alone
from scripts.scoring.studio.state import State
from scripts.shared.errors import UserError

# The day that int_live_models takes for a model without `live_from`.
_ALWAYS = date(1900, 1, 1)


def past_button(state: State, live: Live) -> ui.column:
    """Draw the buttons, and below them what was found; an edit afterwards takes that away."""
    with ui.column().classes("w-full gap-1") as shown:
        with ui.row(wrap=False).classes("gap-2"):
            ask = ui.button("What of the past?", icon="history").props("outline dense no-caps")
            ask.tooltip(
                "How many leads would have become an MQL in the past: scores the whole history "
                "anew, which takes as long as a build"
            ).classes("px-2")
            leave = ui.button("Leave the past alone").props("outline dense no-caps")
            leave.tooltip(
                "The champion stays as it is; the edits go into a copy of it under a new name, "
                "which counts from the day after the clock on"
            ).classes("px-2")
        told = ui.label().classes("text-sm whitespace-pre-wrap w-full").mark("past")

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


def _since(day: date) -> str:
    return "from the start" if day == _ALWAYS else f"since {day}"


def _told(found: Restated) -> str:
    lines = [
        f"{model.score_model}, live {_since(model.live_from)}: {model.mqls_now:,} MQLs became "
        f"{model.mqls_then:,}."
        for model in found.models
    ]
    lines.append(
        f"{found.gained:,} leads would have become an MQL that did not, {found.lost:,} would not "
        f"have, {found.redated:,} on another day."
    )
    return "\n".join(lines)
