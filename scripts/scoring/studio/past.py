"""Leaves the past alone: an edit goes into a copy of the model that begins to count tomorrow.

Points hold for all days since their model went live, so that an edit changes how many leads were an
MQL in months that were reported long ago. Of champions each counts from its own `live_from` on.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from scripts.scoring.studio.state import Row, State
from scripts.shared.errors import UserError

_MODEL, _PERSONA = "score_model", "persona"


def leave_past_alone(state: State) -> str:
    """Put the edits of the champion into a copy that goes live on the day after the clock.

    The champion is as the live seeds have it; it is one edit, which can be undone. Returns the
    name of the copy. Raises UserError where no champion is live, or it was not edited.
    """
    champion, clock = state.data.champion, state.data.clock
    if champion is None or clock is None:
        raise UserError("no champion is live yet, so there is no past to leave alone")
    tables = [name for name in state.tables if _MODEL in state.columns(name)]
    if all(
        _of(state, name, state.rows(name), champion)
        == _of(state, name, state.live_rows(name), champion)
        for name in tables
    ):
        raise UserError(f"nothing of {champion} was edited: it is as the live seeds have it")
    names = {row[_MODEL] for row in state.cells("score_models")}
    copy = next(new for new in _names(champion) if new not in names)
    live_from = str(clock + timedelta(days=1))
    state.put({name: tuple(_parted(state, name, champion, copy, live_from)) for name in tables})
    return copy


def _parted(state: State, table: str, champion: str, copy: str, live_from: str) -> Iterator[Row]:
    """The rows of a table with the champion as it is live, and after them its copy."""
    now = {row.id: row for row in state.rows(table)}
    live = state.live_rows(table)
    for row in live:
        if _of(state, table, [row], champion):
            yield row
        elif row.id in now:
            yield now[row.id]
    known = {row.id for row in live}
    edited = _of(state, table, state.rows(table), champion)
    yield from (row for row in state.rows(table) if row.id not in known and row not in edited)
    for row in edited:
        cells = dict(zip(state.columns(table), row.cells, strict=True)) | {_MODEL: copy}
        if table == "score_models":
            cells["live_from"] = live_from
        if _PERSONA in cells:
            cells[_PERSONA] = f"{cells[_PERSONA]}_{copy}"
        yield state.row(cells.values())


def _of(state: State, table: str, rows: Sequence[Row], model: str) -> list[Row]:
    place = state.columns(table).index(_MODEL)
    return [row for row in rows if row.cells[place] == model]


def _names(model: str) -> Iterator[str]:
    return (f"{model}_{number}" for number in range(2, 1000))
