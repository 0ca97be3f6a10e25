"""Landing: what is read, what is refused, what is new, and that it happens in one go."""

import errno
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pyarrow  # type: ignore[import-untyped]
import pytest
from babel.numbers import format_currency, format_decimal
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from scripts.commands import app
from scripts.landing import contract, sources
from scripts.landing import land as landing
from scripts.landing import land as module
from scripts.landing.contract import landed_id, read_contract
from scripts.landing.land import LandResult, land
from scripts.privacy.erase import erase
from scripts.privacy.subject_access import subject_access
from scripts.shared.errors import UserError
from scripts.shared.paths import PROJECT, warehouse_file
from tests.python.conftest import held_warehouse

NOW = datetime(2025, 1, 1)
CITIES = ("Rom", "Bern", "Ulm")
LEADS = "lead_id,created_at,email\n007,2024-01-02,a@b.example\n8,2024-01-03,\n"


@pytest.fixture(autouse=True)
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "warehouse/leads.duckdb"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    monkeypatch.delenv("LEADS_TEMP", raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder. Taken for a pattern, its name would mean the decoy beside it."""
    decoy = tmp_path / "in 1 x"
    decoy.mkdir()
    for name in ("leads.csv", "leads.jsonl"):
        (decoy / name).write_text("lead_id,created_at\ndecoy,2024-01-01\n", "utf-8")
    path = tmp_path / "in [1] *"
    path.mkdir()
    return path


def rows(sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(warehouse_file())) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(sql).fetchall()


def land_text(folder: Path, text: str, name: str = "leads.csv") -> LandResult:
    (folder / name).write_text(text, "utf-8", newline="")
    return land(folder, NOW)


def rejects() -> list[tuple[Any, ...]]:
    return rows("select line, column_name, value from raw.rejected_rows order by line")


def cells() -> list[tuple[Any, ...]]:
    return rows("select line, column_name, value from raw.rejected_cells order by all")


def forget_hashes() -> None:
    rows("update raw.landings set content_hash = '' returning 1")


def versions(entity: str, columns: str) -> list[tuple[Any, ...]]:
    return rows(f"select {columns} from raw.{entity} order by landing_seq")


def gz(text: str) -> bytes:
    return gzip.compress(text.encode(), mtime=0)  # a moment would be part of the tests' names


def zstd(text: str) -> bytes:
    sink = pyarrow.BufferOutputStream()
    with pyarrow.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(text.encode())
    return bytes(sink.getvalue())


def parquet(sql: str, file: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"copy ({sql}) to ? (format parquet)", [str(file)])


OBJECTS = [
    {"lead_id": "007", "created_at": "2024-01-02", "email": "a@b.example"},
    {"lead_id": 8, "created_at": "2024-01-03", "email": None},
]
LINES = "\n".join(json.dumps(item) for item in OBJECTS)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("leads.csv", LEADS.encode()),
        ("leads.csv", b"\xef\xbb\xbf" + LEADS.encode()),
        ("leads.2024.csv", LEADS.replace("\n", "\r\n").encode()),
        ("leads.csv", LEADS.replace(",", ";").encode()),
        ("leads.tsv", LEADS.replace(",", "\t").encode()),
        ("Leads.CSV", LEADS.replace("lead_id,created_at", '" Lead_ID",CREATED_AT ').encode()),
        ("leads.csv.gz", gz(LEADS)),
        ("leads.csv.zst", zstd(LEADS)),
        ("leads.jsonl", LINES.encode()),
        ("leads.ndjson", b"\xef\xbb\xbf" + LINES.encode()),
        ("leads.json", LINES.encode()),
        ("leads.json", json.dumps(OBJECTS, indent=2).encode()),
        ("leads.json.gz", gz(json.dumps(OBJECTS))),
        ("leads.jsonl.zst", zstd(LINES)),
    ],
)
def test_every_format_lands_the_same_rows(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    result = land(folder, NOW)
    assert (result.total.rows_read, result.total.rows_landed) == (2, 2)
    assert versions("leads", "lead_id, created_at, email, attributes, landing_seq, landed_at") == [
        ("007", datetime(2024, 1, 2), "a@b.example", None, 1, NOW),
        ("8", datetime(2024, 1, 3), None, None, 2, NOW),
    ]


def test_parquet_keeps_its_types_and_counts_its_rows(folder: Path) -> None:
    parquet(
        """select 'p' || i as payment_id, 7 as lead_id,
            timestamptz '2024-01-01 00:30:00+02' as paid_at, amount, amount as paid,
            {'a': [1, null]} as nested
        from (values (1, 1.5::double), (2, 'nan'::double), (3, null), (4, -2.25)) t(i, amount)""",
        folder / "payments.parquet",
    )
    parquet(
        """select timestamp '2024-01-01' + hours * interval 1 hour as spend_date,
            12.34::decimal(9, 2) as amount, clicks::double as clicks, hours as impressions
        from (values (0, 10.0), (12, 1.0), (24, 3.0), (48, 10.5)) t(hours, clicks)""",
        folder / "marketing_spend.parquet",
    )
    parquet(
        """select i as lead_id, date '2024-05-01' as created_at, true as is_deleted,
            timestamp_ns '2024-05-02 10:00:00.123456789' as updated_at, 17::double as person_id
        from range(3, 4) t(i)""",
        folder / "leads.parquet",
    )
    land(folder, NOW)
    paid_at, nested = datetime(2023, 12, 31, 22, 30), r'{"nested":"{\"a\":[1,null]}","paid":'
    assert versions("payments", "payment_id, lead_id, paid_at, amount, attributes") == [
        ("p1", "7", paid_at, Decimal("1.5000"), nested + '"1.5"}'),
        ("p4", "7", paid_at, Decimal("-2.2500"), nested + '"-2.25"}'),
    ]
    assert versions("marketing_spend", "spend_date, amount, clicks, impressions") == [
        (date(2024, 1, 1), Decimal("12.3400"), 10, 0),
        (date(2024, 1, 2), Decimal("12.3400"), 3, 24),
        (date(2024, 1, 3), Decimal("12.3400"), None, 48),
    ]
    assert versions("leads", "lead_id, created_at, updated_at, is_deleted, person_id") == [
        ("3", datetime(2024, 5, 1), datetime(2024, 5, 2, 10, 0, 0, 123456), True, "17")
    ]
    assert rows("select entity, line, column_name, value from raw.rejected_rows order by all") == [
        ("marketing_spend", 2, "spend_date", "2024-01-01 12:00:00"),
        ("payments", 2, "amount", "nan"),
        ("payments", 3, "amount", None),
    ]
    assert cells() == [(4, "clicks", "10.5")]


TIMES = {
    "2024-05-31": datetime(2024, 5, 31),
    "2024-05-31T09:30": datetime(2024, 5, 31, 9, 30),
    "2024-05-31 09:30:15": datetime(2024, 5, 31, 9, 30, 15),
    "2024-05-31T09:30:15.25Z": datetime(2024, 5, 31, 9, 30, 15, 250000),
    "2024-05-31T09:30Z": datetime(2024, 5, 31, 9, 30),
    "2024-05-31T00:30:00+02:00": datetime(2024, 5, 30, 22, 30),
    "2024-05-31 23:30:00.123456-0330": datetime(2024, 6, 1, 3, 0, 0, 123456),
    "2024-05-31 10:00:00+00": datetime(2024, 5, 31, 10),
    "1900-01-01": datetime(1900, 1, 1),
    "2200-12-31T23:59:59Z": datetime(2200, 12, 31, 23, 59, 59),
    "01/02/2024": None,
    "2024/05/31": None,
    "2024-5-31": None,
    "20240531": None,
    "2024-02-30": None,
    "2024-05-31T25:00:00Z": None,
    "2024-05-31T09:30:00+99:00": None,
    "2024-05-31 09:30:00 Europe/Berlin": None,
    "1717142400": None,
    "infinity": None,
    "epoch": None,
    "1899-12-31T23:59:59Z": None,
    "2201-01-01": None,
    "0024-05-31": None,
}


def test_a_time_is_iso_8601_and_nothing_else(folder: Path) -> None:
    text = "lead_id,created_at\n" + "".join(f"{text},{text}\n" for text in TIMES)
    land_text(folder, text)
    landed = dict(versions("leads", "lead_id, created_at"))
    assert {text: landed.get(text) for text in TIMES} == TIMES
    assert rejects() == [
        (line, "created_at", text)
        for line, (text, moment) in enumerate(TIMES.items(), start=2)
        if moment is None
    ]


def test_a_date_is_iso_8601_and_nothing_else(folder: Path) -> None:
    dates = ["2024-05-31", "2024-05-31T00:00:00Z", "31.05.2024", "1899-12-31", "2201-01-01"]
    land_text(
        folder,
        "traffic_date,visitors\n" + "".join(f"{text},1\n" for text in dates),
        "web_traffic.csv",
    )
    assert versions("web_traffic", "traffic_date") == [(date(2024, 5, 31),)]
    assert [value for _, _, value in rejects()] == dates[1:]


TOO_LONG = "is not a number such as 1234.5, or has too many digits"
TWO_NUMBERS = "might be two numbers: write it as 1250 or as 1.25"
NUMBERS = {
    # As programs write them.
    "12.5": Decimal("12.5"),
    "1.250": Decimal("1.25"),
    "-0": Decimal("0"),
    "007": Decimal("7"),
    ".5": Decimal("0.5"),
    "+5": Decimal("5"),
    "1e5": Decimal("100000"),
    "1.39E8": Decimal("139000000"),
    "1,39E+8": Decimal("139000000"),
    "1.5E-3": Decimal("0.0015"),
    "99999999999999.9999": Decimal("99999999999999.9999"),
    # As people do.
    "1,250.50": Decimal("1250.5"),
    "1.250,50": Decimal("1250.5"),
    "1 250,50": Decimal("1250.5"),
    "1\u00a0250.50": Decimal("1250.5"),
    "1\u202f250": Decimal("1250"),
    "1'250.50": Decimal("1250.5"),
    "1’250": Decimal("1250"),
    "1,200,000": Decimal("1200000"),
    "1.200.000": Decimal("1200000"),
    "12,34,567.8": Decimal("1234567.8"),
    "1,5": Decimal("1.5"),
    "0,125": Decimal("0.125"),
    "1250,125": Decimal("1250.125"),
    "1,2505": Decimal("1.2505"),
    # With the currency.
    "$5": Decimal("5"),
    "$1,250.50": Decimal("1250.5"),
    "1.250,50 €": Decimal("1250.5"),
    "EUR 1,5": Decimal("1.5"),
    "1 250\u00a0CHF": Decimal("1250"),
    # As nobody does, or in two ways.
    "1,250": TWO_NUMBERS,
    "$ 1,250": TWO_NUMBERS,
    "100000000000000": TOO_LONG,
    "NaN": TOO_LONG,
    "inf": TOO_LONG,
    "1e400": TOO_LONG,
    "5.": TOO_LONG,
    "0x10": TOO_LONG,
    "1_000": TOO_LONG,
    "1,25,0": TOO_LONG,
    "1,250,50": TOO_LONG,
    "1.250.50": TOO_LONG,
    "1,250.500.000": TOO_LONG,
    "0,125,000": TOO_LONG,
    "12 50": TOO_LONG,
    "1 250'500,5.5": TOO_LONG,
    "--5": TOO_LONG,
    "5k": TOO_LONG,
    "10%": TOO_LONG,
    "5 MIO": TOO_LONG,
    "5 all": TOO_LONG,
    "€ 5 €": TOO_LONG,
    "$": TOO_LONG,
    "EUR": TOO_LONG,
    "10-50": TOO_LONG,
    "-0.01": "is negative",
    "\u22125": "is negative",
}


def test_a_number_is_read_where_it_can_be_one_alone(folder: Path) -> None:
    lines = [f'{i},2024-01-01,"{text}"\n' for i, text in enumerate(NUMBERS)]
    result = land_text(folder, "lead_id,created_at,budget\n" + "".join(lines))
    landed: dict[str, Any] = dict(versions("leads", "lead_id, budget"))
    told = rows("select line - 2, column_name, value, reason from raw.rejected_cells")
    reasons = {value: reason for _, _, value, reason in told}
    assert {text: landed[str(i)] or reasons.get(text, 0) for i, text in enumerate(NUMBERS)} == {
        text: outcome or 0 for text, outcome in NUMBERS.items()
    }
    assert [(column, list(NUMBERS)[line]) for line, column, *_ in told] == [
        ("budget", text) for text, outcome in NUMBERS.items() if isinstance(outcome, str)
    ]
    assert result.total.rows_rejected == 0
    assert result.total.cells_rejected == len(told)


LOCALES = (
    *("en", "de", "fr", "it", "es", "pt_BR", "nl", "pl", "cs", "sv", "nb", "fi", "da", "tr"),
    *("de_CH", "de_AT", "fr_CH", "en_ZA", "en_IN", "hi", "ru", "uk", "ja", "zh", "ko", "hu"),
)


def test_a_number_is_read_as_its_country_writes_it() -> None:
    """Babel writes in the ways of many countries what landing must read, or refuse, not misread."""
    draw = Random(1)
    numbers = [Decimal(draw.randrange(-(10**e), 10**e)) / 100 for e in range(1, 13) for _ in "abc"]
    cases = [(number, locale) for number in numbers for locale in LOCALES]
    texts = [format_decimal(number, "#,##0.00", locale) for number, locale in cases]
    assert read_numbers("as_number", texts) == [number for number, _ in cases]
    wholes = [int(number) for number, _ in cases]
    texts = [format_decimal(int(number), locale=locale) for number, locale in cases]
    # What is 1234 in one country is 1.234 to a program, and 1,234 that in another country.
    is_point = [re.fullmatch(r"[-−]?[1-9]\d{0,2}\.\d{3}", text) for text in texts]
    is_comma = [re.fullmatch(r"[-−]?[1-9]\d{0,2},\d{3}", text) for text in texts]
    assert any(is_point) and any(is_comma)
    assert read_numbers("as_number", texts) == [
        None if comma else Decimal(whole) / (1000 if point else 1)
        for whole, point, comma in zip(wholes, is_point, is_comma, strict=True)
    ]
    assert read_numbers("as_whole", texts) == [
        None if point else whole for whole, point in zip(wholes, is_point, strict=True)
    ]
    for code in ("EUR", "USD", "CHF", "INR", "SEK"):
        texts = [format_currency(number, code, locale=locale) for number, locale in cases]
        read = read_numbers("as_money", texts)
        assert all(r in (n, None) for r, (n, _) in zip(read, cases, strict=True))
        assert read.count(None) < len(read) / 2 if code != "EUR" else None not in read


def read_numbers(macro: str, texts: list[str]) -> list[Decimal | None]:
    with duckdb.connect() as connection:
        connection.execute(contract.MACROS)
        sql = (
            f"select try_cast({macro}(cleaned(x)) as decimal(18, 4)) from (select unnest($1) as x)"
        )
        return [number for (number,) in connection.execute(sql, [texts]).fetchall()]


def test_an_amount_says_its_currency_where_the_row_does_not(folder: Path) -> None:
    head = "lead_id,created_at,annual_revenue,budget,currency\n"
    amounts = {
        "a": ("5 €", "EUR 6", "", (5, 6, "EUR")),
        "b": ("", "CHF 6", "", (None, 6, "CHF")),
        "c": ("$5", "6", "", (5, 6, None)),  # of which of the dollars, nobody said
        "d": ("$5", "6", "CAD", (5, 6, "CAD")),
        "e": ("5 €", "USD 6", "", (5, None, "EUR")),
        "f": ("", "EUR six", "", (None, None, None)),
        "g": ("€5", "6", "eur", (5, 6, "eur")),
    }
    lines = [f"{i},2024-01-01,{','.join(row[:3])}\n" for i, row in amounts.items()]
    land_text(folder, head + "".join(lines))
    landed = versions("leads", "annual_revenue, budget, currency")
    assert landed == [row[3] for row in amounts.values()]
    assert [value for _, _, value in cells()] == ["USD 6", "EUR six"]


def test_only_money_has_a_currency(folder: Path) -> None:
    head = "event_id,lead_id,event_type,occurred_at,duration_seconds\n"
    land_text(folder, head + "1,1,x,2024-01-01,5 EUR\n", "lead_events.csv")
    assert cells() == [(2, "duration_seconds", "5 EUR")]


WHOLE_NUMBERS = {
    "500": 500,
    "500.0": 500,
    "1,200": 1200,
    "1,000": 1000,
    "1 200": 1200,
    "1'200": 1200,
    "1,200,000": 1200000,
    "1.200.000": 1200000,
    "1,200.00": 1200,
    "1.39E8": 139000000,
    "1.200": None,  # 1.2 to a program
    "1.000": None,  # 1 to a program, a thousand to a German
    "12.5": None,
    "12,5": None,
    "1,200.5": None,
    "1.5E0": None,
    "$5": None,
    "-1": None,
    "9223372036854775808": None,
    "abc": None,
}


def test_a_whole_number_has_no_fraction(folder: Path) -> None:
    lines = [f'{i},2024-01-01,"{text}"\n' for i, text in enumerate(WHOLE_NUMBERS)]
    land_text(folder, "lead_id,created_at,employee_count\n" + "".join(lines))
    counts = [count for (count,) in versions("leads", "employee_count")]
    assert dict(zip(WHOLE_NUMBERS, counts, strict=True)) == WHOLE_NUMBERS
    assert cells() == [
        (line, "employee_count", text)
        for line, (text, count) in enumerate(WHOLE_NUMBERS.items(), start=2)
        if count is None
    ]


LOST_ID = "is what a spreadsheet left of an id: export that column as text"
NO_ID = "is a word for no id: leave the cell empty"
NO_IDS = {
    **dict.fromkeys(["1.5E+11", "1.50123E+14", "1,5E+11", "1E+11", "1.5e17", "2.00E-05"], LOST_ID),
    **dict.fromkeys(["########", "#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NV", "#WERT!"], LOST_ID),
    **dict.fromkeys(["null", "None", "undefined", "N/A", "nan", "-", "''", "<NA>"], NO_ID),
}
IDS = ["12E5", "1E5", "1e-5", "1.5", "E+11", "v1.5E+11", "#12", "#", "0", "0000", "nano", "a-b"]


def test_no_id_keeps_a_row_out_where_it_is_the_key_or_required(folder: Path) -> None:
    ids = [*NO_IDS, *IDS]
    text = "lead_id,created_at\n" + "".join(f'"{name}",2024-01-01\n' for name in ids)
    (folder / "leads.csv").write_text(text, "utf-8")
    text = "".join(f'p{i},"{name}",2024-01-01,5\n' for i, name in enumerate(ids))
    land_text(folder, "payment_id,lead_id,paid_at,amount\n" + text, "payments.csv")
    for entity in ("leads", "payments"):
        assert versions(entity, "lead_id") == [(name,) for name in IDS]
        told = f"select value, reason from raw.rejected_rows where entity = '{entity}'"
        assert rows(told) == list(NO_IDS.items())
    assert cells() == []


def test_no_id_is_left_out_where_none_need_be(folder: Path) -> None:
    ids = [*NO_IDS, *IDS]
    text = "".join(f'{i},2024-01-01,"{name}"\n' for i, name in enumerate(ids))
    result = land_text(folder, "lead_id,created_at,merged_into_lead_id\n" + text)
    landed = [name for (name,) in versions("leads", "merged_into_lead_id")]
    assert landed == [None] * len(NO_IDS) + IDS
    assert rows("select value, reason from raw.rejected_cells") == list(NO_IDS.items())
    assert result.total.cells_rejected == len(NO_IDS)


def test_an_id_that_a_program_took_for_a_number_too_long_is_told(folder: Path) -> None:
    parquet(
        """select i as lead_id, date '2024-01-01' as created_at, owner::double as owner_id
        from (values (1, 150000000000), (2, 1.5e17)) as t (i, owner)""",
        folder / "leads.parquet",
    )
    land(folder, NOW)
    assert versions("leads", "owner_id") == [("150000000000",), (None,)]
    assert cells() == [(2, "owner_id", "1.5e+17")]


def test_a_cell_that_cannot_be_read_is_told_with_its_place_and_its_row_lands(folder: Path) -> None:
    lines = ["lead_id,created_at,budget,updated_at", '1,2024-01-01,"5\n6",soon', "2,never,x,y"]
    result = land_text(folder, "\n".join([*lines, "3,2024-01-03,7,2024-01-04"]))
    assert versions("leads", "lead_id, budget, updated_at") == [
        ("1", None, None),
        ("3", 7, datetime(2024, 1, 4)),
    ]
    told = rows(
        """select file, entity, line, column_name, value, reason, original_row
        from raw.rejected_cells order by column_name"""
    )
    assert told == [
        ("leads.csv", "leads", 2, column, value, reason, lines[1])
        for column, value, reason in (
            ("budget", "5\n6", TOO_LONG),
            (
                "updated_at",
                "soon",
                "is not an ISO 8601 time, such as 2024-05-31T09:30:00Z, from 1900 to 2200",
            ),
        )
    ]
    assert (result.total.rows_landed, result.total.rows_rejected) == (2, 1)
    assert result.total.cells_rejected == 2


def test_a_cell_that_was_mended_is_news(folder: Path) -> None:
    head = "lead_id,created_at,budget\n"
    land_text(folder, head + "1,2024-01-01,five\n2,2024-01-01,\n")
    again = land_text(folder, head + "1,2024-01-01,fife\n2,2024-01-01,\n")
    assert (again.total.rows_duplicate, again.total.cells_rejected) == (2, 1)
    assert land_text(folder, head + "1,2024-01-01,5\n2,2024-01-01,\n").total.rows_landed == 1
    assert versions("leads", "lead_id, budget") == [("1", None), ("2", None), ("1", 5)]


def test_a_bad_part_of_a_key_sets_the_row_aside_though_it_may_be_missing(folder: Path) -> None:
    land_text(folder, "spend_date,channel,amount\n2024-01-01,a\0b,5\n", "marketing_spend.csv")
    assert rejects() == [(2, "channel", "a\0b")]


def test_yes_and_no_are_told_in_few_ways(folder: Path) -> None:
    truths = ["true", "T", "Yes", "1", "FALSE", "f", "no", "0", "", "on", "2"]
    lines = [f"{i},2024-01-01,{text}\n" for i, text in enumerate(truths)]
    land_text(folder, "lead_id,created_at,is_deleted\n" + "".join(lines))
    assert versions("leads", "is_deleted") == [(True,)] * 4 + [(False,)] * 4 + [(None,)] * 3
    assert [value for _, _, value in cells()] == ["on", "2"]


def test_only_payments_and_spend_may_be_negative(folder: Path) -> None:
    (folder / "payments.csv").write_text(
        "payment_id,lead_id,paid_at,amount\n1,1,2024-01-01,-5\n", "utf-8"
    )
    (folder / "marketing_spend.csv").write_text(
        "spend_date,amount,clicks\n2024-01-01,-5,\n2024-01-02,5,-1\n", "utf-8"
    )
    (folder / "opportunities.csv").write_text(
        "opportunity_id,lead_id,created_at,stage,amount\n1,1,2024-01-01,won,-5\n", "utf-8"
    )
    (folder / "lead_events.csv").write_text(
        "event_id,lead_id,event_type,occurred_at,duration_seconds\n1,1,x,2024-01-01,-0.5\n", "utf-8"
    )
    (folder / "web_traffic.csv").write_text("traffic_date,visitors\n2024-01-01,-1\n", "utf-8")
    land(folder, NOW)
    assert rows("select entity, column_name, value from raw.rejected_cells order by entity") == [
        ("lead_events", "duration_seconds", "-0.5"),
        ("marketing_spend", "clicks", "-1"),
        ("opportunities", "amount", "-5"),
    ]
    assert rows("select entity, column_name, value from raw.rejected_rows") == [
        ("web_traffic", "visitors", "-1")
    ]
    assert versions("payments", "amount") == [(-5,)]
    assert versions("marketing_spend", "amount, clicks") == [(-5, None), (5, None)]


def test_text_is_trimmed_and_empty_text_is_null(folder: Path) -> None:
    land_text(
        folder,
        "lead_id,created_at,email,first_name,city,company_name\n"
        ' 007\t,2024-01-02 ,"  ","\u00a0Zoë\u3000","","two\nlines "\n',
    )
    assert versions("leads", "lead_id, email, first_name, city, company_name") == [
        ("007", None, "Zoë", None, "two\nlines")
    ]


def test_verdicts_are_accepted_or_rejected(folder: Path) -> None:
    head = "feedback_id,lead_id,given_at,verdict\n"
    text = head + "1,1,2024-01-01,accepted\n2,1,2024-01-01,rejected\n3,1,2024-01-01,maybe\n"
    land_text(folder, text, "lead_feedback.csv")
    assert rejects() == [(4, "verdict", "maybe")]


def test_properties_are_json(folder: Path) -> None:
    head = "event_id,lead_id,event_type,occurred_at,properties\n"
    lines = ['1,1,x,2024-01-01,"{""a"": 1}"\n', "2,1,x,2024-01-01,{a}\n"]
    land_text(folder, head + "".join(lines), "lead_events.csv")
    assert rows("select properties ->> 'a' from raw.lead_events") == [("1",), (None,)]
    assert cells() == [(3, "properties", "{a}")]
    event = {"event_id": 3, "lead_id": 1, "event_type": "x", "occurred_at": "2024-01-01"}
    land_text(folder, json.dumps(event | {"properties": {"b": [2]}}), "lead_events.jsonl")
    assert versions("lead_events", "properties")[-1] == ('{"b":[2]}',)


def test_columns_beyond_the_contract_become_attributes(folder: Path) -> None:
    head = """lead_id,created_at,zeta,"we""ird'name",Alpha\n"""
    land_text(folder, head + "1,2024-01-01,z,,a\n2,2024-01-01,,, \n3,2024-01-01,,w,\n")
    assert versions("leads", "lead_id, attributes") == [
        ("1", '{"Alpha":"a","zeta":"z"}'),
        ("2", None),
        ("3", """{"we\\"ird'name":"w"}"""),
    ]
    result = land_text(folder, "Alpha,zeta,created_at,lead_id\na,z,2024-01-01,1\n")
    assert result.total.rows_duplicate == 1


def test_attributes_from_json_are_text(folder: Path) -> None:
    text = (
        '{"lead_id":"1","created_at":"2024-01-01","n":1.5,"o":{"k":[1]},"a/b~c":true}\n'
        '{"lead_id":"2","created_at":"2024-01-01","n":null}\n'
    )
    land_text(folder, text, "leads.jsonl")
    assert versions("leads", "attributes") == [
        ('{"a/b~c":"true","n":"1.5","o":"{\\"k\\":[1]}"}',),
        (None,),
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_rejected_csv_row_is_told_by_its_first_line(folder: Path, newline: str) -> None:
    text = newline.join(
        [
            "\ufefflead_id,created_at,company_name",  # 1
            '1,2024-01-01,"Smith',  # 2
            "",  # 3
            'and ""Sons"""',  # 4
            "",  # 5
            "",  # 6
            '2,never, "Two,',  # 7
            'lines" ',  # 8
            '3,2024-01-01,5" pipes',  # 9
            "4,2024-01-01",  # 10
            ",2024-01-01,no id",  # 11
            "5,2024-01-01,a,b",  # 12
            "",  # 13
            '6,2024-01-01,"a"b',  # 14
            "4,2024-01-01",  # 15
            "7,2024-01-01,last",  # 16
        ]
    )
    result = land_text(folder, text)
    assert versions("leads", "lead_id") == [("1",), ("3",), ("7",)]
    assert rows(
        "select line, column_name, value, reason, original_row from raw.rejected_rows order by line"
    ) == [
        (
            7,
            "created_at",
            "never",
            "is not an ISO 8601 time, such as 2024-05-31T09:30:00Z, from 1900 to 2200",
            f'2,never, "Two,{newline}lines" ',
        ),
        (10, None, None, "has fewer columns than the header", "4,2024-01-01"),
        (11, "lead_id", None, "is missing", ",2024-01-01,no id"),
        (12, None, None, "has more columns than the header", "5,2024-01-01,a,b"),
        (14, None, None, "has a quote out of place", '6,2024-01-01,"a"b'),
        (15, None, None, "has fewer columns than the header", "4,2024-01-01"),
    ]
    assert (result.total.rows_read, result.total.rows_rejected) == (9, 6)
    assert rows("select distinct file, entity, landing_id from raw.rejected_rows") == [
        ("leads.csv", "leads", 1)
    ]


def test_blank_lines_in_a_file_of_one_column_are_no_rows(folder: Path) -> None:
    result = land_text(folder, "account_id\n1\n\n2\n", "accounts.csv")
    assert (result.total.rows_landed, result.total.rows_rejected) == (2, 0)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_rejected_json_line_is_told_by_its_line(folder: Path, newline: str) -> None:
    lines = [
        '{"lead_id":"1","created_at":"2024-01-01"}',
        "",
        '{"lead_id":"2"',
        "[1]",
        '{"lead_id":"3","created_at":"soon"}',
        '{"created_at":"2024-01-01"}',
        '{"lead_id":"\x01"}',
    ]
    result = land_text(folder, newline.join(lines), "leads.jsonl")
    assert rejects() == [
        (3, None, None),
        (4, None, None),
        (5, "created_at", "soon"),
        (6, "lead_id", None),
        (7, None, None),
    ]
    originals = rows("select original_row from raw.rejected_rows order by line")
    assert originals == [(line,) for line in lines[2:]]
    assert rows("select distinct reason from raw.rejected_rows where column_name is null") == [
        ("is not a JSON object, or has a key twice",)
    ]
    assert result.total.rows_read == 6


def test_a_rejected_row_of_a_json_array_is_told_by_its_number(folder: Path) -> None:
    text = '[{"lead_id":"1","created_at":"2024-01-01"}, 5,\n\n{"lead_id":"2","created_at":"x"}]'
    land_text(folder, text, "leads.json")
    assert rejects() == [(2, None, None), (3, "created_at", "x")]
    originals = rows("select original_row from raw.rejected_rows order by line")
    assert originals == [("5",), ('{"lead_id":"2","created_at":"x"}',)]


UNREADABLE = {
    "has no header": ("leads.csv", b"", "empty"),
    "is empty once unpacked": ("leads.csv.gz", gz(""), "empty"),
    "starts with a blank line": ("leads.csv", b"\n" + LEADS.encode(), "line 1"),
    "lacks a required column": ("leads.csv", b"lead_id,email\n1,secret\n", "created_at"),
    "lacks a required key": ("leads.jsonl", b'{"created_at":"2024-01-01"}', "lead_id"),
    "has a column twice": ("leads.csv", b"lead_id,created_at,Lead_Id\n", "lead_id twice"),
    "has an unnamed column": ("leads.csv", b"lead_id,created_at,\n", "without a name"),
    "has a NUL in its header": (
        "leads.csv",
        b'lead_id,created_at,"x\ny\0z"\n1,2024-01-01,\n',
        "NUL",
    ),
    "has a NUL in a key": (
        "leads.jsonl",
        b'{"lead_id":"1","created_at":"2024-01-01","a\\u0000b":1}',
        "NUL",
    ),
    "is not UTF-8": ("leads.csv", LEADS.encode() + b"9,2024-01-01,secret\xff\n", "UTF-8"),
    "has a header that is not UTF-8": ("leads.csv", LEADS.encode("utf-16"), "UTF-8"),
    "is JSON but not UTF-8": ("leads.jsonl", LINES.encode() + b'\n{"k":"secret\xff"}', "UTF-8"),
    "mixes line endings": ("leads.csv", LEADS.encode() + b"9,2024-01-01,secret\r\n", "lines end"),
    "leaves a quote open": ("leads.csv", LEADS.encode() + b'9,2024-01-01,"secret\n1,2\n', "line 4"),
    "has an endless line": ("leads.csv", LEADS.encode() + b"9,2024-01-01," + b"x" * 3_000_000, "4"),
    "is a gzip that ends early": ("leads.csv.gz", gz(LEADS)[:-4], "early"),
    "is a damaged gzip": ("leads.csv.gz", b"secret", "damaged"),
    "is a zstd that ends early": ("leads.csv.zst", zstd(LEADS)[:-3], "read"),
    "is no Parquet": ("leads.parquet", b"secret" * 100, "read"),
    "is a broken array": ("leads.json", b'[{"lead_id":"secret" oops]', "read"),
    "is of an unknown entity": ("contacts.csv", b"x", "lead_events"),
    "is of an unknown format": ("leads.xlsx", b"x", "parquet"),
    "has no format": ("leads", b"x", "parquet"),
    "is packed Parquet": ("leads.parquet.gz", b"x", "parquet"),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_file_that_cannot_be_read_lands_nothing(folder: Path, what: str) -> None:
    name, content, cause = UNREADABLE[what]
    (folder / "accounts.csv").write_text("account_id\n1\n", "utf-8")
    (folder / name).write_bytes(content)
    with pytest.raises(UserError) as error:
        land(folder, NOW)
    assert name in str(error.value)
    assert cause in str(error.value).removeprefix(str(folder / name))
    assert "secret" not in str(error.value)
    assert not warehouse_file().exists() or not rows(
        "select 1 from duckdb_tables() where schema_name = 'raw'"
    )


@pytest.mark.parametrize("name", ["lead_events.parquet", "Lead_Events"])
def test_a_folder_that_is_named_like_an_entity_is_not_passed_over(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    (folder / "notes").mkdir()
    with pytest.raises(UserError, match=rf"{name} is a folder: put its files into"):
        land_text(folder, LEADS)


def test_a_file_that_leads_to_itself_or_has_no_readable_name_is_one_sentence(folder: Path) -> None:
    (folder / "leads.csv").symlink_to(folder / "leads.csv")
    with pytest.raises(UserError, match=r"leads\.csv leads to itself"):
        land(folder, NOW)
    (folder / "leads.csv").unlink()
    (folder / os.fsdecode(b"leads.\xff.csv")).write_text(LEADS, "utf-8")
    with pytest.raises(UserError, match=r"leads\.\\udcff\.csv' is not UTF-8"):
        land(folder, NOW)


def test_packed_files_that_differ_in_their_packing_alone_do_not_mix(folder: Path) -> None:
    first = "lead_id,created_at\na,never\nb,2024-01-01\n"
    second = "lead_id,created_at\nc,2024-01-01\nd,2024-01-01\ne,soon\n"
    (folder / "leads.csv.gz").write_bytes(gz(first))
    (folder / "leads.csv.zst").write_bytes(zstd(second))
    total = land(folder, NOW).total
    assert (total.rows_read, total.rows_landed, total.rows_rejected) == (5, 3, 2)
    assert rejects() == [(2, "created_at", "never"), (4, "created_at", "soon")]


@pytest.mark.parametrize(("name", "pack"), [("leads.csv.gz", gz), ("leads.csv.zst", zstd)])
def test_a_packed_file_that_holds_too_much_for_its_size_is_not_unpacked(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, pack: Callable[[str], bytes]
) -> None:
    (folder / name).write_bytes(
        pack("lead_id,created_at,city\n" + "x,2024-01-01,Rom\n" * 5_000_000)
    )
    written: list[int] = []

    def unpacked(path: Path, scratch: Path) -> Path:
        with pytest.raises(UserError) as error:
            unpack(path, scratch)
        written.append(len(list(scratch.iterdir())))
        raise error.value

    unpack = sources.unpacked
    monkeypatch.setattr(sources, "unpacked", unpacked)
    with pytest.raises(UserError, match="holds more than 200 bytes for each packed one"):
        land(folder, NOW)
    assert written == [0]


def test_a_packed_file_may_hold_much_if_it_is_small_in_all(folder: Path) -> None:
    text = "lead_id,created_at,city\n" + "x,2024-01-01,Rom\n" * 100_000
    (folder / "leads.csv.gz").write_bytes(gz(text))
    assert (folder / "leads.csv.gz").stat().st_size * 200 < len(text)
    assert land(folder, NOW).total.rows_landed == 1


@pytest.mark.parametrize(("name", "pack"), [("leads.csv.gz", gz), ("leads.csv.zst", zstd)])
def test_an_unpacked_file_may_not_fill_the_disk(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, pack: Callable[[str], bytes]
) -> None:
    (folder / name).write_bytes(pack(LEADS))
    usage = shutil.disk_usage(folder)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=2 * len(LEADS) - 1))
        with pytest.raises(UserError, match=r"more than half of the .* GB that are free below"):
            land(folder, NOW)
        patch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=2 * len(LEADS)))
        assert land(folder, NOW).total.rows_landed == 2


