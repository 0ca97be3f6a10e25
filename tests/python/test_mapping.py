"""Files as people have them: other names, headers, dates and numbers, frames of reports, sums."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from scripts.commands import app
from scripts.landing.guess import write_mapping
from scripts.landing.land import LandResult, land
from scripts.landing.mapping import Options
from scripts.shared.errors import UserError
from tests.python.test_land import NOW, cells, folder, parquet, rejects, rows, versions, warehouse

__all__ = ["folder", "warehouse"]  # fixtures

HEAD = "lead_id,created_at,updated_at,city\n"
SPEND = "spend_date,channel,campaign,amount,impressions,currency\n"


def land_files(folder: Path, files: dict[str, str], **options: object) -> LandResult:
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return land(folder, NOW, Options(**options))  # type: ignore[arg-type]


def refused(folder: Path, files: dict[str, str], **options: object) -> str:
    with pytest.raises(UserError) as error:
        land_files(folder, files, **options)
    return str(error.value).replace(str(folder), "")


# --- The folder holds all rows of an entity


def land_whole(folder: Path, *lines: str, **options: object) -> LandResult:
    text = HEAD + "".join(f"{line}\n" for line in lines)
    return land_files(folder, {"leads.csv": text}, whole=("leads",), **options)


def current() -> list[tuple[Any, ...]]:
    return rows(
        """select lead_id, city, coalesce(is_deleted, false) from (
            select *, coalesce(
                updated_at, max(updated_at) over (partition by lead_id order by landing_seq)
            ) as held_at from raw.leads
        )
        qualify row_number() over (
            partition by lead_id order by held_at desc nulls last, landing_seq desc
        ) = 1
        order by all"""
    )


ROM, BERN, ULM = "1,2024-01-01,2024-02-01,Rom", "2,2024-01-01,,Bern", "3,2024-01-01,,Ulm"


def test_what_a_whole_folder_lacks_is_deleted(folder: Path) -> None:
    assert land_whole(folder, ROM, BERN, ULM).total.rows_deleted == 0
    assert land_whole(folder, ULM).total.rows_deleted == 2
    assert current() == [("1", "Rom", True), ("2", "Bern", True), ("3", "Ulm", False)]
    assert versions("leads", "lead_id, created_at, updated_at, landing_seq, landed_at")[3:] == [
        ("1", datetime(2024, 1, 1), None, 4, NOW),
        ("2", datetime(2024, 1, 1), None, 5, NOW),
    ]
    again = land_whole(folder, ULM).total
    assert (again.rows_deleted, again.files_skipped, again.files_landed) == (0, 1, 0)
    assert rows("select count(*) from raw.landings") == [(2,)]


@pytest.mark.parametrize("row", [ROM, BERN])
def test_a_row_that_comes_back_is_back_though_it_says_what_it_said(folder: Path, row: str) -> None:
    land_whole(folder, row, ULM)
    land_whole(folder, ULM)
    result = land_whole(folder, row, ULM)
    assert (result.total.rows_landed, result.total.rows_deleted) == (1, 0)
    assert [is_deleted for _, _, is_deleted in current()] == [False, False]
    assert land_whole(folder, row, ULM).total.rows_landed == 0
    assert land_whole(folder, ULM).total.rows_deleted == 1
    assert land_files(folder, {"leads.csv": HEAD + row + "\n"}).total.rows_landed == 1


def test_a_row_of_an_unchanged_file_is_there_and_can_come_back(folder: Path) -> None:
    text = HEAD + ROM + "\n"
    land_files(folder, {"leads.a.csv": text, "leads.csv": HEAD + ULM + "\n"})
    assert land_whole(folder, ULM).total.rows_deleted == 0
    (folder / "leads.a.csv").unlink()
    assert land_whole(folder, ULM).total.rows_deleted == 1
    result = land_files(folder, {"leads.a.csv": text}, whole=("leads",))
    assert (result.total.rows_landed, result.total.files_skipped) == (1, 1)
    assert ("1", "Rom", False) in current()


def test_a_row_set_aside_is_not_deleted_where_its_key_is_known(folder: Path) -> None:
    land_whole(folder, ROM, BERN)
    assert land_whole(folder, "1,never,,Rom").total.rows_deleted == 1
    assert current() == [("1", "Rom", False), ("2", "Bern", True)]


@pytest.mark.parametrize("row", ["null,2024-01-01,,Rom", "1", ",2024-01-01,,Rom"])
def test_nothing_is_deleted_where_a_key_cannot_be_read(folder: Path, row: str) -> None:
    land_whole(folder, ROM, BERN)
    result = land_whole(folder, ULM, row)
    assert (result.total.rows_deleted, result.total.rows_landed) == (0, 1)
    assert result.kept == ("leads: in leads.csv the key of 1 rows cannot be read",)
    shown = CliRunner().invoke(app, ["land", str(folder), "--whole", "leads"]).output
    assert "nothing deleted of leads: in leads.csv the key of 1 rows" in " ".join(shown.split())


def test_nothing_is_deleted_by_a_folder_without_a_row_or_file(folder: Path) -> None:
    land_whole(folder, ROM)
    assert land_whole(folder).kept == ("leads: the folder has no row of it",)
    (folder / "leads.csv").unlink()
    spend = {"marketing_spend.csv": SPEND}
    assert refused(folder, spend, whole=("leads",)) == (
        " has no file of leads, of which it is said to hold rows."
    )
    assert refused(folder, spend, whole=("marketing_spend",)).startswith(
        "whole is 'marketing_spend'; it may be one of leads"
    )


def test_deletions_are_told_and_asked_for_beside_the_data(folder: Path) -> None:
    land_files(folder, {"mapping.yml": "whole: [leads]\n", "leads.csv": HEAD + ROM + "\n"})
    (folder / "leads.csv").write_text(HEAD + ULM + "\n")
    shown = CliRunner().invoke(app, ["land", str(folder)]).output
    assert "deleted: 1 of leads, which the folder lacks" in " ".join(shown.split())


# --- Rows that are parts of a sum


def test_rows_of_a_file_with_the_same_key_are_added_where_that_is_asked(folder: Path) -> None:
    ads = "2024-05-01,ads,a,390,10,\n2024-05-01,ads,a,610,,\n2024-05-02,ads,a,5,1,\n"
    files = {"marketing_spend.csv": SPEND + ads + ads.splitlines()[2] + "\n"}
    files["web_traffic.csv"] = "traffic_date,visitors\n2024-05-01,4\n2024-05-01,4\n"
    result = land_files(folder, files, sum=("marketing_spend", "web_traffic"))
    assert versions("marketing_spend", "spend_date, amount, impressions") == [
        (date(2024, 5, 1), Decimal(1000), 10),
        (date(2024, 5, 2), Decimal(10), 2),
    ]
    assert versions("web_traffic", "visitors") == [(8,)]
    total = result.total
    assert (total.rows_read, total.rows_landed, total.rows_duplicate) == (6, 3, 3)
    assert (total.rows_added, total.rows_replaced, total.rows_rejected) == (3, 0, 0)
    rows("update raw.landings set content_hash = '' returning 1")
    again = land_files(folder, files, sum=("marketing_spend", "web_traffic"))
    assert (again.total.rows_landed, again.total.rows_replaced) == (0, 0)
    assert land_files(folder, files).total.rows_replaced == 1


def test_a_sum_keeps_the_attributes_that_its_rows_share(folder: Path) -> None:
    text = "spend_date,channel,amount,ad,kind\n2024-05-01,{0},1,a,x\n2024-05-01,{0},1,{1},x\n"
    files = {f"marketing_spend.{ad}.csv": text.format(ad, ad) for ad in "ab"}
    land_files(folder, files, sum=("marketing_spend",))
    assert versions("marketing_spend", "channel, amount, attributes") == [
        ("a", Decimal(2), '{"ad":"a","kind":"x"}'),
        ("b", Decimal(2), None),
    ]


@pytest.mark.parametrize(
    ("lines", "cause"),
    [
        ("2024-05-01,ads,a,1,,EUR\n2024-05-01,ads,a,1,,USD\n", "are in several currencies"),
        ("2024-05-01,ads,a,1,,EUR\n2024-05-01,ads,a,1,,\n", "are in several currencies"),
        ("2024-05-01,ads,a,9e12,,\n" * 2, "add up to more than can be held"),
    ],
)
def test_what_has_no_sum_refuses_the_file(folder: Path, lines: str, cause: str) -> None:
    files = {"marketing_spend.csv": SPEND + lines}
    assert cause in refused(folder, files, sum=("marketing_spend",))


def test_only_spend_and_traffic_are_added(folder: Path) -> None:
    leads = {"leads.csv": HEAD + ROM + "\n"}
    assert refused(folder, leads, sum=("leads",)) == (
        "sum is 'leads'; it may be one of marketing_spend, web_traffic."
    )
    mapping = {"mapping.yml": "files:\n  leads.csv: {sum: true}\n"}
    assert refused(folder, leads | mapping).endswith(
        "mapping.yml: leads.csv: sum is 'leads'; it may be one of marketing_spend, web_traffic."
    )


# --- How times, dates and numbers are written


def test_a_time_without_a_zone_is_of_the_zone_that_is_told(folder: Path) -> None:
    times = {
        "2024-05-31T09:30": datetime(2024, 5, 31, 7, 30),
        "2024-01-31 00:00:00": datetime(2024, 1, 30, 23),
        "2024-05-31T09:30:00Z": datetime(2024, 5, 31, 9, 30),
        "2024-05-31T09:30+05:00": datetime(2024, 5, 31, 4, 30),
        "2024-05-31": datetime(2024, 5, 31),
        "2024-03-31 02:30": datetime(2024, 3, 31, 1, 30),  # no clock showed it
        "2024-10-27 02:30": datetime(2024, 10, 27, 1, 30),  # clocks showed it twice
    }
    text = "lead_id,created_at\n" + "".join(f"{text},{text}\n" for text in times)
    land_files(folder, {"leads.csv": text}, time_zone="Europe/Berlin")
    assert dict(versions("leads", "lead_id, created_at")) == times
    assert land(folder, NOW).total.rows_landed == 4  # the same file, read otherwise
    assert refused(folder, {}, time_zone="Mars/Base") == (
        "time_zone 'Mars/Base' is no IANA time zone, such as Europe/Berlin."
    )


DMY = {
    "31.12.2024": datetime(2024, 12, 31),
    "1/2/2024": datetime(2024, 2, 1),
    "01-02-2024 15:05": datetime(2024, 2, 1, 15, 5),
    "01.02.2024, 15:05:09.5": datetime(2024, 2, 1, 15, 5, 9, 500000),
    "01/02/2024 3:05 PM": datetime(2024, 2, 1, 15, 5),
    "01/02/2024 3:05:01\u202fa.m.": datetime(2024, 2, 1, 3, 5, 1),
    "2024-02-01": datetime(2024, 2, 1),
    "2024-02-01T15:05Z": datetime(2024, 2, 1, 15, 5),
    "12/31/2024": None,
    "30.02.2024": None,
    "31.12.24": None,
    "31.12.0024": None,
    "1/2/2024 13:05 PM": None,
    "31.12.2024 25:00": None,
}


@pytest.mark.parametrize("order", ["dmy", "mdy"])
def test_dates_are_read_in_the_order_that_is_told(folder: Path, order: str) -> None:
    text = "lead_id;created_at\n" + "".join(f"{text};{text}\n" for text in DMY)
    land_files(folder, {"leads.csv": text}, dates=order)
    landed = dict(versions("leads", "lead_id, created_at"))
    if order == "dmy":
        assert {text: landed.get(text) for text in DMY} == DMY
    else:
        assert landed["1/2/2024"] == datetime(2024, 1, 2)
        assert landed["12/31/2024"] == datetime(2024, 12, 31)
        assert landed["01/02/2024 3:05 PM"] == datetime(2024, 1, 2, 15, 5)
        assert "31.12.2024" in {value for _, _, value in rejects()}
    assert "neither a date such as" in rows("select min(reason) from raw.rejected_rows")[0][0]


def test_a_day_in_the_order_that_is_told_has_no_zone(folder: Path) -> None:
    text = "lead_id,created_at\n1,31.12.2024\n2,31.12.2024 00:30\n"
    spend = "spend_date,amount\n31.12.2024,5\n"
    files = {"leads.csv": text, "marketing_spend.csv": spend}
    land_files(folder, files, dates="dmy", time_zone="Europe/Berlin")
    assert versions("leads", "created_at") == [
        (datetime(2024, 12, 31),),
        (datetime(2024, 12, 30, 23, 30),),
    ]
    assert versions("marketing_spend", "spend_date") == [(date(2024, 12, 31),)]


WITH_COMMA = {
    "1,5": Decimal("1.5"),
    "1,250": Decimal("1.25"),
    "1.250": Decimal(1250),
    "1.250,50": Decimal("1250.5"),
    "1.250.000": Decimal(1250000),
    "1 250,5": Decimal("1250.5"),
    "1'250,5": Decimal("1250.5"),
    "-3": Decimal(-3),
    ",5": Decimal("0.5"),
    "1.250 €": Decimal(1250),
    "1.5": None,
    "1,250.50": None,
    "1.25.000": None,
    "abc": None,
}


def test_a_decimal_comma_is_one_where_that_is_told(folder: Path) -> None:
    lines = [f"{number};l;2024-01-01;{number}" for number in WITH_COMMA]
    payments = "payment_id;lead_id;paid_at;amount\n" + "\n".join(lines) + "\n"
    events = '{"event_id": 1, "lead_id": 1, "event_type": "x", "occurred_at": "2024-01-01", '
    files = {
        "payments.csv": payments,
        "leads.csv": "lead_id;created_at;employee_count\n1;2024-01-01;1.250\n2;2024-01-01;1,5\n",
        "lead_events.jsonl": events + '"duration_seconds": 1.5}\n',
    }
    land_files(folder, files, decimal="comma")
    landed = dict(versions("payments", "payment_id, amount"))
    assert {number: landed.get(number) for number in WITH_COMMA} == WITH_COMMA
    assert versions("leads", "employee_count") == [(1250,), (None,)]
    assert versions("lead_events", "duration_seconds") == [(Decimal("1.5"),)]
    assert cells() == [(3, "employee_count", "1,5")]


# --- What a file is


MAPPING = """
time_zone: UTC
files:
  Leads Export *.csv:
    entity: leads
    columns: {Record ID: lead_id, " create date ": created_at, "Job, Title": job_title}
    leave_out: [Secret]
    time_zone: Europe/Berlin
    dates: dmy
  Kosten.csv:
    entity: marketing_spend
    columns: {Tag: spend_date, Kosten: amount}
    constants: {cost_type: media, currency: EUR}
    decimal: comma
    sum: true
