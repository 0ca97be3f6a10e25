"""What sales is told of: once, in Slack one message after the other, and of no person but by id."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from scripts.commands import app
from scripts.run import RunResult
from scripts.sales import alerts as alerting
from scripts.sales import service
from scripts.sales.alerts import Alert, alerts
from scripts.shared.errors import UserError
from tests.crm_servers import Faults, Slack
from tests.python.conftest import Warehouse
from tests.scored import republish, write_scored

# The clock is 2025-06-30, contact_within_hours 72, and hot is the band of leads 50 to 60.
HISTORY = """
insert into marts.lead_score_history
select 'lead-' || number, 'main', day::date, if(is_hot, 'hot', 'cold'), if(is_hot, 2, 1)
from (values
    (50, '2025-06-01', false), (50, '2025-06-28', true),  -- within three days
    (51, '2025-06-01', false), (51, '2025-06-27', true),  -- three days ago
    (52, '2025-06-01', true), (52, '2025-06-10', false), (52, '2025-06-30', true),
    (53, '2025-06-30', true), (53, '2025-06-30', true),
    (54, '2025-06-26', true), (54, '2025-06-29', true),  -- four days ago; then a point more
    (55, '2025-06-26', true),  -- called the day before
    (56, '2025-06-26', true),  -- called that day
    (57, '2025-06-26', true),  -- emailed
    (58, '2025-06-26', true),  -- must not be called
    (1, '2025-06-30', false)
) as spans (number, day, is_hot);
insert into intermediate.int_kpi_events values
    ('lead-55', 'contact', '2025-06-25 10:00'), ('lead-56', 'contact', '2025-06-26 00:00'),
    ('lead-57', 'email_sent', '2025-06-28 10:00');