@pytest.mark.parametrize("name", ["leads.csv", "leads.csv.gz", "leads.jsonl", "leads.parquet"])
def test_a_name_may_be_as_long_and_odd_as_the_disk_takes_it(folder: Path, name: str) -> None:
    head, tail = name.split(".", 1)
    file = folder / f"{head}.{'~' * (254 - len(name))}.{tail}"
    if tail == "parquet":
        parquet("select 7 as lead_id, '2024-01-01' as created_at from range(2)", file)
    else:
        text = LINES if "json" in tail else LEADS
        file.write_bytes(gz(text) if tail.endswith("gz") else text.encode())
    total = land(folder, NOW).total
    assert (total.rows_read, total.rows_rejected) == (2, 0)


@pytest.mark.parametrize("name", ["~", "s3:", "file:", "x'y", "{a}[b]*?", "\n"])
def test_a_folder_is_read_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).mkdir()
    parquet("select 7 as lead_id, '2024-01-01' as created_at", tmp_path / name / "leads.parquet")
    (tmp_path / name / "leads.csv").write_text(LEADS, "utf-8")
    (tmp_path / name / "leads.jsonl").write_text(LINES + "\n5\n", "utf-8")
    total = land(Path(name), NOW).total
    assert (total.rows_read, total.rows_rejected) == (6, 1)


