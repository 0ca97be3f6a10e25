"""Vars that are not what they may be stop a run with one sentence."""

import datetime
import json
import re
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import jinja2
import pytest
import pytz  # type: ignore[import-untyped]
import yaml

from scripts.landing.land import land
from scripts.run import RunResult
from scripts.scoring.build import build
from scripts.shared.errors import UserError
from scripts.shared.paths import PROJECT
from scripts.shared.settings import project_var
from tests.python.conftest import Warehouse

VARS: dict[str, Any] = yaml.safe_load((PROJECT / "dbt_project.yml").read_text("utf-8"))["vars"]

ROWS = "limits for the rows of a mart, such as {at_least: 0.8, at_most: 3, slack: 20}"
DAYS = "a list of days with 7, the quality_day, such as [0, 1, 7, 30]"


def check(changed: Mapping[str, object]) -> None:
    """Runs the macro as dbt does, with some vars changed."""

    def refuse(sentence: str) -> NoReturn:
        raise ValueError(sentence)

    macros = jinja2.Environment(autoescape=False).from_string(
        (PROJECT / "macros/check_vars.sql").read_text("utf-8"),
        {
            "var": {**VARS, **changed}.__getitem__,
            "modules": SimpleNamespace(re=re, pytz=pytz, datetime=datetime),
            "exceptions": SimpleNamespace(raise_compiler_error=refuse),
        },
    )
    macros.module.check_vars()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("as_of", "31.3.2025", "a day, such as 2025-03-31, or empty"),
        ("as_of", "2025-13-45", "a day, such as 2025-03-31, or empty"),
        ("as_of", "2025-02-30", "a day, such as 2025-03-31, or empty"),
        ("as_of", "2025-04-31", "a day, such as 2025-03-31, or empty"),
        ("as_of", "1900-02-29", "a day, such as 2025-03-31, or empty"),
        ("as_of", "2025-00-10", "a day, such as 2025-03-31, or empty"),
        ("as_of", "0000-01-01", "a day, such as 2025-03-31, or empty"),
        ("as_of", "9999-12-32", "a day, such as 2025-03-31, or empty"),
        ("reporting_currency", "Euro", "a code of three letters, such as EUR, or empty"),
        ("time_zone", "Berlin", "an IANA zone, such as Europe/Berlin"),
        ("cost_types", "media", r"a list, such as [media, tools]"),
        ("evaluation_days", 7, DAYS),
        ("evaluation_days", ["a week"], DAYS),
        ("evaluation_days", [], DAYS),
        ("evaluation_days", [0, 17, 70], DAYS),
        ("quality_day", "a week", "a whole number from 0 to 9999, one of evaluation_days"),
        ("naive_bayes_smoothing", 0, "a number above 0"),
        ("naive_bayes_smoothing", 0.0, "a number above 0"),
        ("naive_bayes_min_tag_leads", -1, "a number of 0 or more"),
        ("history", "no", "true or false"),
        ("naive_bayes", "maybe", "true or false"),
        ("naive_bayes", "true", "true or false"),
        ("naive_bayes", "False", "true or false"),
        ("match_leads_by_person", "False", "true or false"),
        ("naive_bayes", 1, "true or false"),
        ("email_ids", "drop", "hash or refuse"),
        ("gross_margin", 80, "a share from 0 to 1, such as 0.8"),
        ("gross_margin", True, "a share from 0 to 1, such as 0.8"),
        ("roi_months", 0, "a whole number from 1 to 9999"),
        ("outcome_days", "ninety", "a whole number from 1 to 9999"),
        ("published_rows", 0.8, ROWS),
        ("published_rows", {"at_least": 0.8, "at_most": "3x", "slack": 20}, ROWS),
        ("published_rows", {"at_least": 0.8, "at_most": 3}, ROWS),
        ("published_files_kept", "many", "a whole number of 0 or more"),
        ("retention_days", -1, "a whole number of 0 or more"),
        ("evaluation_leads", 0, "a whole number of 1 or more"),
        ("win_value", -1, "a number of 0 or more"),
        ("call_cost", "12,50", "a number of 0 or more"),
    ],
)
def test_a_var_that_may_not_be_is_refused(name: str, value: object, allowed: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"{name} is '{value}'; it may be {allowed}")):
        check({name: value})


