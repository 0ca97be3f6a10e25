"""A point table as AG Grid shows it: columns with their help and what may be typed, and rows.

Names of columns are those of the seeds alone, and all that comes from data is text in lists:
NiceGUI takes names that begin with a colon for JavaScript.
"""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scripts.scoring.studio.data import Offer
from scripts.scoring.studio.state import State
from scripts.seeds.checks.seeds import Column, read_seeds
from scripts.seeds.checks.tables import Finding

# What may be typed, and beside it what is said of it.
Choices = list[list[str]]

# What is looked at most stands first; the file has its own order.
_FIRST = (
    *("rule_id", "persona", "attribute", "event_key", "operator", "value", "lower", "upper"),
    *("silent_days", "days_before", "occurrences", "expected_band"),
)
_PINNED = ("rule_id", "persona")
_FACTS = {
    "fired_share": ("Fires", "Share of leads for which the rule fires today."),
    "conversion_with": (
        "With",
        "Share of leads that became customers, of those with the rule on the quality day.",
    ),
    "conversion_without": ("Without", "The same of those without it."),
    "deserved_points": (
        "Deserves",
        "Points with which leads that have the rule would convert as their score says.",
    ),
}
_RULES = ("attribute_points", "event_points", "inactivity_points")
# In pixels; what a rule asks for and how it does fits on a small screen.
_WIDTHS = {
    "rule_id": 126, "persona": 170, "score_model": 84, "attribute": 102, "operator": 64,
    "value": 86, "reason": 260, "description": 300, "next_action": 260, "effect": 90, "locked": 70,
}  # fmt: skip
# On a screen of at least 1,600 pixels.
_WIDE = {"rule_id": 175, "attribute": 150, "value": 150, "persona": 230}
_WIDTHS_BY_KIND = {"number": 50, "whole": 50, "date": 92}
_LETTER, _MARGINS = 6.5, 13  # of a header


def options(state: State, table: str) -> dict[str, Any]:
    """The options of the grid of a table."""
    return {
        "columnDefs": _columns(state, table),
        "rowData": rows(state, table),
        "defaultColDef": {
            "sortable": True,
            "resizable": True,
            "filter": "agTextColumnFilter",
            ":comparator": "Studio.compare",
            ":cellClass": "Studio.cellClass",
            ":tooltipValueGetter": "Studio.tooltip",
        },
        "rowSelection": {
            "mode": "multiRow",
            "checkboxes": False,
            "headerCheckbox": False,
            "enableClickSelection": True,
        },
        ":getRowId": "row => String(row.data._id)",
        ":onGridReady": "Studio.ready",
        ":onCellFocused": "Studio.focused",
        ":onGridSizeChanged": "Studio.resized",
        ":onSelectionChanged": "Studio.selected",
        "context": {"table": table},
        "tooltipShowDelay": 300,
        "stopEditingWhenCellsLoseFocus": True,
        "enterNavigatesVerticallyAfterEdit": False,
        "suppressFieldDotNotation": True,
        "rowHeight": 30,
        "headerHeight": 34,
    }


def rows(state: State, table: str) -> list[dict[str, Any]]:
    """The rows of a table with what is found of each cell, and of a rule how well it does."""
    columns = state.columns(table)
    found = findings_by_row(state, table)
    champions = set(state.champions)
    shown = []
    for line, row in zip(state.lines(table), state.rows(table), strict=True):
        cells = dict(zip(columns, row.cells, strict=True))
        facts = state.data.rules.get((cells.get("score_model", ""), cells.get("rule_id", "")))
        shown.append(
            {
                "_id": row.id,
                "_line": line,
                "_is_champion": cells.get("score_model") in champions,
                "_findings": {
                    finding.column: ["warning" if finding.is_warning else "error", finding.message]
                    for finding in reversed(found.get(row.id, []))
                    if finding.column in columns
                },
                **cells,
                **({name: getattr(facts, name) for name in _FACTS} if facts else {}),
            }
        )
    return shown


def offered(state: State, table: str) -> list[list[Any]]:
    """What may be typed into each column, for the editors of its cells."""
    columns = read_seeds()[table].columns.values()
    return [[column.name, _offered(state, table, column)] for column in columns]


def findings_by_row(state: State, table: str) -> dict[int, list[Finding]]:
    """What is found of the rows of a table, by their ids."""
    lines = state.lines(table)
    found = defaultdict(list)
    for finding in state.findings:
        if Path(finding.file).stem == table and finding.line in lines:
            found[lines[finding.line]].append(finding)
    return found


def first_column(table: str) -> str:
    """The column in which a new row is begun."""
    return next((name for name in _FIRST if name in read_seeds()[table].columns), "score_model")