def test_a_folder_that_cannot_be_listed_is_one_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserError, match="cannot be read: File name too long"):
        land(folder / ("x" * 300), NOW)

    def refuse(_: Path) -> None:  # the tests may run as root, who may read all
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(UserError, match=r"\* cannot be read: Permission denied"):
        land(folder, NOW)


@pytest.mark.parametrize("name", ["leads.csv", "leads.jsonl", "leads.json", "leads.parquet"])
def test_too_little_memory_is_not_the_fault_of_a_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("LEADS_MEMORY", "10MB")
    item = {"created_at": "2024-01-01"}
    objects = [json.dumps({"lead_id": i, "x": "y" * 90_000, **item}) for i in range(300)]
    if name == "leads.parquet":
        parquet(
            """select i as lead_id, date '2024-01-01' as created_at, repeat('x', 90000) || i as x
            from range(300) t(i)""",
            folder / name,
        )
    elif name == "leads.csv":
        lines = [f"{i},2024-01-01,{'x' * 90_000}\n" for i in range(300)]
        (folder / name).write_text("lead_id,created_at,x\n" + "".join(lines), "utf-8")
    else:
        text = f"[{','.join(objects)}]" if name.endswith("json") else "\n".join(objects)
        (folder / name).write_text(text, "utf-8")
    told = rf"{name} takes more memory than LEADS_MEMORY allows \(10MB\): raise it and run again"
    with pytest.raises(UserError, match=told):
        land(folder, NOW)


