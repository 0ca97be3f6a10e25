"""The page on which point tables are edited: a grid a table, and what is found of its cells."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

from nicegui import ui
from nicegui.events import GenericEventArguments

from scripts.scoring.studio import grid
from scripts.scoring.studio.data import Offer
from scripts.scoring.studio.state import State
from scripts.seeds.checks.seeds import read_seeds
from scripts.seeds.checks.tables import Finding

TITLES = {
    "attribute_points": "Attributes",
    "event_points": "Events",
    "inactivity_points": "Silence",
    "score_bands": "Bands",
    "score_groups": "Groups",
    "golden_leads": "Golden leads",
    "grade_bounds": "Grades",
    "grade_matrix": "Priorities",
    "score_models": "Models",
}


class PointsPage:
    """What one browser tab shows of the tables: which one, and the row that one is in."""

    def __init__(self, state: State) -> None:
        """Draw the page where one is."""
        self._state = state
        self._row: int | None = None
        self._selected: list[int] = []
        self.table = state.tables[0]
        with ui.tabs(on_change=lambda event: self._show(event.value)) as tabs:
            for name in state.tables:
                ui.tab(name, TITLES.get(name, name))
        tabs.set_value(self.table)
        self._tabs = tabs.props("dense no-caps align=left").classes("w-full border-b")
        with ui.row(wrap=False).classes("w-full items-center gap-1"):
            self._help = ui.label().classes("text-sm text-gray-600 grow min-w-0 ellipsis")
            _tool("Add row", "add", "Insert", self.add)
            _tool("Copy row", "content_copy", "Ctrl+D", self.copy)
            _tool("Delete row", "delete", "Ctrl+Delete", self.delete)
        self._place = ui.column().classes("w-full grow min-h-0")
        self._found = ui.column().classes("w-full studio-findings overflow-y-auto gap-0 text-sm")
        self._draw()
        self._tell()
        state.changed.subscribe(self._changed)
        state.checked.subscribe(self._checked)
        state.data_read.subscribe(self._offer)
        ui.on("studio_focused", self._focused)
        ui.on("studio_selected", self._chosen)
        ui.on("studio_pasted", self._pasted)

    def add(self) -> None:
        """Add an empty row below the one that one is in, of the same model."""
        cells = {"score_model": self._model()} if self._has("score_model") else {}
        self._begin(self._state.add(self.table, [cells], self._row), grid.first_column(self.table))

    def copy(self) -> None:
        """Copy the row that one is in."""
        if self._row is not None:
            column = grid.first_column(self.table)
            self._begin(self._state.copy(self.table, self._row), column)

    def delete(self) -> None:
        """Delete the rows that are selected, or the one that one is in."""
        if self._row is None:
            return
        rows = self._selected if self._row in self._selected else [self._row]
        order = [row.id for row in self._state.rows(self.table)]
        after = [row_id for row_id in order[order.index(self._row) :] if row_id not in rows]
        self._state.delete(self.table, rows)
        self._row, self._selected = None, []
        if after:
            self._go(after[0], grid.first_column(self.table))

    def add_rule(self, offer: Offer) -> None:
        """Add a rule of what the data have, and go to its points, which are still to be written."""
        table = "event_points" if offer.is_event else "attribute_points"
        cells = rule_cells(self._state, offer, self._model())
        self.show(table)
        ids = self._state.add(table, [cells])
        self._begin(ids, "points")

    def show(self, table: str) -> None:
        """Show another table."""
        self._tabs.set_value(table)

    def _show(self, table: str) -> None:
        if table != self.table:
            self.table, self._row, self._selected = table, None, []
            self._draw()

    def _draw(self) -> None:
        self._help.set_text(" ".join(read_seeds()[self.table].description.split()))
        self._help.clear()
        with self._help:
            ui.tooltip(" ".join(read_seeds()[self.table].description.split()))
        self._place.clear()
        with self._place:
            shown = ui.aggrid(grid.options(self._state, self.table), auto_size_columns=False)
            shown.classes("w-full h-full studio-grid").mark("grid")
        shown.on("cellValueChanged", self._edited, ["rowId", "colId", "newValue"])
        self._grid = shown

    def _edited(self, event: GenericEventArguments) -> None:
        value = event.args["newValue"]
        text = "" if value is None else str(value).strip()
        self._state.set_cell(self.table, int(event.args["rowId"]), event.args["colId"], text)

    def _pasted(self, event: GenericEventArguments) -> None:
        """A block of cells, as spreadsheets copy it: rows below the last one are new."""
        values: dict[int, dict[str, str]] = {}
        new: list[dict[str, str]] = []
        model = {"score_model": self._model()} if self._has("score_model") else {}
        for row, cells in event.args["rows"]:
            texts = {name: str(text).strip() for name, text in cells if self._has(name)}
            if row is None:
                new.append(model | texts)
            else:
                values[int(row)] = texts
        self._state.set_cells(self.table, values, new)

    def _focused(self, event: GenericEventArguments) -> None:
        self._row = int(event.args["row"])

    def _chosen(self, event: GenericEventArguments) -> None:
        self._selected = [int(row) for row in event.args["rows"]]

    def _changed(self, table: str) -> None:
        if table == self.table:
            self._put_rows()

    def _checked(self) -> None:
        self._put_rows()
        # What is found of a cell is none of its value.
        self._grid.run_grid_method("refreshCells", {"force": True})
        self._tell()

    def _put_rows(self) -> None:
        rows = grid.rows(self._state, self.table)
        self._grid.run_grid_method("setGridOption", "rowData", rows)

    def _offer(self) -> None:
        """Show what the warehouse has; who edits a cell meanwhile goes on."""
        self._put_rows()
        arguments = json.dumps([self._grid.id, grid.offered(self._state, self.table)])
        ui.run_javascript(f"Studio.offer(...{arguments})")

    def _tell(self) -> None:
        """List what is found; a click goes to the cell."""
        self._found.clear()
        with self._found:
            for finding in self._state.findings:
                colour = "text-orange-10" if finding.is_warning else "text-red-9"
                jump = partial(self._jump, finding)
                told = ui.button(_told(finding), color=None, on_click=jump)
                told.props("flat dense no-caps align=left").classes(
                    f"w-full studio-finding {colour}"
                )

    def _jump(self, finding: Finding) -> None:
        table = Path(finding.file).stem
        if table not in self._state.tables or not finding.line:
            return
        self.show(table)
        row = self._state.lines(table).get(finding.line)
        if row is not None:
            self._go(row, finding.column or grid.first_column(table))

    def _begin(self, rows: list[int], column: str) -> None:
        if rows:
            self._go(rows[0], column, edit=True)

    def _go(self, row: int, column: str, *, edit: bool = False) -> None:
        arguments = json.dumps([self._grid.id, row, column, edit])
        ui.run_javascript(f"Studio.go(...{arguments})")

    def _has(self, column: str) -> bool:
        return column in self._state.columns(self.table)

    def _model(self) -> str:
        """The model of the row that one is in, else the first champion."""
        columns = self._state.columns(self.table)
        for row in self._state.rows(self.table):
            if row.id == self._row and "score_model" in columns:
                return row.cells[columns.index("score_model")]
        models = [row["score_model"] for row in self._state.cells("score_models")]
        return next(iter([*self._state.champions, *models]), "")


def rule_cells(state: State, offer: Offer, model: str) -> dict[str, str]:
    """A new rule of what the data have, without its points."""
    kind = "engagement" if offer.is_event else "fit"
    groups = [row for row in state.cells("score_groups") if row["score_model"] == model]
    fitting = [row["score_group"] for row in groups if row["kind"] == kind]
    rule = {
        "score_model": model,
        "rule_id": _free_name(state, model, f"{offer.attribute} {offer.name}"),
        "score_group": next(iter([*fitting, *(row["score_group"] for row in groups)]), ""),
    }
    if offer.is_event:  # once, as its leads are counted: some events come by the hundred
        return {**rule, "event_key": offer.value, "max_events": "1", "decay": "none"}
    if offer.lower:
        bounds = {"operator": "between", "lower": offer.lower, "upper": offer.upper}
        return {**rule, "attribute": offer.attribute, **bounds, "effect": "points"}
    matched = {"attribute": offer.attribute, "operator": "equals", "value": offer.value}
    return {**rule, **matched, "effect": "points"}


def _free_name(state: State, model: str, words: str) -> str:
    """A rule_id made of words that no rule of the model has."""
    plain = "".join(char if char.isascii() and char.isalnum() else "_" for char in words.lower())
    name = "_".join(part for part in plain.split("_") if part)[:50] or "rule"
    taken = {
        row["rule_id"]
        for table in ("attribute_points", "event_points", "inactivity_points")
        for row in state.cells(table)
        if row["score_model"] == model
    }
    numbers = (f"{name}_{number}" for number in range(2, len(taken) + 3))
    return next(free for free in (name, *numbers) if free not in taken)


def _told(finding: Finding) -> str:
    """A finding in words, with its table in place of the file that is being edited."""
    line = f", line {finding.line}" if finding.line else ""
    column = f", {finding.column}" if finding.column else ""
    return f"{Path(finding.file).stem}{line}{column}: {finding.message}"


def _tool(title: str, icon: str, key: str, do: Callable[[], None]) -> None:
    button = ui.button(title, icon=icon, on_click=do)
    button.props("flat dense no-caps").classes("px-2 shrink-0").tooltip(key)