@pytest.mark.parametrize("name", ["cost_types", "evaluation_days"])
def test_a_list_is_no_text(name: str) -> None:
    sentence = f"{name} is the text '[7, 30]'; it may be a list: leave out the quotes"
    with pytest.raises(ValueError, match=re.escape(sentence)):
        check({name: "[7, 30]"})


def test_what_vars_may_be() -> None:
    check({})
    check(
        {
            "as_of": datetime.date(2025, 3, 31),
            "reporting_currency": "EUR",
            "time_zone": "America/Argentina/Buenos_Aires",
            "cost_types": ["media", "tools"],
            "evaluation_days": [7, 14],
            "history": False,
            "naive_bayes": True,
            "gross_margin": 1,
            "calls_per_week": 2.5,
            "win_value": 2000.0,
            "published_rows": {"slack": 0, "at_most": 1.5, "at_least": 1},
        }
    )
    check({"evaluation_days": [0, 14], "quality_day": 14})
    for day in ("2024-02-29", "2025-12-31", "2025-01-31", "9999-12-30", "9999-12-31"):
        check({"as_of": day})


@pytest.mark.slow
def test_unit_tests_hold_whatever_the_vars(
    sample: tuple[Warehouse, RunResult], tmp_path: Path
) -> None:
    """`dbt build --vars …` runs them too."""
    others = {
        "as_of": "2025-03-31",
        "time_zone": "America/New_York",
        "reporting_currency": "EUR",
        "outcome_days": 30,
        "calls_per_week": 7,
        "gross_margin": 0.5,
        "contact_within_hours": 24,
        "roi_months": 3,
        "payment_months": 3,
        "match_leads_by_person": False,
    }
    told = sample[0].dbt(
        *("test", "--select", "test_type:unit", "--vars", json.dumps(others)),
        DBT_TARGET_PATH=str(tmp_path),
    )
    assert told.endswith("exit 0"), told


@pytest.mark.slow
def test_a_build_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "leads.duckdb"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    (tmp_path / "leads.csv").write_text("lead_id,created_at\na,2025-01-01\n", "utf-8")
    land(tmp_path)
    with pytest.raises(UserError, match="time_zone is 'Berlin'; it may be an IANA zone"):
        build(lambda *_: None, ["--vars", "time_zone: Berlin"])
    # dbt, which comes upon these while it reads the models, does not speak first.
    faulty = {"naive_bayes": "maybe", "evaluation_days": 7, "cost_types": 7}
    for name in ("cost_types", "evaluation_days", "naive_bayes"):
        with pytest.raises(UserError, match=rf"{name} is '{faulty[name]}'; it may be "):
            build(lambda *_: None, ["--vars", json.dumps(faulty)])
        del faulty[name]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("vars: {as_of: 2025-02-30}", "is no YAML that can be read: day is out of range for month"),
        ("vars: {as_of: 2025-13-45}", "is no YAML that can be read: month must be in 1..12"),
        ("vars: [\n", "is no YAML that can be read: while parsing"),
        ("vars: {as_of: '\x00'}", "is no YAML that can be read: unacceptable character"),
        ("name: leads", "has no var retention_days; write it under vars"),
        ("vars:", "has no var retention_days; write it under vars"),
        ("", "has no var retention_days; write it under vars"),
    ],
)
def test_a_project_file_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, told: str
) -> None:
    monkeypatch.setattr("scripts.shared.settings.PROJECT", tmp_path)
    (tmp_path / "dbt_project.yml").write_text(written, "utf-8")
    with pytest.raises(UserError, match=f"^{tmp_path}/dbt_project.yml {told}") as refused:
        project_var("retention_days")
    assert "\n" not in str(refused.value)