"""
EXPORT = (
    'Record ID;Create Date;"Job, Title";City;Secret;Shoe\n1;31.12.2024 12:00;CEO;Rom;x;42\n'
    "2;never;CEO;Rom;x;42\n"
)


def test_a_mapping_says_what_a_file_is(folder: Path) -> None:
    files = {
        "mapping.yml": MAPPING,
        "Leads Export 2024.csv": EXPORT,
        "Kosten.csv": "Tag;Kosten\n2024-05-01;1,5\n2024-05-01;2,5\n",
        "accounts.csv": "account_id\n7\n",
    }
    result = land_files(folder, files)
    assert versions("leads", "lead_id, created_at, job_title, city, attributes") == [
        ("1", datetime(2024, 12, 31, 11), "CEO", "Rom", '{"Shoe":"42"}')
    ]
    assert versions("marketing_spend", "spend_date, amount, currency, cost_type") == [
        (date(2024, 5, 1), Decimal(4), "EUR", "media")
    ]
    assert versions("accounts", "account_id") == [("7",)]
    assert rejects() == [(3, "created_at", "never")]
    assert (result.total.rows_added, result.total.files_landed) == (1, 3)
    assert land(folder, NOW).total.files_skipped == 3
    (folder / "mapping.yml").write_text(MAPPING.replace("Berlin", "Lisbon"))
    assert land(folder, NOW).total.files_landed == 1


@pytest.mark.parametrize("text", ["[]", "[ ]\n"])
def test_a_file_without_a_row_may_have_constants(folder: Path, text: str) -> None:
    mapping = "files: {leads.json: {constants: {country: DE}}}"
    result = land_files(folder, {"mapping.yml": mapping, "leads.json": text})
    assert (result.total.files_landed, result.total.rows_read) == (1, 0)


def test_a_constant_is_held_to_the_contract(folder: Path) -> None:
    mapping = "files:\n  leads.csv: {constants: {created_at: never, is_deleted: false}}\n"
    land_files(folder, {"mapping.yml": mapping, "leads.csv": "lead_id\n1\n"})
    assert rejects() == [(2, "created_at", "never")]


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        ("[1]", "the file must be keys and values, each as `key: value` on its line."),
        ("a: [", "is no YAML"),
        ("files: {leads.csv: {}, leads.csv: {}}", "the key 'leads.csv' stands there twice"),
        ("zone: UTC", "'zone' is nothing that can be said; it may be time_zone, decimal, dates"),
        ("time_zone: Mars", "mapping.yml: time_zone 'Mars' is no IANA time zone"),
        ("decimal: semicolon", "mapping.yml: decimal is 'semicolon'; it may be one of comma"),
        ("dates: ymd", "mapping.yml: dates is 'ymd'; it may be one of iso, dmy, mdy."),
        ("whole: leads", "whole must be a list, such as [one, two]."),
        ("files: {leads.csv: [x]}", "leads.csv must be keys and values"),
        ("files: {Leads2.csv: {}}", "lists the file 'Leads2.csv', which is not there."),
        ("files: {leads.csv: {entity: lead}}", "leads.csv: entity is 'lead'; it may be one of"),
        ("files: {leads.csv: {sums: true}}", "leads.csv: 'sums' is nothing that can be said"),
        ("files: {leads.csv: {sum: maybe}}", "leads.csv: sum is 'maybe'; it may be one of true"),
        ("files: {leads.csv: {time_zone: Mars}}", "leads.csv: time_zone 'Mars' is no IANA"),
        (
            "files: {leads.csv: {columns: {City: town}}}",
            "leads.csv: columns: City is 'town'; it may be one of lead_id",
        ),
        (
            "files: {leads.csv: {columns: {City: email, Town: email}}}",
            "leads.csv: email is filled by more than one column or constant.",
        ),
        (
            "files: {leads.csv: {constants: {town: x}}}",
            "leads.csv: constants: town is 'town'; it may be one of lead_id",
        ),
        (
            "files: {leads.csv: {columns: {Town: country}}}",
            "leads.csv: leads.csv has no column 'town'.",
        ),
        ("files: {leads.csv: {leave_out: [Town]}}", "leads.csv has no column 'town'."),
        ("files: {leads.csv: {columns: {City: updated_at}}}", "has the column updated_at twice"),
        ("files: {leads.csv: {constants: {city: Rom}}}", "has the column city twice"),
        ("files: {leads.csv: {leave_out: [lead_id]}}", "lacks the column lead_id"),
    ],
)
def test_a_mapping_that_cannot_be_is_one_sentence(folder: Path, mapping: str, told: str) -> None:
    sentence = refused(folder, {"mapping.yml": mapping, "leads.csv": HEAD + ROM + "\n"})
    assert told in sentence and "\n" not in sentence


def test_a_file_that_nothing_names_is_told_beside_a_mapping_too(folder: Path) -> None:
    files = {"mapping.yml": "dates: dmy", "Leads Export 2024.csv": EXPORT}
    assert "is no file to land" in refused(folder, files)


def test_the_command_line_goes_before_what_is_said_of_all(folder: Path) -> None:
    text = "lead_id,created_at\n1,01/02/2024 12:00\n"
    files = {"leads.csv": text, "mapping.yml": "dates: dmy\ntime_zone: Europe/Berlin\n"}
    for name, content in files.items():
        (folder / name).write_text(content)
    command = ["land", str(folder), "--dates", "mdy", "--time-zone", "Europe/Lisbon"]
    assert CliRunner().invoke(app, command).exit_code == 0
    assert versions("leads", "created_at") == [(datetime(2024, 1, 2, 12),)]


# --- What a report has around its rows

SALESFORCE = """

