"""The frame of the studio: what stands above all pages, and the keys that work on them."""

from collections.abc import Callable
from pathlib import Path

from nicegui import ui
from nicegui.events import GenericEventArguments

from scripts.scoring.studio.effect_panel import LookAt, effect_panel
from scripts.scoring.studio.lead_page import LeadPage
from scripts.scoring.studio.live import Live
from scripts.scoring.studio.points_page import PointsPage
from scripts.scoring.studio.save_dialog import SaveDialog
from scripts.scoring.studio.state import State

_ASSETS = Path(__file__).with_name("assets")


def frame(state: State, live: Live) -> None:
    """Draw the studio in the page of one browser tab."""
    for sheet in ("utilities.css", "studio.css"):
        ui.add_css((_ASSETS / sheet).read_text("utf-8"))
    ui.add_head_html(f"<script>{(_ASSETS / 'studio.js').read_text('utf-8')}</script>")
    ui.colors(primary="#1565c0")
    saving = SaveDialog(state, live)
    with ui.header().classes("items-center bg-white text-black border-b py-0 px-4 gap-4"):
        ui.label("Lead scoring studio").classes("text-base font-medium")
        with ui.tabs().props("dense no-caps") as tabs:
            points_tab = ui.tab("Points")
            lead_tab = ui.tab("Test a lead")
        ui.space()
        _status(state)
        undo = _button("undo", "Undo (Ctrl+Z)", state.undo)
        redo = _button("redo", "Redo (Ctrl+Y)", state.redo)
        save = ui.button("Save …", icon="save", on_click=saving.open).props("dense no-caps")
        save.tooltip("Ctrl+S").classes("px-3")
    panels = ui.tab_panels(tabs, value=points_tab).classes("w-full").props("keep-alive")
    with panels:
        with ui.tab_panel(lead_tab).classes("p-0"):
            of_lead = LeadPage(state, live)

        async def look_at(lead_id: str) -> None:
            tabs.set_value(lead_tab)
            await of_lead.show(lead_id)

        with ui.tab_panel(points_tab).classes("p-0"):
            page = _points(state, live, look_at)

    def enable() -> None:
        undo.set_enabled(state.can_undo)
        redo.set_enabled(state.can_redo)

    enable()
    state.changed.subscribe(lambda _: enable())
    asked = {
        "undo": state.undo, "redo": state.redo, "save": saving.open, "add": page.add,
        "copy": page.copy, "delete": page.delete,
    }  # fmt: skip

    def pressed(event: GenericEventArguments) -> None:
        key = event.args["asked"]
        if key in asked and (key == "save" or not saving.is_open):
            asked[key]()

    ui.on("studio_key", pressed)
    live.start()


def _points(state: State, live: Live, look_at: LookAt) -> PointsPage:
    with ui.row(wrap=False).classes("w-full gap-0 studio-page"):
        with ui.column().classes("grow min-w-0 h-full gap-1 p-2"):
            page = PointsPage(state)
        with ui.column().classes("studio-effect shrink-0 h-full border-l gap-0"):
            effect_panel(state, live, page, look_at)
    return page


def _button(icon: str, tip: str, do: Callable[[], object]) -> ui.button:
    button = ui.button(icon=icon, on_click=do)
    button.props(f'flat dense aria-label="{tip}"').tooltip(tip)
    return button


def _status(state: State) -> None:
    """How many errors there are and what is not saved."""

    @ui.refreshable
    def status() -> None:
        errors = sum(not finding.is_warning for finding in state.findings)
        warnings = len(state.findings) - errors
        if errors:
            ui.label(_counted(errors, "error")).classes("text-red-800 font-medium")
        if warnings:
            ui.label(_counted(warnings, "warning")).classes("text-amber-800")
        unsaved = len(state.unsaved)
        ui.label(
            f"{_counted(unsaved, 'table')} not saved" if unsaved else "Nothing to save"
        ).classes("text-gray-600")

    with ui.row().classes("gap-3 items-center"):
        status()
    state.changed.subscribe(lambda _: status.refresh())
    state.checked.subscribe(status.refresh)
    state.saved.subscribe(status.refresh)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
