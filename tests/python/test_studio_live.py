"""What the studio knows of the warehouse while it is open: effects, leads, and what "now" is."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path

import duckdb
import pytest
from nicegui import core

from scripts.scoring.effect import WhatIf
from scripts.scoring.explain import explain
from scripts.scoring.studio import live as live_module
from scripts.scoring.studio.effect_panel import more_movers, told_now
from scripts.scoring.studio.lead import ids_beginning, now_and_then
from scripts.scoring.studio.live import Live
from scripts.scoring.studio.now import Now, read_now
from scripts.scoring.studio.state import State, opened_state
from scripts.shared.errors import BusyError, UserError
from tests.python.conftest import held_warehouse
from tests.python.test_studio_page import copied


@pytest.fixture
def small(history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small warehouse, with what dbt left of it, in the environment."""
    for name, value in copied(history, tmp_path).items():
        monkeypatch.setenv(name, value)
    return tmp_path / "copy"


@pytest.fixture
def proposal(small: Path) -> Path:
    return small / "proposal"


def live_on(
    proposal: Path, use: Callable[[State, Live], Awaitable[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Do something with a studio that has no page, as its server would."""

    async def run() -> None:
        monkeypatch.setattr(core, "loop", asyncio.get_running_loop())
        with opened_state(proposal) as state:
            live = Live(state)
            try:
                await use(state, live)
            finally:
                live.close()

    asyncio.run(run())


def is_held(file: Path) -> bool:
    """Whether another process can't write the warehouse."""
    code = "import duckdb, sys; duckdb.connect(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 or "Could not set lock" in done.stderr
    return done.returncode != 0


def test_a_lead_is_asked_for_while_the_warehouse_stays_open_for_the_next_edit(
    small: Path, proposal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Media is worth 10 points and the lead's email 5; 14 once Media is worth 9."""
    monkeypatch.setattr(live_module, "IDLE", 3600)

    async def use(state: State, live: Live) -> None:
        live.start()
        while state.effect is None:
            assert state.failure is None
            await asyncio.sleep(0.1)
        assert is_held(small / "leads.duckdb")
        media = next(row.id for row in state.rows("attribute_points") if "media" in row.cells)
        state.set_cell("attribute_points", media, "points", "9")
        found = await live.ask_of_seeds(partial(now_and_then, partial(explain, lead_id)))
        assert found.now is not None
        assert found.then is not None
        assert [side.score for side in (found.now, found.then)] == [Decimal(15), Decimal(14)]
        assert is_held(small / "leads.duckdb")

    with duckdb.connect(str(small / "leads.duckdb"), read_only=True) as connection:
        ((lead_id,),) = connection.sql(
            "select min(lead_id) from raw.leads where industry = 'Media'"
        ).fetchall()
    live_on(proposal, use, monkeypatch)
    assert not is_held(small / "leads.duckdb")


def test_what_the_data_have_and_what_now_is_are_asked_again_while_another_has_the_warehouse(
    small: Path, proposal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "PAUSE_WHILE_BUSY", 0.2)

    async def use(state: State, live: Live) -> None:
        with held_warehouse(small / "leads.duckdb"):
            live.start()
            await asyncio.sleep(0.1)
            with pytest.raises(BusyError):  # so that they were asked, too: one waits for the other
                await live.ask(partial(ids_beginning, "l"))
        async with asyncio.timeout(60):
            while not (state.data.offers and state.now):
                await asyncio.sleep(0.1)

    live_on(proposal, use, monkeypatch)


def test_a_process_that_was_ended_is_followed_by_another(
    proposal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def use(_: State, live: Live) -> None:
        with pytest.raises(UserError, match="was ended, perhaps"):
            await live.ask(partial(os._exit, 1))
        assert await live.ask(partial(ids_beginning, "l00")) == [f"l{n:03}" for n in range(10)]

    live_on(proposal, use, monkeypatch)


def test_a_fault_in_the_other_process_is_told(
    proposal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def use(_: State, live: Live) -> None:
        with pytest.raises(UserError, match="no lead 'nobody' was landed"):
            await live.ask(partial(explain, "nobody"))
        with pytest.raises(UserError, match="this should not have happened"):
            await live.ask(partial(int, "x"))

    live_on(proposal, use, monkeypatch)


def test_now_is_said_to_be_of_the_seeds_that_the_last_build_had(
    small: Path, proposal: Path
) -> None:
    """The warehouse was built with the live seeds in parts, and never published."""
    live = small / "seeds"
    (bands,) = live.rglob("score_bands.csv")
    now = Now((), is_of_proposal=False, is_published=False, has_passed=False)
    assert read_now(live, proposal) == now
    built = bands.read_text("utf-8")
    bands.write_text(built.replace("hot,2,10,", "hot,2,12,"), "utf-8")
    assert bands.read_text("utf-8") != built
    differs = replace(now, differing=("score_bands",))
    shutil.copytree(live, proposal)
    assert read_now(live, proposal) == differs
    (proposal / bands.relative_to(live)).write_text(built, "utf-8")
    assert read_now(live, proposal) == replace(differs, is_of_proposal=True)
    bands.write_text(built.replace("hot,2,10,", "hot,2,ten,"), "utf-8")
    assert read_now(live, proposal) == replace(differs, is_of_proposal=True)


def test_now_is_published_where_the_last_publication_was_of_the_last_build(
    small: Path, proposal: Path
) -> None:
    def is_published(value: str) -> bool:
        with duckdb.connect(str(small / "leads.duckdb")) as connection:
            connection.execute(f"update state.build set is_published = {value}")
        return read_now(small / "seeds", proposal).is_published

    assert is_published("true")
    assert not is_published("false")
    assert not is_published("null")


def test_now_is_said_to_be_of_a_build_that_did_not_pass(small: Path, proposal: Path) -> None:
    def now(is_sound: str) -> Now:
        with duckdb.connect(str(small / "leads.duckdb")) as connection:
            connection.execute(f"update state.build set is_sound = {is_sound}")
        return read_now(small / "seeds", proposal)

    assert "did not pass" in told_now(now("false"))
    assert "did not pass" not in told_now(now("true"))


def test_where_not_all_leads_that_move_are_named_it_is_said() -> None:
    def effect(moved: int) -> WhatIf:
        return WhatIf(9000, moved, (), (), (), 0, 0, (), (), (), None, None, ())

    assert more_movers(effect(0)) == ""
    assert more_movers(effect(1234)).startswith("These are 0 of 1,234. For all, save a proposal")