"Lead Report"
"Copyright (c) 2000-2024 salesforce.com, inc. All rights reserved."
"Confidential Information - Do Not Distribute"
"Generated By: Ann Example 12/31/2024 3:05 PM"
"Acme, Inc."
"""
ADS_HEAD = 'Campaign report\n"1 April 2025 - 30 April 2025"\n'
ADS = "spend_date,campaign,amount,clicks\n2025-04-01,a,1.5,3\n2025-04-02,Total Recall,2.5,x\n"
ADS_END = "Total: Account, --,4.0,7\nTotal: Campaigns, --,4.0,7\n"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_the_frame_of_a_report_is_told_and_is_no_row(
    folder: Path, newline: str, start: str
) -> None:
    texts = {
        "leads.csv": HEAD + ROM + '\n2,never,,"a ""b"""\n' + SALESFORCE,
        "marketing_spend.csv": start + ADS_HEAD + ADS + ADS_END,
    }
    for name, text in texts.items():
        (folder / name).write_text(text.replace("\n", newline), "utf-8", newline="")
    result = land(folder, NOW)
    assert versions("leads", "lead_id") == [("1",)]
    assert versions("marketing_spend", "campaign, amount") == [
        ("a", Decimal("1.5")),
        ("Total Recall", Decimal("2.5")),
    ]
    assert (rejects(), cells()) == ([(3, "created_at", "never")], [(5, "clicks", "x")])
    assert result.framed == (
        ("leads.csv", (6, 7, 8, 9, 10)),
        ("marketing_spend.csv", (1, 2, 6, 7)),
    )
    assert result.total.rows_read == 4
    rows("update raw.landings set content_hash = '' returning 1")
    shown = " ".join(CliRunner().invoke(app, ["land", str(folder)]).output.split())
    assert "left out: 4 lines of a report's frame: marketing_spend.csv line 1, 2, 6, 7" in shown