def test_a_row_more_or_less_than_counted_refuses_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in {
        "leads.csv": LEADS,
        "leads.jsonl": LINES,
        "leads.json": f"[{LINES}]",
    }.items():
        with monkeypatch.context() as patch:
            patch.setattr(module, "take_ragged", lambda *_: {"x": ("is no row", 1)})
            with pytest.raises(UserError, match="can be read as 3 rows or as 2"):
                land_text(folder, text.replace("}\n", "},\n") if "[" in text else text, name)
        assert not rows("select 1 from duckdb_tables() where schema_name = 'raw'")
        (folder / name).unlink()


def test_a_number_too_large_to_add_up_is_left_out(folder: Path) -> None:
    rows_of = {
        "payments": "payment_id,lead_id,paid_at,amount\n1,a,2024-01-01,9999999999999.9999\n"
        "2,a,2024-01-01,10000000000000\n3,a,2024-01-01,-10000000000000\n",
        "web_traffic": "traffic_date,channel,region,visitors\n2024-01-01,paid,DE,1000000000000\n",
        "lead_events": "event_id,lead_id,event_type,occurred_at,duration_seconds\n"
        "1,a,call,2024-01-01,1000000000\n",
    }
    for name, text in rows_of.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    total = land(folder, NOW).total
    assert (total.rows_rejected, total.cells_rejected) == (3, 1)
    assert rows("select entity, line, column_name, reason from raw.rejected_cells") == [
        ("lead_events", 2, "duration_seconds", "is 1,000,000,000 or more")
    ]
    assert rows("select entity, line, column_name, reason from raw.rejected_rows order by all") == [
        ("payments", 3, "amount", "is 10,000,000,000,000 or more"),
        ("payments", 4, "amount", "is 10,000,000,000,000 or more"),
        ("web_traffic", 2, "visitors", "is 1,000,000,000,000 or more"),
    ]


