"""What reps write into a call list becomes verdicts of sales: once each, and nothing else does."""

from datetime import date
from pathlib import Path

import duckdb
import openpyxl
import pytest

from scripts.landing.land import land
from scripts.sales.feedback import FeedbackResult, feedback
from scripts.shared.errors import UserError

HEAD = ["Lead ID", "name", "Disposition", "reason", "rep_id", "given_on"]
LIST = [
    ["a", "Ann", " Interested ", "", "r1", "2025-03-02"],
    ["b", "Bob", "NOT INTERESTED", "too dear, he said", "r1", ""],
    ["c", "Cy", "voicemail", "", "r1", ""],
    ["d", "Di", "", "on leave", "r1", ""],
]
DAY = date(2025, 3, 3)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder beside a warehouse with four leads."""
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "leads.duckdb"))
    data = tmp_path / "data"
    data.mkdir()
    leads = "\n".join(f"{name},2025-01-01" for name in "abcd")
    (data / "leads.csv").write_text(f"lead_id,created_at\n{leads}\n")
    land(data)
    return tmp_path


def written(folder: Path, rows: list[list[str]], name: str = "list.csv", sep: str = ",") -> Path:
    """A list as a spreadsheet saves it."""
    lines = [
        sep.join(f'"{cell}"' if "," in cell else cell for cell in row) for row in [HEAD, *rows]
    ]
    (folder / name).write_text("\ufeff" + "\r\n".join(lines) + "\r\n", "utf-8")
    return folder / name


def verdicts(folder: Path) -> list[tuple[object, ...]]:
    """The current version of each verdict."""
    with duckdb.connect(str(folder / "leads.duckdb"), read_only=True) as connection:
        return connection.sql(
            """select lead_id, verdict, reason, rep_id, given_at::date from raw.lead_feedback
            qualify row_number() over (partition by feedback_id order by landing_seq desc) = 1
            order by lead_id"""
        ).fetchall()


SAID = [
    ("a", "accepted", "Interested", "r1", date(2025, 3, 2)),
    ("b", "rejected", "too dear, he said", "r1", DAY),
]


@pytest.mark.parametrize("sep", [",", ";"])
def test_dispositions_are_verdicts_and_a_list_lands_once(folder: Path, sep: str) -> None:
    file = written(folder, LIST, sep=sep)
    assert feedback(file, DAY) == FeedbackResult(2, 0, 0, 2)
    assert verdicts(folder) == SAID
    # Another day, the same list: nothing new. Then c is reached, and b thinks better of it.
    assert feedback(file, date(2025, 3, 9)) == FeedbackResult(0, 0, 2, 2)
    later = [LIST[0], ["b", "Bob", "yes", "", "r1", ""], ["c", "Cy", "No", "", "r1", ""], LIST[3]]
    assert feedback(written(folder, later, sep=sep), date(2025, 3, 9)) == FeedbackResult(2, 0, 1, 1)
    assert verdicts(folder) == [
        SAID[0],
        ("b", "accepted", "yes", "r1", date(2025, 3, 9)),
        ("c", "rejected", "No", "r1", date(2025, 3, 9)),
    ]


def test_a_workbook_says_the_same(folder: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("calls", 0)
    for row in [HEAD, *LIST]:
        sheet.append(row)
    book.save(folder / "list.xlsx")
    assert feedback(folder / "list.xlsx", DAY) == FeedbackResult(2, 0, 0, 2)
    assert verdicts(folder) == SAID


def test_a_day_that_cannot_be_read_is_set_aside(folder: Path) -> None:
    file = written(folder, [["a", "Ann", "yes", "", "", "soon"], LIST[1]])
    assert feedback(file, DAY) == FeedbackResult(1, 1, 0, 0)
    assert [row[0] for row in verdicts(folder)] == ["b"]


def test_words_that_mean_nothing_are_refused_and_land_nothing(folder: Path) -> None:
    file = written(folder, [*LIST, ["a", "Ann", "wants a discount", "", "", ""]])
    with pytest.raises(UserError, match=r"line 6: 'wants a discount'.*dispositions\.csv"):
        feedback(file, DAY)
    with pytest.raises(UserError, match="line 2: no lead_id"):
        feedback(written(folder, [["", "Ann", "yes", "", "", ""]]), DAY)
    assert verdicts(folder) == []


def test_what_is_no_list_is_refused(folder: Path) -> None:
    cases = {
        "absent.csv": (None, "cannot be read"),
        "empty.csv": (b"", "is no CSV or XLSX file"),
        "noise.xlsx": (b"\x00\x01noise", "is no CSV or XLSX file"),
        "latin.csv": ("lead_id,disposition\na,café\n".encode("latin-1"), "is no CSV or XLSX file"),
        "other.csv": (b"id,verdict\na,yes\n", "has no column lead_id, but id, verdict"),
        "half.csv": (b"lead_id,verdict\na,yes\n", "has no column disposition"),
    }
    for name, (content, told) in cases.items():
        if content is not None:
            (folder / name).write_bytes(content)
        with pytest.raises(UserError, match=told):
            feedback(folder / name, DAY)


def test_a_team_has_words_of_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = folder / "seeds"
    seeds.mkdir()
    (seeds / "dispositions.csv").write_text("word,verdict\nÀ rappeler,none\nD'accord,accepted\n")
    monkeypatch.setenv("LEADS_SEEDS", str(seeds))
    rows = [["a", "", "a rappeler", "", "", ""], ["b", "", "D'ACCORD", "", "", ""]]
    assert feedback(written(folder, rows), DAY) == FeedbackResult(1, 0, 0, 1)


def test_without_a_warehouse_there_is_nothing_to_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "leads.duckdb"))
    with pytest.raises(UserError, match="land leads first"):
        feedback(written(tmp_path, LIST), DAY)