@pytest.mark.parametrize(
    ("end", "lines"),
    [
        ("x9\n", [(3, None)]),
        ("\n\nx9,,,\n", []),
        ("x9,,,\n", [(3, "created_at")]),
        ("Total,,,5\n", []),
        ("Total,,,5\n" + ROM.replace("1", "4", 1) + "\n", [(3, "created_at")]),
        ("\nLead Report\n" + ROM.replace("1", "4", 1) + "\n", [(4, None)]),
        ("Total: 1,2024-01-01,,5\n", []),
        ("Total,2024-01-01,,5\n", []),
        ('9,2024-01-01,,"a\n\nb"\n', []),
        ("9,,,a\n", [(3, "created_at")]),
        (",,,\n", [(3, "lead_id")]),
    ],
)
def test_a_row_is_never_taken_for_a_frame(
    folder: Path, end: str, lines: list[tuple[int, str | None]]
) -> None:
    result = land_files(folder, {"leads.csv": HEAD + ROM + "\n" + end})
    assert [row[:2] for row in rejects()] == lines
    landed = {row[0] for row in versions("leads", "lead_id")} - {"1"}
    assert landed == {key for key in ("4", "9", "Total") if f"\n{key},2024" in f"\n{end}"}
    is_framed = not lines and not landed
    assert bool(result.framed) == is_framed


