"""What the data have, as a list from which a rule is made with two clicks."""

from collections.abc import Callable
from typing import Any

from nicegui import ui

from scripts.scoring.studio.data import LEAST_LEADS, Offer
from scripts.scoring.studio.state import State
from scripts.seeds.checks.vocabulary import CRM_EVENTS

_COLUMNS = [
    {"field": "attribute", "headerName": "What", "width": 92},
    {"field": "name", "headerName": "Value", "flex": 1, "minWidth": 80, "tooltipField": "name"},
    {"field": "leads", "headerName": "Leads", "width": 52, "type": "rightAligned", "filter": False},
    {
        "field": "conversion", "headerName": "Conv.", "width": 54, "type": "rightAligned",
        "filter": False, ":valueFormatter": "Studio.percent",
        "headerTooltip": "Share of them that became customers, of those old enough to tell.",
    },
    {"field": "rule", "headerName": "Rule", "width": 40, "filter": False},
]  # fmt: skip


def data_list(state: State, add_rule: Callable[[Offer], None]) -> None:
    """Draw the list, what no rule uses first; `add_rule` is told for what a rule is wanted."""
    with ui.row(wrap=False).classes("w-full items-center gap-2"):
        sought = ui.input("Search, as for event", on_change=lambda _: search())
        sought.props("dense clearable").classes("grow")
        make = ui.button("New rule", icon="add").props("dense no-caps").classes("px-2 shrink-0")
    make.disable()
    ui.label(
        "Choose a value, a range or an event; unused ones are first. Values of fewer than "
        f"{LEAST_LEADS} leads are left out, as they may be one person's."
    ).classes("text-sm")
    shown = ui.aggrid(
        {
            "columnDefs": _COLUMNS,
            "rowData": [],
            "defaultColDef": {"sortable": True, "filter": "agTextColumnFilter"},
            "rowSelection": {
                "mode": "singleRow",
                "checkboxes": False,
                "enableClickSelection": True,
            },
            ":getRowId": "row => String(row.data.place)",
            "suppressFieldDotNotation": True,
            "rowHeight": 28,
            "headerHeight": 32,
        },
        auto_size_columns=False,
    ).classes("w-full studio-data")
    chosen: list[Offer] = []

    def fill() -> None:
        shown.options["rowData"] = listed_offers(state)
        shown.update()
        chosen.clear()
        make.disable()

    async def choose() -> None:
        rows = await shown.get_selected_rows()
        chosen[:] = [state.data.offers[row["place"]] for row in rows]
        make.set_enabled(bool(chosen))

    def add() -> None:
        if chosen:
            add_rule(chosen[0])

    def search() -> None:
        shown.run_grid_method("setGridOption", "quickFilterText", sought.value or "")

    fill()
    state.data_read.subscribe(fill)
    shown.on("selectionChanged", choose, [])
    make.on_click(add)


def listed_offers(state: State) -> list[dict[str, Any]]:
    """What is listed: not what comes of selling, which foretells a customer too well."""
    used = _used(state)
    rows = [
        {
            "place": place,
            "attribute": offer.attribute or "event",
            "name": offer.name,
            "leads": offer.leads,
            "conversion": offer.conversion,
            "rule": "yes" if used(offer) else "",
        }
        for place, offer in enumerate(state.data.offers)
        if not (offer.is_event and offer.value in CRM_EVENTS)
    ]
    return sorted(rows, key=lambda row: row["rule"])


def _used(state: State) -> Callable[[Offer], bool]:
    """Whether a rule of any model looks at an offer: at its value, its event, or its numbers."""
    events = {row["event_key"] for row in state.cells("event_points")}
    values = set()
    numbers = set()
    for row in state.cells("attribute_points"):
        if row["lower"] or row["upper"]:
            numbers.add(row["attribute"])
        parts = row["value"].split("|") if row["operator"] == "in" else [row["value"]]
        values |= {(row["attribute"], part.strip().casefold()) for part in parts}

    def used(offer: Offer) -> bool:
        if offer.is_event:
            return offer.value in events
        if offer.lower:
            return offer.attribute in numbers
        return (offer.attribute, offer.value.casefold()) in values

    return used