def _columns(state: State, table: str) -> list[dict[str, Any]]:
    seed = read_seeds()[table]
    number = {
        "field": "_line", "headerName": "#", "width": 36, "pinned": "left", "filter": False,
        "resizable": False, "headerTooltip": "Line in the file.",
    }  # fmt: skip
    leading = [name for name in _FIRST if name in seed.columns]
    if table in _RULES:
        leading.insert(1, "score_model")
    names = [*leading, *(["points"] if "points" in seed.columns else [])]
    shown = [_column(state, table, seed.columns[name]) for name in names]
    facts = [_fact(name, *words) for name, words in _FACTS.items()] if table in _RULES else []
    others = [
        _column(state, table, seed.columns[name])
        for name in sorted(
            (name for name in state.columns(table) if name not in names),
            key=lambda name: name != "reason",
        )
    ]
    for column in shown:
        if column["field"] in _PINNED:
            column["pinned"] = "left"
    return [number, *shown, *facts, *others]


def _fact(name: str, title: str, help_text: str) -> dict[str, Any]:
    return {
        "field": name, "headerName": title, "headerTooltip": help_text,
        "width": max(60, _header_width(title)),
        "filter": False, "type": "rightAligned",
        ":valueFormatter": "Studio.number" if name == "deserved_points" else "Studio.percent",
    }  # fmt: skip


def _header_width(title: str) -> int:
    return round(_LETTER * len(title) + _MARGINS)


def _column(state: State, table: str, column: Column) -> dict[str, Any]:
    width = _WIDTHS.get(column.name, _WIDTHS_BY_KIND.get(column.kind, 120))
    shown: dict[str, Any] = {
        "field": column.name,
        "headerName": column.name,
        "headerTooltip": column.description,
        "editable": True,
        ":cellEditor": "StudioEditor",
        "width": max(width, _header_width(column.name)),
        "context": {"wide": _WIDE.get(column.name)},
    }
    if column.name == "score_model":
        shown |= {
            ":valueFormatter": "Studio.model",
            "headerTooltip": f"{column.description} ★ marks a champion, whose scores count.",
        }
    if column.kind in ("number", "whole"):
        shown |= {"cellStyle": {"textAlign": "right"}, "suppressHeaderFilterButton": True}
    shown["cellEditorParams"] = _offered(state, table, column)
    return shown


def _offered(state: State, table: str, column: Column) -> dict[str, Any]:
    """What the editor of a cell is given, of values those of the attribute in the same row."""
    if column.name == "value":
        return {"by": "attribute", "offersBy": _values_by_attribute(state.data.offers)}
    return {"offers": _choices(state, table, column)}


def _values_by_attribute(offers: Iterable[Offer]) -> list[list[Any]]:
    found: dict[str, Choices] = {}
    for offer in offers:
        if offer.attribute and offer.value:
            found.setdefault(offer.attribute, []).append([offer.value, _leads(offer.leads)])
    return [[attribute, choices] for attribute, choices in found.items()]


def _choices(state: State, table: str, column: Column) -> Choices:
    """What may be typed into a column: accepted words, names of other tables, what leads have."""
    if column.accepted:
        return [[name, ""] for name in column.accepted]
    if column.kind == "attribute":
        return _attributes(state)
    if column.kind == "event_key":
        return _events(state)
    of = {"expected_band": "band"}.get(column.name, column.name)
    for other in ("score_models", "score_groups", "score_bands", "grade_bounds"):
        if other != table and of in state.columns(other):
            return [[name, ""] for name in _distinct(state.cells(other), of)]
    if column.name == "region":
        regions = [offer for offer in state.data.offers if offer.attribute == "region"]
        return [[offer.value, _leads(offer.leads)] for offer in regions]
    return []


def _attributes(state: State) -> Choices:
    """What leads have, then what the seeds define."""
    counts: dict[str, int] = {}
    for offer in state.data.offers:
        if offer.attribute:
            counts[offer.attribute] = counts.get(offer.attribute, 0) + offer.leads
    measures = [row["measure"] for row in state.mapping("event_measures")]
    segments = [f"in_segment:{row['segment']}" for row in state.mapping("segments")]
    others = dict.fromkeys(name for name in (*measures, *segments) if name not in counts)
    landed = [[name, f"{_leads(leads)} have it"] for name, leads in counts.items()]
    return [*landed, *([name, ""] for name in others)]


def _events(state: State) -> Choices:
    """What leads did, then what the seeds define."""
    counts = {offer.value: offer.leads for offer in state.data.offers if offer.is_event}
    mapped = dict.fromkeys(row["event_key"] for row in state.mapping("event_keys"))
    done = [[name, _leads(leads)] for name, leads in counts.items()]
    return [*done, *([name, "no lead yet"] for name in mapped if name not in counts)]


def _distinct(cells: Iterable[dict[str, str]], column: str) -> list[str]:
    return [name for name in dict.fromkeys(row[column] for row in cells) if name]


def _leads(count: int) -> str:
    return "1 lead" if count == 1 else f"{count:,} leads"