def test_not_a_number_is_missing_where_a_text_should_be(folder: Path) -> None:
    parquet(
        """select lead_id, date '2024-01-01' as created_at, person_id, person_id as plan
        from (values (1.0, 'nan'::double), (2.0, 7.0), ('nan'::double, 3.0))
        as t (lead_id, person_id)""",
        folder / "leads.parquet",
    )
    land(folder, NOW)
    assert versions("leads", "lead_id, person_id, attributes") == [
        ("1", None, None),
        ("2", "7", '{"plan":"7"}'),
    ]
    assert rows("select column_name, reason from raw.rejected_rows") == [("lead_id", "is missing")]


def test_a_quote_left_open_in_a_large_file_does_not_swallow_rows(folder: Path) -> None:
    """DuckDB reads on behind such a quote, from its next buffer, and sets one row aside."""
    padding, quote = "x" * 100_000, '"'
    lines = [f"{i},2024-01-01,{quote * (i == 5)}{padding}\n" for i in range(700)]
    with pytest.raises(UserError, match=r"leads\.csv: the row that begins in line 7 runs over"):
        land_text(folder, "lead_id,created_at,email\n" + "".join(lines))


def test_a_parquet_file_that_ends_early_lands_nothing(folder: Path) -> None:
    parquet("select 1 as lead_id, date '2024-01-01' as created_at", folder / "leads.parquet")
    whole = (folder / "leads.parquet").read_bytes()
    (folder / "leads.parquet").write_bytes(whole[:-20])
    with pytest.raises(UserError, match=r"leads\.parquet cannot be read"):
        land(folder, NOW)


