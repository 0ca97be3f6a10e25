"""The page on which a lead is tested: one of the warehouse, or one that is made up."""

from collections.abc import Callable
from datetime import date
from functools import partial

from nicegui import ui

from scripts.scoring.explain import (
    Beside,
    Explanation,
    explain,
    explain_made_up,
    persona_rows,
    to_go,
    way_text,
)
from scripts.scoring.studio.lead import Tested, ids_beginning, now_and_then
from scripts.scoring.studio.live import Live
from scripts.scoring.studio.made_up_form import MadeUpForm
from scripts.scoring.studio.state import State
from scripts.scoring.studio.waterfall import height, options, steps, width
from scripts.shared.errors import UserError
from scripts.shared.text import points_text

_OF_WAREHOUSE, _MADE_UP = "One of the leads", "One made up"
_WAYS_SHOWN = 12


class LeadPage:
    """What to test on the left, and on the right what it scores."""

    def __init__(self, state: State, live: Live) -> None:
        """Draw it in the container that is open."""
        self._state, self._live = state, live
        self._asked: Callable[..., Explanation] | None = None
        self._shown: Tested | None = None
        self._version = 0  # of what was asked: what was found for another is dropped
        with ui.row(wrap=False).classes("w-full gap-0 studio-page"):
            with ui.column().classes(
                "studio-question shrink-0 h-full border-r p-3 gap-2 overflow-y-auto"
            ):
                self._draw_question()
            with ui.column().classes("grow min-w-0 h-full p-3 gap-2 overflow-y-auto"):
                self._draw_answer()
        state.effect_changed.subscribe(self._refresh)
        state.data_read.subscribe(self._offer)
        self._offer()

    async def show(self, lead_id: str) -> None:
        """Test a lead of the warehouse."""
        self._kind.set_value(_OF_WAREHOUSE)
        self._lead_id.set_value(lead_id)
        await self._test()

    def _draw_question(self) -> None:
        self._kind = ui.toggle([_OF_WAREHOUSE, _MADE_UP], value=_OF_WAREHOUSE)
        self._kind.props("dense no-caps spread").classes("w-full")
        with ui.row(wrap=False).classes("w-full gap-2"):
            self._day = ui.input("On the day").props("type=date dense stack-label clearable")
            self._day.classes("grow").tooltip("Empty: the last day of the data")
            self._model = ui.select([], label="By the model", clearable=True)
            self._model.props("dense stack-label").classes("grow")
            self._model.tooltip("Empty: the model whose score counts")
        with ui.column().classes("w-full gap-1") as of_warehouse:
            self._lead_id = ui.input("Lead's id", on_change=self._find).props("dense clearable")
            self._lead_id.classes("w-full").on("keydown.enter", self._test)
            self._found = ui.column().classes("w-full gap-0")
        with ui.column().classes("w-full gap-1") as made_up:
            self._form = MadeUpForm(self._state, self._today)
        of_warehouse.bind_visibility_from(self._kind, "value", value=_OF_WAREHOUSE)
        made_up.bind_visibility_from(self._kind, "value", value=_MADE_UP)
        ui.button("Score it", on_click=self._test).props("dense no-caps").classes("px-3")

    def _draw_answer(self) -> None:
        self._spinner = ui.linear_progress(show_value=False, size="2px").props("indeterminate")
        self._spinner.classes("shrink-0 invisible")  # keeps its place
        self._fault = ui.label("Name a lead, or make one up.").mark("lead fault")
        self._fault.classes("text-sm whitespace-pre-wrap")
        self._answer = ui.column().classes("w-full gap-2")

    def _today(self) -> date:
        """The day that is asked for."""
        try:
            return date.fromisoformat(self._day.value or "")
        except ValueError:
            return self._state.data.clock or date.min

    def _offer(self) -> None:
        models = self._state.cells("score_models")
        live = [row["score_model"] for row in models if row["role"] in ("champion", "challenger")]
        chosen = self._model.value if self._model.value in live else None
        self._model.set_options(live, value=chosen)
        self._form.offer()
        if clock := self._state.data.clock:
            self._day.set_label(f"On the day (else {clock})")

    async def _find(self) -> None:
        """Offers ids that begin as what is typed."""
        typed = str(self._lead_id.value or "").strip()
        found = await self._live.ask(partial(ids_beginning, typed)) if typed else []
        if typed != str(self._lead_id.value or "").strip():
            return
        self._found.clear()
        with self._found:
            for lead_id in found if found != [typed] else []:
                choose = ui.button(lead_id, on_click=lambda _, chosen=lead_id: self.show(chosen))
                choose.props("flat dense no-caps align=left").classes("w-full px-2")

    async def _test(self) -> None:
        day = date.fromisoformat(self._day.value) if self._day.value else None
        model = self._model.value or None
        if self._kind.value == _MADE_UP:
            attributes, events = self._form.attributes(), self._form.events()
            self._asked = partial(explain_made_up, attributes, events, day, score_model=model)
        elif lead_id := str(self._lead_id.value or "").strip():
            self._asked = partial(explain, lead_id, day, score_model=model)
        else:
            return
        await self._refresh()

    async def _refresh(self) -> None:
        """Score what was asked for last, by the seeds as they are."""
        asked = self._asked
        if asked is None or self._state.is_computing:
            return
        self._version += 1
        version = self._version
        self._spinner.classes(remove="invisible")
        self._answer.classes(add="opacity-50")  # it is of another question
        try:
            found = await self._live.ask_of_seeds(partial(now_and_then, asked))
        except UserError as error:
            found = Tested(None, None, str(error))
        if version != self._version:
            return
        self._spinner.classes(add="invisible")
        self._answer.classes(remove="opacity-50")
        self._show(found)

    def _show(self, found: Tested) -> None:
        if found == self._shown:
            return
        self._shown = found
        self._fault.set_text(found.fault or "")
        self._fault.set_visibility(bool(found.fault))
        self._fault.classes(add="text-red-800")
        self._answer.clear()
        shown = found.then or found.now
        if shown is None:
            return
        with self._answer:
            both = Beside(found.now or shown, found.then or shown)
            _head(both)
            _waterfalls(both)
            with ui.row().classes("w-full gap-8"):
                _ways(shown)
                if self._kind.value == _MADE_UP:
                    self._draw_saving(shown)

    def _draw_saving(self, shown: Explanation) -> None:
        with ui.column().classes("gap-1"):
            ui.label("Save it as a golden lead").classes("font-medium")
            name = ui.input("Name, as in head_of_it_asks_for_a_demo").props("dense")
            name.classes("studio-name")
            told = ui.label().classes("text-sm")

            async def save() -> None:
                told.set_text(await self._save(str(name.value or "").strip(), shown))

            button = ui.button(f"Must land in {shown.band}", icon="star", on_click=save)
            button.props("outline dense no-caps").classes("px-2")

    async def _save(self, name: str, shown: Explanation) -> str:
        """Puts the made-up lead into the table of golden leads; returns what to say of it."""
        if not name:
            return "Give it a name."
        if any(row["persona"] == name for row in self._state.cells("golden_leads")):
            return f"There is a golden lead {name} already."
        attributes, events = self._form.attributes(), self._form.events()
        day = shown.score_date
        try:
            rows = await self._live.ask_of_seeds(partial(persona_rows, attributes, events, day))
        except UserError as error:
            return str(error)
        shared = {
            "persona": name,
            "description": f"Made up in the studio; score {points_text(shown.score)}",
            "expected_band": shown.band,
            "score_model": shown.score_model,
        }
        self._state.add("golden_leads", [{**shared, **row} for row in rows])
        return f"It is in the table golden_leads, on {len(rows)} rows."


