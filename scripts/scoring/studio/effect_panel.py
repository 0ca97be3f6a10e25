"""Beside the grid: what the edits do to the leads, and what the data have that has no rule yet."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from decimal import Decimal
from typing import Any

from nicegui import ui

from scripts.scoring.effect import Mover, Quality, WhatIf
from scripts.scoring.studio.data import Offer
from scripts.scoring.studio.data_list import data_list
from scripts.scoring.studio.live import Live
from scripts.scoring.studio.now import Now
from scripts.scoring.studio.past_button import past_button
from scripts.scoring.studio.points_page import PointsPage
from scripts.scoring.studio.state import State
from scripts.shared.text import points_text

_NOW, _THEN = "#90a4ae", "#1976d2"

# In pixels, what stands above the bars, and what a band takes with its two.
_HEAD, _BAND = 34, 30
# Lying bars, so that names of bands and numbers of leads, which may be long, have a line each.
_BY_BAND = {
    "grid": {"left": 80, "right": 56, "top": _HEAD, "bottom": 0},
    "xAxis": {"type": "value", "axisLabel": {"show": False}, "splitLine": {"show": False}},
    "yAxis": {
        "type": "category", "data": [], "inverse": True, "axisTick": {"show": False},
        "axisLabel": {"interval": 0, "fontSize": 11, "width": 72, "overflow": "truncate"},
    },
    "series": {
        "barCategoryGap": "16%", "barGap": "0%",
        "label": {
            "show": True, "position": "right", "fontSize": 10, ":formatter": "Studio.leads",
        },
    },
}  # fmt: skip
_BY_SCORE = {
    "grid": {"left": 44, "right": 4, "top": 42, "bottom": 22},
    "xAxis": {"type": "category", "data": [], "axisLabel": {"interval": 0, "fontSize": 11}},
    "yAxis": {"type": "value", "splitNumber": 3, "minInterval": 1},
}

# Shows a lead, by its id, in the same browser tab.
LookAt = Callable[[str], Awaitable[None]]


def effect_panel(state: State, live: Live, page: PointsPage, look_at: LookAt) -> None:
    """Draw the panel in the container that is open; `look_at` is told which lead was chosen."""
    with ui.tabs().props("dense no-caps align=left").classes("w-full") as tabs:
        effect = ui.tab("What it does")
        data = ui.tab("What the data have")

    def add_rule(offer: Offer) -> None:
        tabs.set_value(effect)
        page.add_rule(offer)

    panels = ui.tab_panels(tabs, value=effect).classes("w-full grow min-h-0").props("keep-alive")
    with panels:
        with ui.tab_panel(effect).classes("p-3 gap-2"):
            _Effect(state, live, look_at)
        with ui.tab_panel(data).classes("p-3 h-full"):
            data_list(state, add_rule)


class _Effect:
    """What one browser tab shows of the effect."""

    def __init__(self, state: State, live: Live, look_at: LookAt) -> None:
        self._state = state
        self._effect: WhatIf | None = None  # what is drawn
        with ui.row(wrap=False).classes("w-full items-center gap-2 studio-summary"):
            self._spinner = ui.spinner(size="20px").classes("studio-late")
            self._summary = ui.label().classes("text-sm").mark("summary")
        _now(state)
        self._failure = ui.label().classes("text-sm text-red-800 whitespace-pre-wrap w-full")
        self._shown = ui.column().classes("w-full gap-2")
        with self._shown:
            self._facts = ui.grid(columns="1fr auto auto").classes("w-full gap-x-3 gap-y-1 text-sm")
            self._broken = ui.column().classes("w-full gap-0 text-sm text-red-800")
            self._past = past_button(state, live)
            self._bands = _chart("Leads by band", _BY_BAND)
            self._scores = _chart("Leads by score", _BY_SCORE).classes("studio-chart")
            self._movers = _movers_table(look_at)
            self._more = ui.label().classes("text-sm text-gray-700").mark("more movers")
        self._update()
        state.effect_changed.subscribe(self._update)

    def _update(self) -> None:
        state, effect = self._state, self._state.effect
        self._spinner.set_visibility(state.is_computing)
        self._failure.set_text(state.failure or "")
        self._failure.set_visibility(bool(state.failure))
        self._shown.set_visibility(effect is not None)
        if state.failure or state.is_computing:
            self._shown.classes(add="studio-stale")
        else:
            self._shown.classes(remove="studio-stale")
        # Of which seeds this is, for who drives the page by a program.
        settled = "" if state.is_computing else state.version
        self._shown.props(f'data-version="{settled}"')
        if effect is None:
            self._summary.set_text("Scoring all leads …" if state.is_computing else "")
        elif effect is not self._effect:
            self._effect = effect
            self._draw(effect)

    def _draw(self, effect: WhatIf) -> None:
        """Show another effect; a browser takes long to draw what is as it was."""
        self._summary.set_text(_summary(effect))
        self._facts.clear()
        with self._facts:
            for cells in (("", "now", "then"), *_facts(effect)):
                for place, cell in enumerate(cells):
                    ui.label(cell).classes("text-right font-medium" if place else "text-gray-700")
        self._broken.clear()
        with self._broken:
            for persona in effect.broken_personas:
                ui.label(f"Golden lead {persona}: the build would fail")
        names, *leads = _by_band(effect)
        self._bands.style(f"height: {_HEAD + _BAND * len(names)}px")
        _bars(self._bands, "yAxis", names, *leads)
        _bars(self._scores, "xAxis", *_by_score(effect))
        self._movers.rows = [_mover(mover) for mover in effect.movers]
        self._movers.set_visibility(bool(effect.movers))
        self._more.set_text(more_movers(effect))
        self._past.set_visibility(bool(effect.changed_seeds))


def _now(state: State) -> None:
    """Say what "now" is."""
    told = ui.label().classes("text-xs text-gray-600").mark("now")

    def tell() -> None:
        told.set_text(told_now(state.now) if state.now else "")
        told.set_visibility(bool(state.now))

    tell()
    state.now_read.subscribe(tell)


def told_now(now: Now) -> str:
    """What "now" is, in words."""
    if now.is_of_proposal:
        seeds = ", with the proposal, not with the live seeds."
    elif now.differing:
        seeds = f"; the live seeds differ from it in {', '.join(now.differing)}."
    else:
        seeds = ", with the live seeds."
    if not now.has_passed:
        return (
            "Now is the last build, which did not pass whole: part of it may be of the one before"
            f"{seeds} What is published stays as it was."
        )
    published = "" if now.is_published else " It is not what is published."
    return f"Now is the last build{seeds}{published}"


def more_movers(effect: WhatIf) -> str:
    """What is to be said where not all leads that move are named."""
    if len(effect.movers) >= effect.moved:
        return ""
    return (
        f"These are {len(effect.movers):,} of {effect.moved:,}. For all, save a proposal, and run: "
        "python -m scripts whatif FOLDER --json"
    )


def _summary(effect: WhatIf) -> str:
    if not effect.changed_seeds:
        return "As the live warehouse has it: nothing changes."
    return f"{effect.moved:,} of {effect.leads:,} leads move."


def _facts(effect: WhatIf) -> Iterator[tuple[str, str, str]]:
    """What it is, now and then."""
    yield "May be called, in a band for sales", f"{effect.ready_now:,}", f"{effect.ready_then:,}"
    now, then = effect.quality_now, effect.quality_then
    yield "Handed to sales a week", *_both(now, then, lambda q: _number(q.handed_over_per_week))
    yield "Precision at the cut-off", *_both(now, then, lambda q: _percent(q.precision))
    yield "Cut-off", *_both(now, then, lambda q: _points(q.cutoff))
    yield "AUC", *_both(now, then, lambda q: "–" if q.auc is None else f"{q.auc:.3f}")
    yield "its 95 % interval", *_both(now, then, _interval)


def _both(
    now: Quality | None, then: Quality | None, text: Callable[[Quality], str]
) -> tuple[str, str]:
    return (text(now) if now else "–", text(then) if then else "–")


def _number(number: float | None) -> str:
    return "–" if number is None else f"{number:,.1f}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _points(points: Decimal | None) -> str:
    return "–" if points is None else points_text(points)


def _interval(quality: Quality) -> str:
    if quality.auc_low is None or quality.auc_high is None:
        return "–"
    return f"{quality.auc_low:.3f}–{quality.auc_high:.3f}"


def _by_band(effect: WhatIf) -> tuple[list[str], list[int], list[int]]:
    """The bands in their order, with their leads now and then."""
    now: Counter[str | None] = Counter()
    then: Counter[str | None] = Counter()
    for band_now, band_then, leads in effect.bands:
        now[band_now] += leads
        then[band_then] += leads
    names = [name for name in effect.band_order if now[name] or then[name]]
    shown = [name or "none" for name in names]
    return shown, [now[name] for name in names], [then[name] for name in names]


def _by_score(effect: WhatIf) -> tuple[list[str], list[int], list[int]]:
    floors = [str(floor) for floor, _, _ in effect.scores]
    return floors, [now for _, now, _ in effect.scores], [then for _, _, then in effect.scores]


def _chart(title: str, layout: dict[str, Any]) -> ui.echart:
    chart = ui.echart(
        {
            "title": {"text": title, "left": 0, "textStyle": {"fontSize": 13, "fontWeight": 500}},
            "legend": {"right": 0, "top": 0, "itemWidth": 12, "itemHeight": 10},
            "tooltip": {"trigger": "axis", "renderMode": "richText"},
            "animation": False,
            **layout,
            "series": [
                {
                    "name": name,
                    "type": "bar",
                    "data": [],
                    "itemStyle": {"color": colour},
                    **layout.get("series", {}),
                }
                for name, colour in (("now", _NOW), ("then", _THEN))
            ],
        }
    )
    return chart.classes("w-full")


def _bars(chart: ui.echart, axis: str, names: list[str], now: list[int], then: list[int]) -> None:
    """Only numbers and names of bands are put into a chart, which shows them as text."""
    options: dict[str, Any] = chart.options
    options[axis]["data"] = names
    options["series"][0]["data"], options["series"][1]["data"] = now, then
    chart.update()
    chart.set_visibility(bool(names))


def _movers_table(look_at: LookAt) -> ui.table:
    columns = [
        {"name": name, "label": label, "field": name, "align": "left"}
        for name, label in (("lead", "Lead"), ("score", "Score"), ("band", "Band"))
    ]
    table = ui.table(
        columns=columns, rows=[], row_key="lead", title="Leads that move most", pagination=10
    )
    # The expressions are Quasar's, and put in values as text.
    table.add_slot(
        "body",
        """<q-tr :props="props"><q-td><q-btn flat dense no-caps color="primary"
        :label="props.row.lead" @click="() => $parent.$emit('lead', props.row.lead)" /></q-td>
        <q-td>{{ props.row.score }}</q-td><q-td>{{ props.row.band }}</q-td></q-tr>
        <q-tr :props="props"><q-td colspan="3" class="text-grey-8 studio-why">{{ props.row.why }}
        </q-td></q-tr>""",
    )
    table.on("lead", lambda event: look_at(str(event.args)))
    return table.props("dense flat").classes("w-full studio-movers").mark("movers")


def _mover(mover: Mover) -> dict[str, str]:
    bands = dict.fromkeys(band or "none" for band in (mover.band_now, mover.band_then))
    return {
        "lead": mover.lead_id,
        "score": f"{_points(mover.score_now)} → {_points(mover.score_then)}",
        "band": " → ".join(bands),
        "why": ", ".join(
            f"{change.reason} {_points(change.points_now)} → {_points(change.points_then)}"
            for change in mover.changes
        ),
    }