@pytest.mark.parametrize("name", ["leads.csv", "leads.csv.gz", "leads.jsonl"])
@pytest.mark.parametrize("moment", ["file_hash", "open_source", "write_rejects"])
def test_a_file_that_grows_while_it_is_read_lands_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, moment: str
) -> None:
    head, row = (
        ("", '{"lead_id":"7","created_at":"never"}\n') if "json" in name else (LEADS, "9,x,\n")
    )
    packed = gzip.compress if name.endswith("gz") else bytes
    (folder / name).write_bytes(packed((head + row).encode()))
    step = getattr(landing, moment)

    def grow(*arguments: object) -> object:
        with (folder / name).open("ab") as file:
            file.write(packed(b"10,2024"))
        return step(*arguments)

    (folder / "accounts.csv").write_text("account_id\n1\n", "utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(landing, moment, grow)
        with pytest.raises(UserError) as error:
            land(folder, NOW)
    assert str(error.value) == (
        f"{folder / name} changed while it was read: land it again when it is written to its end."
    )
    assert not rows("select 1 from duckdb_tables() where schema_name = 'raw'")


def test_a_link_that_leads_out_of_the_folder_is_not_followed(folder: Path) -> None:
    (folder.parent / "secret.csv").write_text(LEADS, "utf-8")
    (folder / "leads.csv").symlink_to("../secret.csv")
    with pytest.raises(UserError, match=r"leads\.csv leads out of the folder: put"):
        land(folder, NOW)
    (folder / "leads.csv").unlink()
    (folder / ".today").mkdir()
    (folder / ".today" / "leads.csv").write_text(LEADS, "utf-8")
    (folder / "leads.csv").symlink_to(".today/leads.csv")
    assert land(folder, NOW).total.rows_landed == 2


def test_a_pipe_is_no_file_to_land(folder: Path) -> None:
    os.mkfifo(folder / "leads.csv")
    with pytest.raises(UserError, match=r"leads\.csv is no file that can be read twice"):
        land(folder, NOW)


def test_a_folder_must_be_there_and_hold_files(folder: Path) -> None:
    with pytest.raises(UserError, match="There is no folder"):
        land(folder / "nowhere")
    (folder / "README.txt").write_text("x", "utf-8")
    (folder / "notes.md").write_text("x", "utf-8")
    (folder / ".leads.csv").write_text("x", "utf-8")
    (folder / "_leads.csv").write_text("x", "utf-8")
    (folder / "archive").mkdir()
    with pytest.raises(UserError, match="has no file"):
        land(folder)


def test_a_failure_while_writing_leaves_raw_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    land_text(folder, LEADS)
    (folder / "accounts.csv").write_text("account_id,employee_count\n1,5\n2,x\n", "utf-8")
    (folder / "leads.2.csv").write_text(LEADS.replace("007", "9"), "utf-8")

    def fail(*_: object) -> None:
        raise RuntimeError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_rejects", fail)
        with pytest.raises(RuntimeError):
            land(folder, NOW)
    assert versions("leads", "lead_id") == [("007",), ("8",)]
    assert rows("select count(*) from raw.landings") == [(1,)]
    assert land(folder, NOW).total.rows_landed == 3  # one of them without a cell
    assert versions("leads", "lead_id, landing_seq") == [("007", 1), ("8", 2), ("9", 3)]


def test_an_entity_that_nobody_landed_is_an_empty_table(folder: Path) -> None:
    land_text(folder, LEADS)
    for entity in read_contract().values():
        described = rows(f"describe raw.{entity.name}")
        types = {name: data_type.lower() for name, data_type, *_ in described}
        wanted = {column.name: column.data_type for column in entity.columns}
        wanted |= {"attributes": "json", "date_only": "varchar"}
        wanted |= {"landing_seq": "bigint", "landed_at": "timestamp"}
        assert types == wanted
    assert rows("select count(*) from raw.payments") == [(0,)]


def test_a_column_that_the_contract_gained_is_added(folder: Path) -> None:
    land_text(folder, LEADS)
    rows("alter table raw.leads drop column city")
    land_text(folder, LEADS.replace("email", "city"))
    assert versions("leads", "lead_id, city")[-2:] == [("8", None), ("007", "a@b.example")]


def test_rows_that_a_later_one_of_their_file_replaces_are_counted(folder: Path) -> None:
    head = "event_id,lead_id,event_type,occurred_at\n"
    lines = ["1,a,x,2024-01-01\n", "2,a,x,2024-01-01\n", "1,b,x,2024-01-02\n"]
    result = land_text(folder, "".join([head, *lines, *lines[1:]]), "lead_events.csv")
    assert (result.total.rows_landed, result.total.rows_duplicate) == (2, 3)
    assert result.total.rows_replaced == 1
    assert land_text(folder, head + lines[1] * 3, "lead_events.b.csv").total.rows_replaced == 0
    (folder / "lead_events.csv").write_text("".join([head, *lines, lines[0]]))
    shown = CliRunner().invoke(app, ["land", str(folder)]).output
    assert "replaced: 1 rows say otherwise than a later row" in " ".join(shown.split())


def test_the_same_folder_again_changes_nothing(folder: Path) -> None:
    first = land_text(folder, LEADS + "9,never,\n")
    assert (first.total.files_landed, first.total.rows_rejected) == (1, 1)
    again = land(folder, NOW)
    assert (again.total.files_skipped, again.total.rows_read) == (1, 0)
    assert rows("select count(*) from raw.landings") == [(1,)]
    forget_hashes()
    third = land(folder, NOW)
    assert (third.total.rows_duplicate, third.total.rows_landed) == (2, 0)
    assert rows("select count(*) from raw.leads") == [(2,)]


def test_the_ledger_adds_up(folder: Path) -> None:
    text = LEADS + LEADS.splitlines()[2] + "\n9,never,\n"
    result = land_text(folder, text)
    assert rows("select * exclude (content_hash) from raw.landings") == [
        (1, "leads.csv", "leads", len(text), 4, 2, 1, 1, NOW, result.run_id, 3, 0)
    ]
    again = land_text(
        folder, "spend_date,amount\n2025-01-01,1\n2025-01-01,2\n", "marketing_spend.csv"
    )
    assert again.total.rows_replaced == 1
    assert rows("select rows_replaced from raw.landings order by landing_id") == [(0,), (1,)]


def test_a_file_lands_again_when_its_content_returns(folder: Path) -> None:
    changed = LEADS.replace("a@b", "c@d")
    results = [land_text(folder, text) for text in (LEADS, changed, LEADS)]
    assert [result.total.files_landed for result in results] == [1, 1, 1]
    emails = [("a@b.example",), ("c@d.example",), ("a@b.example",)]
    assert rows("select email from raw.leads where lead_id = '007' order by landing_seq") == emails


def test_a_dated_version_that_returns_is_not_new(folder: Path) -> None:
    head = "lead_id,created_at,updated_at,city\n"
    first, second = "1,2024-01-01,2024-02-01,Rom\n", "1,2024-01-01,2024-03-01,Bern\n"
    results = [land_text(folder, head + line) for line in (first, second, first, first + second)]
    assert [result.total.rows_landed for result in results] == [1, 1, 0, 0]
    changed = land_text(folder, head + first.replace("Rom", "Ulm"))
    assert changed.total.rows_landed == 1


@pytest.mark.parametrize(
    ("landings", "landed"),
    [
        ("Feb Rom; Mar Rom; Apr Rom", "Feb Rom"),
        ("Feb Rom; Mar Bern; Apr Rom", "Feb Rom, Mar Bern, Apr Rom"),
        ("Feb Rom, Mar Rom, Apr Bern, May Rom, Jun Rom", "Feb Rom, Apr Bern, May Rom"),
        ("Feb Rom; Mar Rom, Apr Bern, May Bern", "Feb Rom, Apr Bern"),
        ("Mar Rom; Feb Rom", "Mar Rom, Feb Rom"),  # it was so before
        ("Feb Rom; Mar Bern; Jan Rom; Apr Rom", "Feb Rom, Mar Bern, Jan Rom, Apr Rom"),
        ("Feb Rom; Mar Bern; Feb Ulm; Apr Ulm", "Feb Rom, Mar Bern, Feb Ulm, Apr Ulm"),
        ("Feb Rom; no Rom; Mar Rom", "Feb Rom, no Rom, Mar Rom"),
        ("no Rom; Feb Rom", "no Rom, Feb Rom"),  # since when is news
    ],
)
def test_a_version_that_is_only_dated_anew_changes_nothing(
    folder: Path, landings: str, landed: str
) -> None:
    months = ["no", "Jan", "Feb", "Mar", "Apr", "May", "Jun"]
    head = "lead_id,created_at,updated_at,city\n"
    for number, landing_of in enumerate(landings.split("; ")):
        lines = ""
        for version in landing_of.split(", "):
            month, city = version.split()
            day = f"2024-{months.index(month):02}-01" if month != "no" else ""
            lines += f"1,2024-01-01,{day},{city}\n"
        land_text(folder, head + lines, f"leads.{number}.csv")
    found = versions("leads", "coalesce(strftime(updated_at, '%b'), 'no') || ' ' || city")
    assert ", ".join(text for (text,) in found) == landed
    forget_hashes()
    assert land(folder, NOW).total.rows_landed == 0


def test_within_a_landing_equal_rows_collapse_and_the_last_undated_one_counts(
    folder: Path,
) -> None:
    result = land_text(
        folder,
        "lead_id,created_at,updated_at,city\n"
        "1,2024-01-01,,Rom\n"
        "2,2024-01-01,2024-02-01,Rom\n"
        "1,2024-01-01,,Bern\n"
        "2,2024-01-01,2024-02-01,Rom\n"
        "2,2024-01-01,2024-02-01,Bern\n"
        "1,2024-01-01,,Ulm\n",
    )
    assert versions("leads", "lead_id, city, landing_seq") == [
        ("2", "Rom", 2),
        ("2", "Bern", 5),
        ("1", "Ulm", 6),
    ]
    assert result.total.rows_duplicate == 3
    forget_hashes()
    assert land(folder, NOW).total.rows_landed == 0


@pytest.mark.parametrize(
    ("before", "batch", "after"),
    [
        ("", "dated Rom, Bern", "dated Rom, Bern"),
        ("", "Ulm, Bern, dated Rom", "Bern, dated Rom"),
        ("Bern", "Bern, dated Rom", "Bern, dated Rom"),
        ("Bern", "dated Rom, Bern", "Bern, dated Rom, Bern"),
        ("dated Rom, Bern", "dated Rom, Bern", "dated Rom, Bern"),
        ("dated Rom, Bern", "Bern, dated Rom", "dated Rom, Bern"),
        ("", "dated Rom, Bern, dated Rom, Bern", "dated Rom, Bern"),
    ],
)
def test_dated_and_undated_versions_of_a_key_land_once(
    folder: Path, before: str, batch: str, after: str
) -> None:
    def land_versions(cities: str) -> LandResult:
        dated = [city.replace("dated ", "2024-02-01 ") for city in cities.split(", ") if city]
        lines = [f"1,2024-01-01,{city.rpartition(' ')[0]},{city.split()[-1]}\n" for city in dated]
        text = "lead_id,created_at,updated_at,city\n" + "".join(lines)
        return land_text(folder, text)

    land_versions(before)
    land_versions(batch)
    landed = versions("leads", "if(updated_at is null, '', 'dated ') || city")
    assert ", ".join(city for (city,) in landed) == after
    forget_hashes()
    assert land(folder, NOW).total.rows_landed == 0


def test_null_and_value_differ_and_null_equals_null(folder: Path) -> None:
    head = "lead_id,created_at,city,country\n"
    cities = ["", "Rom", "", ""]
    results = [land_text(folder, f"{head}1,2024-01-01,{city},\n") for city in cities]
    assert [result.total.rows_landed for result in results] == [1, 1, 1, 0]


def test_attributes_make_a_version(folder: Path) -> None:
    results = [
        land_text(folder, f"lead_id,created_at,shoe\n1,2024-01-01,{size}\n") for size in (42, 43)
    ]
    assert [result.total.rows_landed for result in results] == [1, 1]


def test_several_files_of_an_entity_land_in_the_order_of_their_names(folder: Path) -> None:
    head = "lead_id,created_at,city\n"
    (folder / "leads.2025.csv.gz").write_bytes(gz(f"{head}1,2024-01-01,Ulm\n"))
    (folder / "leads.2024.csv").write_text(
        head + "1,2024-01-01,Rom\n2,never,\n3,2024-01-01,Rom\n", "utf-8"
    )
    land(folder, NOW)
    assert versions("leads", "lead_id, city, landing_seq") == [
        ("1", "Rom", 1),
        ("3", "Rom", 3),
        ("1", "Ulm", 4),
    ]
    assert rows(
        "select landing_id, file, rows_read, rows_landed, rows_duplicate, rows_rejected, "
        "last_landing_seq from raw.landings order by landing_id"
    ) == [(1, "leads.2024.csv", 3, 2, 0, 1, 3), (2, "leads.2025.csv.gz", 1, 1, 0, 0, 4)]


def land_cities(folder: Path, **cities: str) -> int:
    """Lands files of undated rows, 'lead city, lead city …' each; returns how many were new."""
    for name, text in cities.items():
        rows = "".join("{},2024-01-01,{}\n".format(*row.split()) for row in text.split(", "))
        (folder / f"leads.{name}.csv").write_text(f"lead_id,created_at,city\n{rows}", "utf-8")
    return land(folder, NOW).total.rows_landed


def current_cities() -> dict[str, str]:
    return dict(rows("select lead_id, arg_max(city, landing_seq) from raw.leads group by 1"))


def test_an_unchanged_row_of_a_changed_file_overrules_no_other_file(folder: Path) -> None:
    land_cities(folder, a="1 Rom, 2 Rom", b="1 Bern")
    assert current_cities() == {"1": "Bern", "2": "Rom"}
    assert land_cities(folder, a="1 Rom, 2 Ulm, 3 Rom") == 2
    assert current_cities() == {"1": "Bern", "2": "Ulm", "3": "Rom"}


def test_a_changed_row_of_a_changed_file_is_the_last_word(folder: Path) -> None:
    land_cities(folder, a="1 Rom", b="1 Bern")
    assert [land_cities(folder, a=f"1 {city}") for city in ("Ulm", "Rom", "Bern")] == [1, 1, 1]
    assert [land_cities(folder, b=f"1 {city}") for city in ("Bern, 2 Bern", "Rom")] == [1, 1]
    assert current_cities() == {"1": "Rom", "2": "Bern"}


def test_a_landing_after_rejected_rows_is_later_than_they_were(folder: Path) -> None:
    """What landed since a file did is told apart by landing_seq, which counts rejected rows too."""
    (folder / "leads.a.csv").write_text("lead_id,created_at\n1,2024-01-01\n2,x\n3,x\n", "utf-8")
    land(folder, NOW)
    land_cities(folder, b="1 Bern")
    (folder / "leads.a.csv").write_text("lead_id,created_at\n1,2024-01-01\n", "utf-8")
    assert land(folder, NOW).total.rows_landed == 0
    assert current_cities() == {"1": "Bern"}


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from("abc"),
            st.lists(st.tuples(st.integers(1, 2), st.sampled_from(CITIES)), min_size=1, max_size=4),
            min_size=1,
        ),
        min_size=2,
        max_size=4,
    )
)
@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@pytest.mark.slow
def test_what_a_file_newly_says_of_a_lead_is_current(
    folder: Path, landings: list[dict[str, list[tuple[int, str]]]]
) -> None:
    """Whatever lands in whatever order: a lead is where the last file with news of it says."""
    warehouse_file().unlink(missing_ok=True)
    for file in folder.iterdir():
        file.unlink()
    held: dict[str, dict[str, str]] = {}
    said: dict[str, dict[str, str]] = {}
    expected: dict[str, str] = {}
    for files in landings:
        for name, leads in sorted(files.items()):
            held[name] = {str(lead): city for lead, city in leads}
            before = said.get(name, {})
            expected |= {
                lead: city for lead, city in held[name].items() if before.get(lead) != city
            }
            # A lead that the file leaves out is, as far as it goes, where it was.
            said[name] = expected | held[name]
        texts = {name: ", ".join(f"{i} {city}" for i, city in rows) for name, rows in files.items()}
        land_cities(folder, **texts)
        assert current_cities() == expected
        forget_hashes()
        assert land(folder, NOW).total.rows_landed == 0
        said = {name: expected | leads for name, leads in held.items()}


