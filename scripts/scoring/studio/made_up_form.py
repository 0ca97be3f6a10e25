"""The form of a made-up lead: attributes, with the values that there are, and dated events."""

from collections.abc import Callable, Iterable
from datetime import date

from nicegui import ui

from scripts.landing.contract import read_contract
from scripts.scoring.one_lead import MadeUpEvent
from scripts.scoring.studio.state import State
from scripts.shared.errors import UserError

# Attributes that rules may ask for and that follow from others, or from events.
_FOLLOWS = ("tenure_days", "first_event_key")
_SEGMENT = "in_segment:"
# What a lead that was landed has beside what rules ask for: who it is, and when it came in.
_NEVER = ("lead_id", "merged_into_lead_id", "updated_at", "is_deleted", "lead_url")


class _Input:
    """A text with values offered, which another text may be typed in place of."""

    def __init__(self, label: str, offers: Iterable[str], value: str = "") -> None:
        self.field = ui.input(label, value=value).props("dense stack-label clearable")
        self._list = ui.element("datalist")
        self.field.props(f"list=c{self._list.id}").classes("w-full min-w-0")
        self.offer(offers)

    def offer(self, values: Iterable[str]) -> None:
        """Offer these values from now on."""
        self._list.clear()
        with self._list:
            for value in dict.fromkeys(values):
                ui.element("option").props["value"] = value

    @property
    def text(self) -> str:
        """What stands there, without outer space."""
        return str(self.field.value or "").strip()


class MadeUpForm:
    """Draws the form in the container that is open, and reads it."""

    def __init__(self, state: State, today: Callable[[], date]) -> None:
        """Begin with the attributes that rules ask for; an event's day is `today` at first."""
        self._state, self._today = state, today
        self._named: dict[str, _Input] = {}
        self._others: list[tuple[_Input, _Input]] = []
        self._events: list[tuple[_Input, ui.input, ui.number]] = []
        ui.label("What it is").classes("font-medium")
        self._fields = ui.grid(columns=2).classes("w-full gap-x-3 gap-y-0")
        self._button("Another attribute", self._add_other)
        ui.label("What it did").classes("font-medium")
        self._rows = ui.column().classes("w-full gap-0")
        self._button("An event", self._add_event)

    def offer(self) -> None:
        """Offer what the rules and the data have now."""
        asked = _asked(self._state)
        with self._fields:
            for name in asked:
                if name not in self._named:
                    self._named[name] = _Input(name, ())
        for name, values in asked.items():
            self._named[name].offer(values)

    def attributes(self) -> dict[str, str]:
        """What is filled in, by attribute."""
        named = {name: field.text for name, field in self._named.items() if field.text}
        return named | {n.text: v.text for n, v in self._others if n.text and v.text}

    def events(self) -> list[MadeUpEvent]:
        """What is filled in. Raises UserError where a day is none."""
        return [
            MadeUpEvent(key.text, _day(str(day.value or "")), int(times.value or 1))
            for key, day, times in self._events
            if key.text
        ]

    def _add_other(self) -> None:
        columns = read_contract()["leads"].column_names
        offers = [name for name in columns if name not in _NEVER and name not in self._named]
        with self._fields:
            self._others.append((_Input("attribute", offers), _Input("value", ())))

    def _add_event(self) -> None:
        with self._rows, ui.row(wrap=False).classes("w-full gap-2 items-end"):
            key = _Input("event", _events(self._state))
            day = ui.input("on", value=str(self._today())).props("type=date dense stack-label")
            day.classes("studio-day shrink-0")
            times = ui.number("times", value=1, min=1, precision=0).props("dense stack-label")
            times.classes("studio-times shrink-0")
        self._events.append((key, day, times))

    def _button(self, words: str, do: Callable[[], None]) -> None:
        button = ui.button(words, icon="add", on_click=do).props("flat dense no-caps")
        button.classes("px-1")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UserError(f"an event's day is {text!r}; choose one") from error


def _asked(state: State) -> dict[str, list[str]]:
    """The attributes that rules ask for, each with the values of rules and of the data."""
    measures = {row["measure"] for row in state.mapping("event_measures")}
    segments = state.mapping("segments")
    rules = [*state.cells("attribute_points"), *segments]
    found: dict[str, list[str]] = {}
    for row in rules:
        name = row["attribute"]
        if not name or name in measures or name in _FOLLOWS or name.startswith(_SEGMENT):
            continue
        values = row["value"].split("|") if row["operator"] == "in" else [row["value"]]
        found.setdefault(name, []).extend(value.strip() for value in values if value.strip())
    for offer in state.data.offers:
        if offer.attribute in found:
            found[offer.attribute].append(offer.value or offer.lower)
    return dict(sorted(found.items()))


def _events(state: State) -> list[str]:
    """The event keys of points first, then those of the mapping and of the data."""
    points = sorted({row["event_key"] for row in state.cells("event_points")})
    mapped = sorted({row["event_key"] for row in state.mapping("event_keys")})
    occurred = [offer.value for offer in state.data.offers if offer.is_event]
    return [*dict.fromkeys([*points, *mapped, *occurred])]