update marts.lead_score set is_callable = false, score_rank = null where lead_id = 'lead-58'
"""


@pytest.fixture
def scored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = write_scored(tmp_path / "w", 60)
    republish(file, HISTORY)
    monkeypatch.setenv("LEADS_WAREHOUSE", str(file))
    monkeypatch.delenv("SLACK_WEBHOOK_URL", raising=False)
    monkeypatch.setattr(service, "FIRST_PAUSE", 0.001)
    return file


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slack]:
    with closing(Slack({}, set(), Faults(0, 0))) as server:
        monkeypatch.setenv("SLACK_WEBHOOK_URL", f"{server.url}/services/secret-address")
        monkeypatch.setattr(alerting, "PAUSE", 0.0)
        yield server


def named(found: Iterator[Alert]) -> list[tuple[str, str | None, str]]:
    return [(alert.kind, alert.lead_id, str(alert.day)) for alert in found]


def test_who_came_into_a_band_and_who_was_left_alone_in_it(scored: Path) -> None:
    assert named(alerts()) == [
        ("entered_band", "lead-50", "2025-06-28"),
        ("entered_band", "lead-52", "2025-06-30"),
        ("entered_band", "lead-53", "2025-06-30"),
        ("untouched", "lead-54", "2025-06-30"),
        ("untouched", "lead-55", "2025-06-30"),
        ("untouched", "lead-57", "2025-06-30"),
    ]


def test_of_named_leads_only_what_became_of_them_is_told(scored: Path) -> None:
    """Whom nobody contacted, and who has too many leads, is for once a day."""
    found = alerts(lead_ids=["lead-50", "lead-1", "lead-54"])
    assert named(found) == [("entered_band", "lead-50", "2025-06-28")]
    assert named(alerts(lead_ids=[])) == []


def test_who_fell_into_a_band_did_not_enter_it(scored: Path) -> None:
    republish(
        scored,
        """update marts.lead_score_history set band = 'best', band_order = 3
        where lead_id = 'lead-50' and valid_from = '2025-06-01'""",
    )
    assert "lead-50" not in [alert.lead_id for alert in alerts() if alert.kind == "entered_band"]


def test_nobody_is_told_of_whom_an_experiment_holds_out(scored: Path) -> None:
    with duckdb.connect(str(scored)) as connection:
        connection.execute(
            """insert into intermediate.int_experiment_leads
            values ('lead-50', true), ('lead-54', true), ('lead-52', false)"""
        )
    assert [alert.lead_id for alert in alerts()] == ["lead-52", "lead-53", "lead-55", "lead-57"]


def test_a_rep_to_whom_the_crm_gives_too_many(scored: Path) -> None:
    """Ann has three leads to work and may have three, Bob three and may have two."""
    republish(
        scored,
        """insert into intermediate.int_reps values ('ann', 3), ('bob', 2), ('cem', null);
        update intermediate.int_lead_profiles set owner_id = ['ann', 'bob'][1 + number % 2]
        from range(1, 9) as numbers (number) where lead_id = 'lead-' || number;
        insert into intermediate.int_lead_profiles values ('lead-1', 'ann', false, false, false);
        insert into marts.lead_assignments
        select 'lead-' || number, 'ann' from range(1, 7) as numbers (number)""",
    )
    (alert,) = [found for found in alerts(send=True) if found.kind == "over_capacity"]
    assert (alert.rep_id, alert.lead_id, str(alert.day)) == ("bob", None, "2025-06-30")
    assert alert.text == "Rep bob has more leads than their capacity"
    assert not [*alerts(send=True)]


def test_each_is_told_once_a_day(scored: Path) -> None:
    said = CliRunner().invoke(app, ["alerts", "--send"]).stdout
    first = [json.loads(line) for line in said.splitlines()]
    assert len(first) == 6
    assert first[0] == {
        "kind": "entered_band",
        "day": "2025-06-28",
        "lead_id": "lead-50",
        "band": "hot",
        "lead_url": "https://crm.example.com/50",
        "text": "Lead lead-50 is hot since 2025-06-28: https://crm.example.com/50",
    }
    assert named(alerts()) == named(alerts(send=True)) == []
    with duckdb.connect(str(scored.parent / "published" / "leads.duckdb")) as connection:
        connection.execute("update marts.run_info set clock_date = clock_date + 1")
    assert [alert.lead_id for alert in alerts(send=True)] == [
        *("lead-51", "lead-54", "lead-55", "lead-57"),
    ]


def test_slack_gets_them_whatever_goes_wrong(scored: Path, slack: Slack) -> None:
    slack.faults = Faults(10, 0.7, ("429", "500", "broken"))
    before = named(alerts())
    assert named(alerts(send=True)) == before
    assert len(slack.texts) == 6
    assert slack.texts[3] == (
        "Lead lead-54 is hot, and nobody was in touch for 72 h: https://crm.example.com/54"
    )


def test_a_message_a_second(scored: Path, slack: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerting, "PAUSE", 1000.0)
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    assert len([*alerts(send=True)]) == 6
    assert [round(seconds, -3) for seconds in slept] == [0, *[1000] * 5]


def test_what_slack_did_not_take_is_told_by_the_next_run(
    scored: Path, slack: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    slack.refused = {"lead-53"}
    with pytest.raises(UserError, match=r"slack takes no message \(HTTP 400\)") as told:
        list(alerts(send=True))
    assert "secret-address" not in str(told.value)
    slack.refused = set()
    assert len([*alerts(send=True)]) == 4
    assert len(slack.texts) == 6


def test_an_id_is_no_order_to_slack(scored: Path, slack: Slack) -> None:
    republish(
        scored,
        """update marts.lead_score set lead_id = '<!channel>&' where lead_id = 'lead-50';
        update marts.lead_score_history set lead_id = '<!channel>&' where lead_id = 'lead-50'""",
    )
    list(alerts(send=True))
    assert slack.texts[0].startswith("Lead &lt;!channel&gt;&amp; is hot")


def test_the_tables_of_the_project_are_there(sample: tuple[Warehouse, RunResult]) -> None:
    ((most,),) = sample[0].query("select count(*) from marts.lead_score where is_callable")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in sample[0].environment.items():
            patch.setenv(name, value)
        found = [*alerts()]
    assert isinstance(most, int) and 0 < len(found) < most
    assert {alert.kind for alert in found} <= {"entered_band", "untouched", "over_capacity"}