def test_a_missing_part_of_the_key_is_none_in_brackets(folder: Path) -> None:
    head = "spend_date,channel,amount\n"
    land_text(folder, head + "2024-01-01,,5\n2024-01-01,,6\n", "marketing_spend.csv")
    land_text(folder, "spend_date,amount\n2024-01-01,6\n", "marketing_spend.csv")
    assert versions("marketing_spend", "channel, campaign, region, cost_type, amount") == [
        ("(none)", "(none)", "(none)", "(none)", Decimal("6.0000"))
    ]


def test_rows_dated_after_their_landing_land_and_are_counted(folder: Path) -> None:
    (folder / "lead_events.csv").write_text(
        "event_id,lead_id,event_type,occurred_at\n1,1,x,2025-01-01T00:00:01Z\n2,1,x,2030-01-01\n",
        "utf-8",
    )
    result = land_text(folder, "lead_id,created_at\n1,2025-01-01\n2,2025-01-02\n2,2025-01-02\n")
    assert {e.entity: (e.rows_landed, e.rows_waiting) for e in result.entities} == {
        "leads": (2, 1),
        "lead_events": (2, 2),
    }
    assert (result.total.rows_landed, result.total.rows_waiting) == (4, 3)


def test_the_time_of_landing_is_utc(folder: Path) -> None:
    (folder / "leads.csv").write_text(LEADS, "utf-8")
    result = land(folder, datetime(2025, 1, 1, 2, tzinfo=timezone(timedelta(hours=3))))
    assert result.landed_at == datetime(2024, 12, 31, 23)
    assert rows("select distinct landed_at from raw.leads") == [(datetime(2024, 12, 31, 23),)]


def test_a_header_alone_is_no_row(folder: Path) -> None:
    result = land_text(folder, LEADS.splitlines()[0])
    assert (result.total.rows_read, result.total.files_landed) == (0, 1)


def test_landing_loads_nothing_that_only_other_commands_need(folder: Path) -> None:
    (folder / "leads.csv").write_text(LEADS)
    program = """
import sys
from scripts.commands import app
app(["land", sys.argv[1]], standalone_mode=False)
print(sorted({"metricflow", "pandas", "polars"} & set(sys.modules)))
"""
    run = subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.splitlines()[-1] == "[]"


def test_a_warehouse_in_use_names_who_holds_it(folder: Path) -> None:
    told = r"leads\.duckdb is in use by .*process {}"
    with held_warehouse() as holder, pytest.raises(UserError, match=told.format(holder)):
        land_text(folder, LEADS)


def test_a_file_that_is_no_warehouse_is_left_alone(folder: Path) -> None:
    warehouse_file().parent.mkdir()
    warehouse_file().write_text("no database" * 1000, "utf-8")
    with pytest.raises(UserError, match="cannot be opened"):
        land_text(folder, LEADS)