def test_an_account_has_its_id_alone(folder: Path) -> None:
    result = land_files(folder, {"accounts.csv": "account_id,name\n1,a\n\n2,\nTotal: 2,\n"})
    assert versions("accounts", "account_id") == [("1",), ("2",)]
    assert result.framed == (("accounts.csv", (5,)),)


# --- A mapping to start from

HUBSPOT = """Record ID,First Name,Email,Create Date,Job Title,Country/Region,Favourite: colour
11,Ann,ann@a.example,2024-12-31 15:05,CEO,DE,red
12,Bo,bo@b.example,2024-12-01 09:00,CTO,DE,
"""
DEALS = """Deal ID;Kontakt ID;Create Date;Close Date;Deal Stage;Betrag;Contact ID
1;11;13.01.2025;01.02.2025;won;1.250;11
2;12;02.01.2025;;open;3,50;12
"""
GOOGLE = (
    ADS_HEAD
    + """Day,Campaign,Currency code,Cost,Impr.,Clicks
2025-04-01,a,EUR,390.00,"1,200",3
2025-04-01,a,EUR,610.00,90,4
Total: Account, --,EUR,1000.00,"1,290",7
"""
)
SALESFORCE_LEADS = '"First Name","Email Address","Lead Source","Created Date"\n' + (
    '"Ann","ann@a.example","Web","12/31/2024 3:05 PM"\n' + SALESFORCE
)


