"""The letter to a person: every fact in it, in words of its language, for nobody else to read."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from scripts.commands import app
from scripts.privacy.erase import erase
from scripts.privacy.letter import LANGUAGES, letter
from scripts.privacy.subject_access import subject_letter
from scripts.run import RunResult
from scripts.shared.errors import UserError
from tests.python.conftest import Warehouse

# Somebody with several leads, reasons for and against, a deal and a word of sales.
SOMEBODY = """
select lead_id from marts.lead_score as scores
where score > 20
    and lead_id in (
        select surviving_lead_id from intermediate.int_lead_identities where person_lead_count > 1
    )
    and lead_id in (select lead_id from raw.opportunities)
    and lead_id in (select lead_id from raw.lead_feedback)
    and lead_id in (select lead_id from marts.lead_score_factors where points < 0)
order by lead_id limit 1
"""


@pytest.fixture(scope="module")
def held(
    sample: tuple[Warehouse, RunResult], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Warehouse]:
    """A copy of the sample."""
    with sample[0].copied(tmp_path_factory.mktemp("letter") / "warehouse") as copy:
        yield copy


@pytest.fixture(scope="module")
def lead_id(held: Warehouse) -> str:
    """The lead of somebody of whom much is held."""
    ((found,),) = held.query(SOMEBODY)
    return str(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_tells_all_in_each_language(held: Warehouse, lead_id: str, language: str) -> None:
    text, chosen = letter(lead_id, language)
    lines = [line.strip() for line in text.splitlines()]
    assert chosen == language
    ((first, last, email, company),) = held.query(
        f"""select first_name, last_name, email, company_name from intermediate.int_lead_profiles
        where lead_id = '{lead_id}' and is_current"""
    )
    for value in (first, last, email, company):
        assert sum(line.endswith(f": {value}") for line in lines) == 1, value
    assert f"{first} {last}" in lines[4]
    reasons = held.query(
        f"""select points::int, reason from marts.lead_score_factors
        where lead_id = '{lead_id}' and points <> 0
            and score_model = (select score_model from marts.lead_score where lead_id = '{lead_id}')
        order by points desc, rule_id"""
    )
    first_reason = lines.index(f"{reasons[0][0]:+}  {reasons[0][1]}")
    told = lines[first_reason : first_reason + len(reasons)]
    assert told == [f"{points:+}  {reason}" for points, reason in reasons]
    ((score, band, action),) = held.query(
        f"select score::int, band, next_action from marts.lead_score where lead_id = '{lead_id}'"
    )
    assert lines[first_reason + len(reasons)].startswith(f"{score}  ")
    assert score == sum(int(str(points)) for points, _ in reasons)
    assert any(str(band) in line and str(action) in line for line in lines)
    events = held.query(
        f"""select event_type, count(*) from raw.lead_events where lead_id in (
            select lead_id from intermediate.int_lead_identities
            where surviving_lead_id = '{lead_id}'
        ) group by event_type"""
    )
    for event_type, count in events:
        assert any(line.startswith(f"- {event_type}") and f" {count} ×" in line for line in lines)
    verdicts = held.query(
        f"select reason from raw.lead_feedback where lead_id = '{lead_id}' and reason is not null"
    )
    assert all(any(f"({reason})" in line for line in lines) for (reason,) in verdicts)
    assert "{" not in text and "None" not in text


def test_the_language_is_the_persons_else_that_of_its_country(held: Warehouse) -> None:
    for condition, expected in (
        ("language = 'fr'", "fr"),
        ("language is null and country = 'DE'", "de"),
        ("language is null and country = 'JP'", "en"),
        ("language = 'nl'", "en"),
        ("language is null and country is null", "en"),
    ):
        ((found,),) = held.query(
            f"""select min(lead_id) from intermediate.int_lead_profiles
            where is_current and not is_deleted and {condition}"""
        )
        assert letter(str(found))[1] == expected, condition


def test_who_has_no_score_is_told_so(held: Warehouse) -> None:
    with duckdb.connect(str(held.file)) as connection:
        ((found,),) = connection.sql(
            "delete from marts.lead_score where lead_id = 'l00000007' returning lead_id"
        ).fetchall()
    text, _ = letter(str(found), "en")
    assert "We have no score of you." in text
    assert "your score was" not in text and "falls into the group" not in text


def test_a_language_without_a_letter_is_refused(lead_id: str) -> None:
    with pytest.raises(UserError, match="there is no letter in 'xx', only in de, el, en, es, fr"):
        letter(lead_id, "xx")


def test_it_lies_beside_the_report_for_its_owner_alone_and_goes_with_the_person(
    held: Warehouse, lead_id: str
) -> None:
    done = CliRunner().invoke(app, ["subject-access", lead_id])
    assert done.exit_code == 0
    letters = [subject_letter(lead_id, language) for language in ("de", "el")]
    folder = held.folder / "subject_access"
    files = {*folder.iterdir()}
    assert {*letters} < files and folder / f"{lead_id}.md" in files
    assert {oct(file.stat().st_mode & 0o777) for file in files} == {"0o600"}
    assert [Path(line.split(": ")[1]) in files for line in done.output.splitlines()] == [True] * 2
    erase([lead_id])
    assert not any(file.exists() for file in files)