def _head(both: Beside) -> None:
    now, then = both.now, both.then
    scores = dict.fromkeys(points_text(side.score) for side in (now, then))
    bands = dict.fromkeys(side.band for side in (now, then))
    with ui.row().classes("items-baseline gap-4"):
        ui.label(then.lead_id).classes("text-base")
        ui.label(" → ".join(scores)).classes("text-2xl font-medium").mark("lead score")
        ui.label(" → ".join(bands)).classes("text-base font-medium").mark("lead band")
        ui.label(f"by {then.score_model} on {then.score_date}").classes("text-sm text-gray-700")
    notes = [
        *([then.next_action] if then.next_action else []),
        *([f"Not to be called: {then.not_callable_reason}"] if then.not_callable_reason else []),
        *(note[0].upper() + note[1:] for note in then.notes),
    ]
    for note in notes:
        ui.label(note).classes("text-sm")


def _waterfalls(both: Beside) -> None:
    """One where both are the same, else one of each side."""
    differ = both.now != both.then
    rows = steps(both, (0, 1) if differ else (1,))
    titles = ("Now", "As edited") if differ else ("Why",)
    with ui.row(wrap=False).classes("w-full gap-0"):
        for side, title in enumerate(titles):
            chart = ui.echart(options(rows, side, title)).mark("waterfall").classes("shrink-0")
            chart.style(f"height: {height(rows)}px; width: {width(side, len(titles))}")


def _ways(shown: Explanation) -> None:
    with ui.column().classes("gap-0 studio-ways"):
        ui.label("What would lift it a band").classes("font-medium")
        if shown.points_to_next_band is None:
            ui.label("It is in the highest band that it can be in.").classes("text-sm")
            return
        ui.label(f"{to_go(shown)}. One change on that day:").classes("text-sm")
        if not shown.ways_up:
            ui.label("No single change would raise the score.").classes("text-sm")
        with ui.grid(columns="auto auto 1fr").classes("gap-x-3 gap-y-0 text-sm").mark("ways up"):
            for way in shown.ways_up[:_WAYS_SHOWN]:
                ui.label(points_text(way.score)).classes("text-right")
                colour = "text-green-800" if way.reaches_next_band else "text-gray-600"
                ui.label(way.band if way.reaches_next_band else "not enough").classes(colour)
                ui.label(way_text(way))