@pytest.mark.parametrize("size", [0, 4096, 8192])
def test_a_warehouse_whose_creation_was_killed_is_made_anew(folder: Path, size: int) -> None:
    warehouse_file().parent.mkdir()
    rows("select 1")
    whole = warehouse_file().read_bytes()
    assert len(whole) == 3 * 4096
    warehouse_file().write_bytes(whole[:size])
    assert land_text(folder, LEADS).total.rows_landed == 2


def test_a_small_file_that_is_no_warehouse_is_left_alone(folder: Path) -> None:
    warehouse_file().parent.mkdir()
    warehouse_file().write_text("my notes", "utf-8")
    with pytest.raises(UserError, match="cannot be opened"):
        land_text(folder, LEADS)
    assert warehouse_file().read_text("utf-8") == "my notes"


def test_a_header_that_is_nearly_right_is_named(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("Lead ID,created_at\na,2025-01-01\n")
    with pytest.raises(UserError, match=r"lacks the column lead_id.*'Lead ID' must be named so"):
        land(tmp_path)


def test_rejects_are_told_without_their_values(tmp_path: Path) -> None:
    text = "lead_id,created_at,budget\na,2025-01-01,secret\nb,01/02/2024,\nc,2025-01-01,secret\n"
    (tmp_path / "leads.csv").write_text(text)
    run_id = land(tmp_path).run_id
    (line,) = landing.rejects(run_id, most=5)
    assert line.startswith("leads.csv line 3, column created_at: ") and "01/02" not in line
    (line,) = landing.rejects(run_id, most=1, of="rejected_cells")
    assert line.startswith("leads.csv line 2, column budget: ") and "secret" not in line


def test_the_summary_tells_of_rows_and_cells(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"{i},2025-01-01,secret\n" for i in range(7)]
    text = "lead_id,created_at,budget\nb,01/02/2024,\n" + "".join(lines)
    (folder / "leads.csv").write_text(text)
    done = CliRunner().invoke(app, ["land", str(folder)])
    said = " ".join((done.output + capsys.readouterr().err).split())
    assert "set aside: leads.csv line 2, column created_at" in said
    assert "left empty: leads.csv line 3, column budget" in said
    assert "left empty: 2 more, all in raw.rejected_cells" in said
    assert "secret" not in said and "01/02" not in said


def test_the_number_of_a_row_that_was_erased_is_not_given_out_again(folder: Path) -> None:
    """Models take rows with higher numbers than they have seen for new."""
    land_text(folder, LEADS)
    erase(["8"])
    land_text(folder, "lead_id,created_at\n9,2024-01-04\n")
    assert versions("leads", "lead_id, landing_seq") == [("007", 1), ("9", 3)]


ADDRESS = "Anna.Smith@b.example"
HASHED = "email-" + hashlib.sha256(ADDRESS.encode()).hexdigest()[:16]


def land_addresses(folder: Path) -> LandResult:
    """A lead whose id is an email address, in every entity and format, and another."""
    files = {
        "leads.csv": f"lead_id,created_at,email,owner_id\n {ADDRESS} ,2024-01-01,,o@c.example\n"
        "8,2024-01-01,a@b.example,9\n",
        "lead_events.jsonl": json.dumps(
            {"event_id": "1@b", "lead_id": ADDRESS, "event_type": "x", "occurred_at": "2024-01-01"}
            | {"page_url": ADDRESS, "properties": {"to": ADDRESS}}
        ),
        "opportunities.csv": "opportunity_id,lead_id,created_at,stage\n"
        f"deal@b.example.org,{ADDRESS},2024-01-01,won\n",
        "payments.csv": f"payment_id,lead_id,paid_at,amount\np,{ADDRESS},2024-01-01,5\n"
        f"q,{ADDRESS},never,5\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    parquet(
        f"select 'd' as opportunity_id, '{ADDRESS}' as lead_id",
        folder / "opportunity_leads.parquet",
    )
    return land(folder, NOW)


def test_an_id_that_is_an_email_address_lands_as_a_hash(folder: Path) -> None:
    land_addresses(folder)
    assert landed_id(ADDRESS) == HASHED
    owner = landed_id("o@c.example")
    assert versions("leads", "lead_id, email, owner_id") == [
        (HASHED, ADDRESS, owner),
        ("8", "a@b.example", "9"),
    ]
    assert versions("lead_events", "event_id, lead_id, page_url, properties ->> 'to'") == [
        ("1@b", HASHED, ADDRESS, ADDRESS)
    ]
    deal = landed_id("deal@b.example.org")
    assert versions("opportunities", "opportunity_id, lead_id") == [(deal, HASHED)]
    assert versions("payments", "lead_id") == [(HASHED,)]
    assert versions("opportunity_leads", "lead_id") == [(HASHED,)]
    assert rows("select line, value, original_row from raw.rejected_rows") == [
        (3, "never", f"q,{ADDRESS},never,5")
    ]


NO_ADDRESSES = ["a@b", "@", "a b@c.example", "a@b@c.example", "a.b", "Anna <a@b.example>"]


def test_what_is_no_email_address_stays_an_id(folder: Path) -> None:
    texts = [*NO_ADDRESSES, "a@b.c", "Zoë@naïve.example", "a\u00a0b@c.example", "a+b@c.d.e"]
    lines = [f'"{text}",2024-01-01\n' for text in texts]
    land_text(folder, "lead_id,created_at\n" + "".join(lines))
    landed = [landed for (landed,) in versions("leads", "lead_id")]
    assert landed == [landed_id(text) for text in texts]
    assert landed[: len(NO_ADDRESSES)] == NO_ADDRESSES
    assert all(text.startswith("email-") for text in landed[len(NO_ADDRESSES) :])


def test_an_email_that_is_given_is_not_overruled_by_the_id(folder: Path) -> None:
    land_text(folder, f"lead_id,created_at,email\n{ADDRESS},2024-01-01,x@y.example\n")
    assert versions("leads", "lead_id, email") == [(HASHED, "x@y.example")]


def test_an_id_that_is_an_email_address_may_be_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contract, "project_var", lambda _: "refuse")
    assert land_addresses(folder).total.rows_rejected == 6
    assert rows("select entity, line, column_name, value, reason from raw.rejected_rows") == [
        (entity, line, column, value, "is an email address, not an id")
        for entity, line, column, value in [
            ("leads", 2, "lead_id", ADDRESS),
            ("lead_events", 1, "lead_id", ADDRESS),
            ("opportunities", 2, "opportunity_id", "deal@b.example.org"),
            ("opportunity_leads", 1, "lead_id", ADDRESS),
            ("payments", 2, "lead_id", ADDRESS),
            ("payments", 3, "lead_id", ADDRESS),
        ]
    ]
    forget_hashes()
    monkeypatch.setattr(contract, "project_var", lambda _: "drop")
    with pytest.raises(UserError, match="email_ids is 'drop'; it may be hash or refuse"):
        land(folder, NOW)


@pytest.mark.parametrize("name", [ADDRESS, HASHED])
def test_a_lead_is_found_by_the_address_that_was_its_id_and_kept_out_once_erased(
    folder: Path, name: str
) -> None:
    land_addresses(folder)
    (folder / "leads.c.csv").write_text(f"lead_id,created_at,budget\n{ADDRESS},2024-01-01,lots\n")
    land(folder, NOW)
    text = subject_access(name).read_text("utf-8")
    assert HASHED in text and f"q,{ADDRESS},never,5" in text
    assert "raw.rejected_cells: 1 rows" in text and f"{ADDRESS},2024-01-01,lots" in text
    assert sum(erase([name]).rows_erased["leads.duckdb"].values()) >= 6
    assert rows("from raw.rejected_cells") == []
    forget_hashes()
    (folder / "leads.b.csv").write_text(f"lead_id,created_at,email\n{ADDRESS},2024-02-01,x@y.z\n")
    total = land(folder, NOW).total
    assert total.rows_landed == 0
    assert versions("leads", "lead_id") == [("8",)]
    assert rows("select value, original_row from raw.rejected_rows") == [(None, "")]
    assert rows("select value, original_row from raw.rejected_cells") == [(None, "")]
    with pytest.raises(UserError, match=r"no lead .* is held"):
        subject_access(name)


def test_what_is_a_day_without_a_time_is_known(folder: Path) -> None:
    """Whatever the file: such a day is that day in every zone."""
    land_text(
        folder,
        "lead_id,created_at,updated_at\n"
        "a,2025-04-01,2025-04-01T00:00:00Z\n"
        "b,2025-04-01,2025-04-02\n"
        "c,2025-04-01T09:00:00Z,\n",
    )
    parquet(
        """select 'o' as opportunity_id, 'Won' as stage, timestamp '2025-04-01' as created_at,
            date '2025-04-01' as closed_at""",
        folder / "opportunities.parquet",
    )
    land(folder, NOW)
    assert rows("select lead_id, date_only from raw.leads order by 1") == [
        ("a", "created_at"),
        ("b", "created_at updated_at"),
        ("c", None),
    ]
    assert rows("select date_only from raw.opportunities") == [("closed_at",)]