def guessed(folder: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    done = CliRunner().invoke(app, ["map", str(folder)])
    assert done.exit_code == 0, done.output
    shown = done.output.replace("\n", "")
    assert shown.endswith(f"mapping: {folder / 'mapping.yml'}")
    return (folder / "mapping.yml").read_text("utf-8")


def test_exports_land_with_the_mapping_that_is_guessed(folder: Path) -> None:
    files = {
        "hubspot contacts.csv": HUBSPOT,
        "hubspot-deals.csv": DEALS,
        "Campaign report.csv": GOOGLE,
        "report1735657500.csv": SALESFORCE_LEADS,
    }
    text = guessed(folder, files)
    result = land(folder, NOW)
    assert (rejects(), cells()) == ([], [])
    assert versions("leads", "created_at, first_name, lead_source, attributes") == [
        (datetime(2024, 12, 31, 15, 5), "Ann", None, '{"Favourite: colour":"red"}'),
        (datetime(2024, 12, 1, 9), "Bo", None, None),
        (datetime(2024, 12, 31, 15, 5), "Ann", "Web", None),
    ]
    assert versions("leads", "email")[2] == ("ann@a.example",)
    assert versions("opportunities", "opportunity_id, lead_id, amount, created_at, closed_at") == [
        ("1", "11", Decimal(1250), datetime(2025, 1, 13), datetime(2025, 2, 1)),
        ("2", "12", Decimal("3.5"), datetime(2025, 1, 2), None),
    ]
    assert versions("marketing_spend", "spend_date, campaign, amount, currency, impressions") == [
        (date(2025, 4, 1), "a", Decimal(610), "EUR", 90)
    ]
    assert result.total.rows_replaced == 1
    for line in (
        "  Campaign report.csv:\n    entity: marketing_spend  # 95 %\n",
        "      Record ID: lead_id  # 95 %\n",
        "      Email Address: lead_id  # 50 %\n",
        "    dates: mdy  # 100 %\n",
        "    dates: dmy  # 100 %\n    decimal: comma  # 95 %\n",
        "    # sum: true  # 50 %: in doubt\n",
        '    # kept as attributes: "Favourite: colour"\n',
    ):
        assert line in text


def test_values_say_what_a_header_does_not(folder: Path) -> None:
    text = guessed(
        folder,
        {
            "leads.jsonl": '{"ID": 1, "created": "01/02/2024", "Email": "none"}\n',
            "accounts.csv": "account_id,name\n1,a\n",
            "notes.csv": "colour,shape\nred,round\n",
        },
    )
    assert "# dates: dmy  # 50 %: in doubt" in text  # or mdy: the values can be both
    assert "Email" not in text.split("kept as")[0] and "kept as attributes: Email" in text
    assert "account_id: account_id  # 100 %" in text
    assert "# notes.csv: not known" in text


def test_a_parquet_file_and_an_array_are_guessed_too(folder: Path) -> None:
    parquet("select 7 as id, now() as created_date", folder / "contacts.parquet")
    array = '[{"Company ID": 7, "Company name": "a"}]'
    text = guessed(folder, {"companies.json": array, "hollow.jsonl": "[]"})
    assert "  contacts.parquet:\n    entity: leads" in text
    assert "  companies.json:\n    entity: accounts" in text
    (folder / "hollow.jsonl").unlink()
    assert land(folder, NOW).total.rows_landed == 2


def test_a_mapping_that_is_there_is_never_written_over(folder: Path) -> None:
    (folder / "mapping.yml").write_text("dates: dmy")
    for told, change in (
        ("mapping.yml is there already", lambda: (folder / "mapping.yml").unlink()),
        ("has no file of the formats csv", lambda: (folder / "a.json").write_text("{")),
        ("is not valid JSON", lambda: None),
    ):
        (folder / "leads.md").write_text("x")
        with pytest.raises(UserError, match=told):
            write_mapping(folder)
        change()
    with pytest.raises(UserError, match="There is no folder"):
        write_mapping(folder / "nothing")
    assert not (folder / "mapping.yml").exists()


def test_a_mapping_is_for_every_format(folder: Path) -> None:
    parquet(
        "select 1 as id, timestamp '2024-05-31 09:30' as made, [1] as city, 'x' as shoe",
        folder / "people.parquet",
    )
    parquet(
        "select 2 as lead_id, timestamp '2024-05-31 09:30' as created_at", folder / "leads.parquet"
    )
    (folder / "more.json").write_text('[{"id": 3, "made": "2024-05-31T09:30"}]')
    mapping = """
    time_zone: Europe/Lisbon
    files:
      people.parquet:
        entity: leads
        columns: {id: lead_id, made: created_at}
        constants: {lead_source: "it's", country: DE}
        leave_out: [city]
        time_zone: Europe/Berlin
      more.json:
        entity: leads
        columns: {id: lead_id, made: created_at, town: city}
        constants: {country: FR, lead_source: }
    """
    land_files(folder, {"mapping.yml": mapping})
    assert versions("leads", "lead_id, created_at, country, lead_source, city, attributes") == [
        ("2", datetime(2024, 5, 31, 9, 30), None, None, None, None),
        ("3", datetime(2024, 5, 31, 8, 30), "FR", None, None, None),
        ("1", datetime(2024, 5, 31, 7, 30), "DE", "it's", None, '{"shoe":"x"}'),
    ]
