"""What becomes of malformed files: a table of cases, each with its exact outcome.

A case is a file of leads (or of the entity that its name tells) and what becomes of it: the ids
that land, the rows set aside and the cells left empty, or the sentence that refuses the file whole.
"""

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from scripts.landing.land import land
from scripts.shared.errors import UserError
from scripts.shared.paths import warehouse_file

NOW = datetime(2025, 1, 1)
HEAD = "lead_id,created_at,city,budget,currency"
GOOD = "good,2024-01-01,Rom,5,EUR"

NO_TIME = "is not an ISO 8601 time, such as 2024-05-31T09:30:00Z, from 1900 to 2200"
NO_NUMBER = "is not a number such as 1234.5, or has too many digits"
NO_WHOLE = "is not a whole number such as 500, or might be two, as 1.500 might be"
TWO_NUMBERS = "might be two numbers: write it as 1250 or as 1.25"
OTHER_CURRENCY = "is in another currency than the row says"
NO_TRUTH = "is not one of true, false, yes, no, 1, 0"
NO_CURRENCY = "is not a currency code of three letters, such as EUR"
NO_OBJECT = "is not a JSON object, or has a key twice"
NO_ID = "is a list or an object, not an id"
NO_VALUE = "is a word for no id: leave the cell empty"
LOST_ID = "is what a spreadsheet left of an id: export that column as text"
NUL = "has a NUL character"
FEWER = "has fewer columns than the header"
MORE = "has more columns than the header"
QUOTE = "has a quote out of place"
UTF8 = " is not UTF-8: save it as UTF-8."
UTF16 = " is UTF-16, as 'Unicode text' is: save it as UTF-8."
DAMAGED = " cannot be read: it ends early or is damaged."
UNPACK = " cannot be unpacked: it ends early or is damaged."
OPEN_QUOTE = (
    ": the row that begins in line {} runs over {} lines and {} characters: close the quote left "
    "open there, or double it where it is part of a text."
)
TOO_LONG = (
    ": the row in line {} is {} characters long, more than a row may be: shorten it, or close the "
    "quote left open there."
)

HEADER_QUOTE = (
    " has a quote out of place or left open in its header, line 1: put whole names in quotes, with "
    "nothing around them, or none."
)

# Line, column, value and reason of a row set aside, or of a cell left empty.
Reject = tuple[int, str | None, Any, str]


@dataclass(frozen=True)
class Case:
    """A file; the ids that land, the rows set aside and cells left empty, or what is said of it."""

    name: str
    content: bytes
    landed: Sequence[str] = ()
    rejected: Sequence[Reject] = ()
    refused: str = ""
    cells: Sequence[Reject] = ()


def rows(
    *lines: str,
    landed: Sequence[str] = (),
    rejected: Sequence[Reject] = (),
    cells: Sequence[Reject] = (),
) -> Case:
    """A CSV file of the header, the good row and these, which begin in line 3."""
    text = "\n".join([HEAD, GOOD, *lines]) + "\n"
    return Case("leads.csv", text.encode(), ("good", *landed), rejected, cells=cells)


def bad(line: str, column: str | None, value: str | None, reason: str) -> Case:
    """A CSV file whose third line is set aside."""
    return rows(line, rejected=[(3, column, value, reason)])


def emptied(line: str, column: str, value: str, reason: str) -> Case:
    """A CSV file whose third line lands without one of its cells."""
    return rows(line, landed=["x"], cells=[(3, column, value, reason)])


def refused(content: bytes, sentence: str, name: str = "leads.csv") -> Case:
    return Case(name, content, refused=sentence)


def lines(
    *objects: str,
    landed: Sequence[str] = (),
    rejected: Sequence[Reject] = (),
    cells: Sequence[Reject] = (),
) -> Case:
    """A file of JSON lines."""
    return Case("leads.jsonl", "\n".join(objects).encode(), landed, rejected, cells=cells)


def parquet(
    columns: dict[str, Any],
    landed: Sequence[str] = (),
    rejected: Sequence[Reject] = (),
    refused: str = "",
    cells: Sequence[Reject] = (),
) -> Case:
    """A Parquet file of leads; created_at is added."""
    count = len(columns["lead_id"])
    table = pa.table({"created_at": ["2024-01-01"] * count, **columns})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return Case("leads.parquet", sink.getvalue().to_pybytes(), landed, rejected, refused, cells)


def far_times(unit: str, times: Sequence[int], zone: str | None = None) -> Case:
    """A Parquet file of times so far away that each sets its row aside, and of one that is not."""
    return parquet(
        {
            "lead_id": [*map(str, times), "good"],
            "created_at": pa.array([*times, 0], pa.timestamp(unit, zone)),
        },
        landed=["good"],
        rejected=[(line, "created_at", ANY, NO_TIME) for line in range(1, len(times) + 1)],
    )


TEXT = f"{HEAD}\n{GOOD}\n"
FILE = TEXT.encode()
PARQUET = parquet({"lead_id": ["good"]}).content

CASES = {
    # --- Encodings
    "UTF-8 with a byte order mark": Case("leads.csv", b"\xef\xbb\xbf" + FILE, ["good"]),
    "a byte order mark amid the file, as where files were joined": rows(
        "\ufeffx,2024-01-01,,,", landed=["x"]
    ),
    "UTF-16 little endian": refused(b"\xff\xfe" + TEXT.encode("utf-16-le"), UTF16),
    "UTF-16 big endian": refused(b"\xfe\xff" + TEXT.encode("utf-16-be"), UTF16),
    "UTF-16 without a byte order mark": refused(
        TEXT.encode("utf-16-le"), " begins with NUL bytes, as UTF-16 does: save it as UTF-8."
    ),
    "UTF-16 JSON": refused('{"lead_id":"x"}'.encode("utf-16"), UTF16, "leads.jsonl"),
    "UTF-32": refused(TEXT.encode("utf-32"), " is UTF-32: save it as UTF-8."),
    "Latin-1": refused(FILE + "x,2024-01-01,Köln,,\n".encode("latin-1"), UTF8),
    "CP1252 smart quotes": refused(FILE + "x,2024-01-01,“Rom”,,\n".encode("cp1252"), UTF8),
    "UTF-8 cut within a character": refused(FILE + "x,2024-01-01,Kö".encode()[:-1], UTF8),
    "surrogates as UTF-8": refused(FILE + b"x,2024-01-01,\xed\xa0\x80,,\n", UTF8),
    "Shift-JIS header": refused(HEAD.replace("city", "都市").encode("cp932") + b"\n", UTF8),
    # --- NUL bytes and marks that nobody sees
    "a NUL in a value": emptied("x,2024-01-01,R\0m,,", "city", "R\0m", NUL),
    "a NUL in an id": bad("x\0,2024-01-01,,,", "lead_id", "x\0", NUL),
    "a tail of NULs, as after a crash": bad("\0" * 512, None, None, FEWER),
    "nothing but NULs": refused(
        b"\0" * 512, " begins with NUL bytes, as UTF-16 does: save it as UTF-8."
    ),
    "an escaped NUL in JSON": lines(
        r'{"lead_id":"x\u0000","created_at":"2024-01-01"}', rejected=[(1, "lead_id", "x\0", NUL)]
    ),
    "an id of nothing but a zero-width space": bad(
        "\u200b,2024-01-01,,,", "lead_id", None, "is missing"
    ),
    "an id between no-break spaces": rows("\u00a0x\u2003,2024-01-01,,,", landed=["x"]),
    "an id of nothing but blanks": bad('" \t",2024-01-01,,,', "lead_id", None, "is missing"),
    "ids that only look alike": rows(
        "a1,2024-01-01,,,",
        "\u04301,2024-01-01,,,",
        "a\u200b1,2024-01-01,,,",
        "ａ1,2024-01-01,,,",
        landed=["a1", "\u04301", "a\u200b1", "ａ1"],
    ),
    "an escape sequence of a terminal": rows("\x1b[2J,2024-01-01,,,", landed=["\x1b[2J"]),
    # --- The shape of a CSV file
    "fewer cells than the header": bad("x,2024-01-01", None, None, FEWER),
    "more cells than the header": bad("x,2024-01-01,Rom,5,EUR,1", None, None, MORE),
    "a decimal comma that makes a cell more": bad("x,2024-01-01,Rom,1,5,EUR", None, None, MORE),
    "a comma after the last cell": rows("x,2024-01-01,,,,", landed=["x"]),
    "a line of comment": bad("# 2 rows", None, None, FEWER),
    "a line of totals amid the rows": rows(
        "total,,,10,EUR",
        "x,2024-01-01,,,",
        landed=["x"],
        rejected=[(3, "created_at", None, "is missing")],
    ),
    "a line of totals at the end": rows("total,,,10,EUR"),
    "the header again": bad(HEAD, "created_at", "created_at", NO_TIME),
    "blank lines": rows("", "x,2024-01-01,,,", "", "", landed=["x"]),
    "no line end at the end": Case("leads.csv", FILE[:-1], ["good"]),
    "line ends of an old Mac": Case("leads.csv", FILE.replace(b"\n", b"\r"), ["good"]),
    "line ends of Windows": Case("leads.csv", FILE.replace(b"\n", b"\r\n"), ["good"]),
    "line breaks in a value": rows('x,2024-01-01,"Ro\n\nm",,', landed=["x"]),
    "line breaks in a value of a row set aside": bad(
        'x,never,"Ro\nm",,', "created_at", "never", NO_TIME
    ),
    "a doubled quote": rows('x,2024-01-01,"R""m",,', landed=["x"]),
    "inches in a bare value": rows('x,2024-01-01,5" pipe,,', landed=["x"]),
    "text after a closing quote": bad('x,2024-01-01,"Rom"a,,', None, None, QUOTE),
    "a quote left open in the last line": bad('x,2024-01-01,"Rom,,', None, None, QUOTE),
    "a quote left open before other rows": refused(
        f'{HEAD}\nx,2024-01-01,"Rom,,\n{GOOD}\n'.encode(), OPEN_QUOTE.format(2, 2, 45)
    ),
    "semicolons": Case("leads.csv", FILE.replace(b",", b";"), ["good"]),
    "tabs": Case("leads.csv", FILE.replace(b",", b"\t"), ["good"]),
    "bars": Case("leads.csv", FILE.replace(b",", b"|"), ["good"]),
    "a hint for Excel above the header": Case("leads.csv", b"sep=,\n" + FILE, ["good"]),
    "no header": refused(f"{GOOD}\n".encode(), " lacks the column lead_id, which leads must have."),
    "a blank line for a header": refused(
        b"\n" + FILE, " starts with an empty line: line 1 must be the header."
    ),
    "a header alone": Case("leads.csv", f"{HEAD}\n".encode()),
    "nothing at all": refused(b"", " is empty (0 bytes): it lacks even a header."),
    "a column twice": refused(
        b"lead_id,created_at,city,city\n", " has the column city twice: name or leave out one."
    ),
    "a column twice but for its case": refused(
        b"lead_id,created_at,Shoe,SHOE\n", " has the column shoe twice: name or leave out one."
    ),
    "a column without a name": refused(
        b"lead_id,created_at,\n", " has a column without a name: name it, or leave it out."
    ),
    "a required column that is missing": refused(
        b"lead_id,city\n", " lacks the column created_at, which leads must have."
    ),
    "a required column that is nearly there": refused(
        b"Lead-ID,created_at\n",
        " lacks the column lead_id, which leads must have. Its column 'Lead-ID' must be named so.",
    ),
    "a thousand columns too many": refused(
        f"{HEAD},{','.join(f'x{i}' for i in range(1000))}\n".encode(),
        " has 1,000 columns that leads does not know, more than 500: leave out those that nobody "
        "scores by.",
    ),
    "a quote out of place in the header": refused(
        b'lead_id,created_at,"screen" size\n' + b"x,2024-01-01,5\n" * 5000, HEADER_QUOTE
    ),
    "a quote left open in the header": refused(
        b'lead_id,created_at,"size\n' + b"x,2024-01-01,5\n" * 5000, HEADER_QUOTE
    ),
    "a blank behind a quote in the header": refused(
        b'"lead_id" ,created_at\nx,2024-01-01\n', HEADER_QUOTE
    ),
    "a tab before a quote in the header": refused(
        b'lead_id,created_at,\t"city"\nx,2024-01-01,Rom\n', HEADER_QUOTE
    ),
    "a quote amid a bare name in the header": Case(
        "leads.csv", b'lead_id,created_at,screen" size\nx,2024-01-01,5\n', ["x"]
    ),
    "a blank before a quote in the header": Case(
        "leads.csv", b'lead_id, "created_at"\nx,2024-01-01\n', ["x"]
    ),
    "a line break in a name in the header": Case(
        "leads.csv",
        b'lead_id,created_at,"screen\nsize"\nx,2024-01-01,5\ny,never,\n',
        ["x"],
        [(4, "created_at", "never", NO_TIME)],
    ),
    "another line break in a name in the header, as Excel writes it": Case(
        "leads.csv",
        b'lead_id,created_at,"screen\nsize"\r\nx,2024-01-01,5\r\ny,never,"5\n"\r\n',
        ["x"],
        [(4, "created_at", "never", NO_TIME)],
    ),
    "an empty cell in quotes, of one column": Case(
        "accounts.csv",
        b'account_id\nx\n""\n\ny\n',
        ["x", "y"],
        [(3, "account_id", None, "is missing")],
    ),
    "a line of blanks, of one column": Case(
        "accounts.csv",
        b"account_id\nx\n  \n\ny\n",
        ["x", "y"],
        [(3, "account_id", None, "is missing")],
    ),
    "line ends of two kinds and quotes": refused(
        f'{HEAD}\nx,2024-01-01,"Rom","5","EUR"\r\n{GOOD}\n'.encode(),
        ": its lines end in different ways, first in line 2: save it with line ends of one kind.",
    ),
    "line ends of the other kind within a value": Case(
        "leads.csv", TEXT.replace("\n", "\r\n").replace("Rom", '"R\nm"').encode(), ["good"]
    ),
    "a web page": refused(
        b"<!DOCTYPE html><html><body>Sign in</body></html>",
        " lacks the column lead_id, which leads must have.",
    ),
    "a field of 10 MB": refused(
        FILE + b"x,2024-01-01," + b"a" * 10_000_000 + b",,\n", TOO_LONG.format(3, "10,000,015")
    ),
    "a quoted field of 10 MB": refused(
        FILE + b'x,2024-01-01,"' + b"a" * 10_000_000 + b'",,\n', TOO_LONG.format(3, "10,000,017")
    ),
    "a field of 1.5 MB": rows(f"x,2024-01-01,{'a' * 1_500_000},,", landed=["x"]),
    # --- Values
    "a day that is none": bad("x,2024-02-30,,,", "created_at", "2024-02-30", NO_TIME),
    "an hour that is none": bad("x,2024-05-31T25:00,,,", "created_at", "2024-05-31T25:00", NO_TIME),
    "a leap day in a year without": bad("x,2023-02-29,,,", "created_at", "2023-02-29", NO_TIME),
    "day and month the European way": bad("x,31/12/2024,,,", "created_at", "31/12/2024", NO_TIME),
    "day and month the American way": bad("x,1/2/2024,,,", "created_at", "1/2/2024", NO_TIME),
    "a spreadsheet's number of a day": bad("x,45292,,,", "created_at", "45292", NO_TIME),
    "the year 9999": bad("x,9999-12-31,,,", "created_at", "9999-12-31", NO_TIME),
    "the year 0000": bad("x,0000-00-00,,,", "created_at", "0000-00-00", NO_TIME),
    "a time that is missing": bad("x,,,,", "created_at", None, "is missing"),
    "a decimal comma": rows('x,2024-01-01,,"1,5",', landed=["x"]),
    "a thousands separator": rows('x,2024-01-01,,"1,500.00",', landed=["x"]),
    "a comma that may be either": emptied('x,2024-01-01,,"1,250",', "budget", "1,250", TWO_NUMBERS),
    "an amount with its currency": rows("x,2024-01-01,,€ 5,EUR", landed=["x"]),
    "an amount with another currency": emptied(
        "x,2024-01-01,,€ 5,usd", "budget", "€ 5", OTHER_CURRENCY
    ),
    "an amount with the sign of another currency": emptied(
        "x,2024-01-01,,$5,EUR", "budget", "$5", OTHER_CURRENCY
    ),
    "an amount in millions": emptied("x,2024-01-01,,5 MIO,", "budget", "5 MIO", NO_NUMBER),
    "digits of another script": emptied("x,2024-01-01,,٥,", "budget", "٥", NO_NUMBER),
    "a number with too many digits": emptied(
        f"x,2024-01-01,,{'9' * 15},", "budget", "9" * 15, NO_NUMBER
    ),
    "not a number": emptied("x,2024-01-01,,NaN,", "budget", "NaN", NO_NUMBER),
    "infinity": emptied("x,2024-01-01,,inf,", "budget", "inf", NO_NUMBER),
    "a word for nothing": emptied("x,2024-01-01,,NULL,", "budget", "NULL", NO_NUMBER),
    "a word for no id, of a lead": bad("NULL,2024-01-01,,,", "lead_id", "NULL", NO_VALUE),
    "words for no id, of people and accounts": Case(
        "leads.csv",
        b"lead_id,created_at,person_id,account_id\nx,2024-01-01,\\N,\ny,2024-01-01,,n/a\nz,2024-01-01,,\n",
        ["x", "y", "z"],
        cells=[(2, "person_id", "\\N", NO_VALUE), (3, "account_id", "n/a", NO_VALUE)],
    ),
    "an id that a spreadsheet took for a number": bad(
        "1.5E+11,2024-01-01,,,", "lead_id", "1.5E+11", LOST_ID
    ),
    "an id that a spreadsheet had no room for": bad(
        "########,2024-01-01,,,", "lead_id", "########", LOST_ID
    ),
    "a fault of a spreadsheet": emptied("x,2024-01-01,,#N/A,", "budget", "#N/A", NO_NUMBER),
    "a negative budget": emptied("x,2024-01-01,,-5,EUR", "budget", "-5", "is negative"),
    "two cells of a row": rows(
        "x,2024-01-01,,five,Euro",
        landed=["x"],
        cells=[(3, "budget", "five", NO_NUMBER), (3, "currency", "Euro", NO_CURRENCY)],
    ),
    "rows that are alike, each told once": rows(
        "x,2024-01-01,,five,",
        "x,2024-01-01,,five,",
        "y,never,,,",
        "y,never,,,",
        landed=["x"],
        rejected=[(line, "created_at", "never", NO_TIME) for line in (5, 6)],
        cells=[(line, "budget", "five", NO_NUMBER) for line in (3, 4)],
    ),
    "a row set aside, whatever else is wrong with it": bad(
        "x,never,,five,Euro", "created_at", "never", NO_TIME
    ),
    "a currency's sign": emptied("x,2024-01-01,,5,€", "currency", "€", NO_CURRENCY),
    "a currency's name": emptied("x,2024-01-01,,5,Euro", "currency", "Euro", NO_CURRENCY),
    "a whole number with a fraction": Case(
        "accounts.csv",
        b"account_id,employee_count\nx,2.5\n",
        ["x"],
        cells=[(2, "employee_count", "2.5", NO_WHOLE)],
    ),
    "more than a whole number holds": Case(
        "accounts.csv",
        f"account_id,employee_count\nx,{2**63}\n".encode(),
        ["x"],
        cells=[(2, "employee_count", str(2**63), NO_WHOLE)],
    ),
    "neither true nor false": Case(
        "leads.csv",
        b"lead_id,created_at,is_deleted\nx,2024-01-01,maybe\n",
        ["x"],
        cells=[(2, "is_deleted", "maybe", NO_TRUTH)],
    ),
    "a verdict that is none": Case(
        "lead_feedback.csv",
        b"feedback_id,lead_id,given_at,verdict\nx,l,2024-01-01,good\n",
        rejected=[(2, "verdict", "good", "is not one of accepted, rejected")],
    ),
    "properties that are no JSON": Case(
        "lead_events.csv",
        b"event_id,lead_id,event_type,occurred_at,properties\nx,l,visit,2024-01-01,{a: 1}\n",
        ["x"],
        cells=[(2, "properties", "{a: 1}", "is not valid JSON")],
    ),
    "an event that no lead has": Case(
        "lead_events.csv",
        b"event_id,lead_id,event_type,occurred_at\nx,nobody,visit,2024-01-01\n",
        landed=["x"],
    ),
    "an event from the future": Case(
        "lead_events.csv",
        b"event_id,lead_id,event_type,occurred_at\nx,good,visit,2150-01-01\n",
        landed=["x"],
    ),
    # --- Injection: text is text, wherever it stands
    "SQL in an id": rows(
        "x'); drop table raw.leads; --,2024-01-01,,,", landed=["x'); drop table raw.leads; --"]
    ),
    "SQL in a value set aside": bad(
        "x,'; drop table raw.leads; --,,,", "created_at", "'; drop table raw.leads; --", NO_TIME
    ),
    "SQL in the name of a column": Case(
        "leads.csv",
        b'lead_id,created_at,"x""); drop table raw.leads; --\'?$1{}"\nx,2024-01-01,v\ny,never,v\n',
        landed=["x"],
        rejected=[(3, "created_at", "never", NO_TIME)],
    ),
    "SQL in the name of the file": Case(
        "leads.'); drop table raw.leads; --.csv",
        FILE + b"x,never,,,\n",
        ["good"],
        [(3, "created_at", "never", NO_TIME)],
    ),
    "a formula for an id": rows("=1+1,2024-01-01,@SUM(A1),,", landed=["=1+1"]),
    "a formula for a time": bad("x,=now(),,,", "created_at", "=now()", NO_TIME),
    # --- What the contract cannot know: it lands, and the models report it
    "a cycle of merges": Case(
        "leads.csv",
        b"lead_id,created_at,merged_into_lead_id\na,2024-01-01,b\nb,2024-01-01,a\nc,2024-01-01,c\n",
        landed=["a", "b", "c"],
    ),
    "a row twice": rows("x,2024-01-01,,,", "x,2024-01-01,,,", landed=["x"]),
    "two rows of one id": rows("x,2024-01-01,Rom,,", "x,2024-01-01,Bern,,", landed=["x"]),
    # --- JSON
    "JSON that is no object": lines(
        "5", "null", '"x"', "[1]", rejected=[(i, None, None, NO_OBJECT) for i in range(1, 5)]
    ),
    "JSON that ends early": lines(
        '{"lead_id":"x","created_at":"2024-01-01"}',
        '{"lead_id":"y"',
        landed=["x"],
        rejected=[(2, None, None, NO_OBJECT)],
    ),
    "two objects in a line": lines(
        '{"lead_id":"x"} {"lead_id":"y"}',
        '{"lead_id":"z","created_at":"2024-01-01"}',
        landed=["z"],
        rejected=[(1, None, None, NO_OBJECT)],
    ),
    "a key twice": lines(
        '{"lead_id":"x","created_at":"2024-01-01","lead_id":"y"}',
        rejected=[(1, None, None, NO_OBJECT)],
    ),
    "half a surrogate pair": lines(
        r'{"lead_id":"\ud800","created_at":"2024-01-01"}', rejected=[(1, None, None, NO_OBJECT)]
    ),
    "an object or a list for an id": lines(
        '{"lead_id":{"a":1},"created_at":"2024-01-01"}',
        '{"lead_id":[1],"created_at":"2024-01-01"}',
        rejected=[(1, "lead_id", '{"a":1}', NO_ID), (2, "lead_id", "[1]", NO_ID)],
    ),
    "an id of more digits than a number holds": lines(
        '{"lead_id":123456789012345678901,"created_at":"2024-01-01"}',
        landed=["123456789012345678901"],
    ),
    "no number in JSON": lines(
        '{"lead_id":"x","created_at":"2024-01-01","budget":NaN}',
        '{"lead_id":"x","created_at":"2024-01-01","budget":1e400}',
        landed=["x"],
        cells=[(1, "budget", "NaN", NO_NUMBER), (2, "budget", "1e400", NO_NUMBER)],
    ),
    "lists a hundred thousand deep": lines(
        f'{{"lead_id":"x","created_at":"2024-01-01","x":{"[" * 100_000}{"]" * 100_000}}}',
        landed=["x"],
    ),
    "an array that ends early": refused(
        b'[{"lead_id":"x","created_at":"2024-01-01"},',
        DAMAGED,
        "leads.json",
    ),
    "text after an array": refused(
        b'[{"lead_id":"x","created_at":"2024-01-01"}] x',
        DAMAGED,
        "leads.json",
    ),
    "text within an array": refused(
        b'[{"lead_id":"x","created_at":"2024-01-01"} x]',
        " cannot be read: it is not valid JSON.",
        "leads.json",
    ),
    "a packed array that ends early": refused(
        gzip.compress(b'[{"lead_id":"x","created_at":"2024-01-01"}'), DAMAGED, "leads.json.gz"
    ),
    "a packed file that begins with a blank line": refused(
        gzip.compress(b"\n" + FILE),
        " starts with an empty line: line 1 must be the header.",
        "leads.csv.gz",
    ),
    "an array between many blanks": Case(
        "leads.json",
        b" \n" * 100 + b'[{"lead_id":"x","created_at":"2024-01-01"}]' + b" \n" * 100,
        ["x"],
    ),
    "an array behind a million blanks": refused(
        b" " * 3_000_000 + b"[]",
        " begins with more than a million blanks: leave them out.",
        "leads.json",
    ),
    "brackets, commas and quotes in the texts of an array": Case(
        "leads.json",
        rb'[{"lead_id":"x\"],[{\\\\","created_at":"2024-01-01","a":[1,{"b":[2,3]}]}]',
        ['x"],[{\\\\'],
    ),
    "an empty array": Case("leads.json", b"\xef\xbb\xbf [ \n] "),
    "an array of other things": Case(
        "leads.json",
        b'[5, {"lead_id":"x","created_at":"2024-01-01"}]',
        ["x"],
        [(1, None, None, NO_OBJECT)],
    ),
    # --- Parquet
    "a Parquet file cut short": refused(PARQUET[:-20], DAMAGED, "leads.parquet"),
    "half a Parquet file": refused(PARQUET[: len(PARQUET) // 2], DAMAGED, "leads.parquet"),
    "a Parquet file with a damaged page": refused(
        PARQUET[:10] + b"\xff" * 20 + PARQUET[30:], DAMAGED, "leads.parquet"
    ),
    "text named Parquet": refused(FILE, DAMAGED, "leads.parquet"),
    "lists for ids": parquet(
        {"lead_id": [["x"]]}, refused=" has lists or structs in the column lead_id."
    ),
    "columns that differ in case": parquet(
        {"lead_id": ["x"], "City": ["a"], "city": ["b"]},
        refused=" has the column city twice: name or leave out one.",
    ),
    "no id": parquet(
        {"lead_id": ["x", None]}, landed=["x"], rejected=[(2, "lead_id", None, "is missing")]
    ),
    "bytes that are no text": parquet({"lead_id": pa.array([b"\xff\xfe"])}, refused=UTF8),
    "a time beyond all calendars": parquet(
        {"lead_id": ["x"], "created_at": pa.array([2**62], pa.timestamp("us"))},
        rejected=[(1, "created_at", "148108-07-06 14:00:27.387904", NO_TIME)],
    ),
    "times at the ends of microseconds": far_times("us", [-(2**63), 1 - 2**63, 2**63 - 2]),
    "times at the ends of microseconds, of a zone": far_times(
        "us", [-(2**63), 1 - 2**63, 2**63 - 2], "UTC"
    ),
    "times at the ends of nanoseconds": far_times("ns", [-(2**63), 1 - 2**63, 2**63 - 2]),
    "times at the ends of nanoseconds, of a zone": far_times("ns", [-(2**63), 2**63 - 2], "UTC"),
    "times at the ends of milliseconds": far_times("ms", [-(2**63), 10**16, 2**63 - 1]),
    "times at the ends of milliseconds, of a zone": far_times(
        "ms", [-(2**63), 10**16, 2**63 - 1], "Europe/Berlin"
    ),
    "days at the ends of what is counted": parquet(
        {
            "lead_id": ["a", "b", "c", "x"],
            "created_at": pa.array([-(2**31), 2**30, 2**31 - 2, 0], pa.date32()),
        },
        landed=["x"],
        rejected=[
            (1, "created_at", "5877642-06-23 (BC)", NO_TIME),
            (2, "created_at", "2941775-04-07", NO_TIME),
            (3, "created_at", "5881580-07-10", NO_TIME),
        ],
    ),
    "a time that is far away within a struct": parquet(
        {
            "lead_id": ["x"],
            "seen": pa.array([{"at": -(2**63)}], pa.struct({"at": pa.timestamp("us")})),
        },
        landed=["x"],
    ),
    "a number of more digits than DuckDB has": parquet(
        {"lead_id": ["x"], "budget": pa.array([Decimal("1.5")], pa.decimal256(60, 2))},
        refused=" has numbers of more than 38 digits in the column budget: write them with fewer, "
        "or as text.",
    ),
    "numbers that are none": parquet(
        {"lead_id": ["x", "y"], "budget": [float("inf"), 1e30]},
        landed=["x", "y"],
        cells=[(1, "budget", "inf", NO_NUMBER), (2, "budget", "1e+30", NO_NUMBER)],
    ),
    # --- Packed files, and files that are not what their name says
    "a gzip that ends early": refused(gzip.compress(FILE)[:-4], UNPACK, "leads.csv.gz"),
    "a gzip without its end": refused(gzip.compress(FILE * 999)[:60], UNPACK, "leads.csv.gz"),
    "a gzip with a wrong checksum": refused(
        gzip.compress(FILE)[:-8]
        + zlib.crc32(b"x").to_bytes(4, "little")
        + gzip.compress(FILE)[-4:],
        UNPACK,
        "leads.csv.gz",
    ),
    "a gzip with something behind it": refused(gzip.compress(FILE) + b"x", UNPACK, "leads.csv.gz"),
    "text named gzip": refused(FILE, UNPACK, "leads.csv.gz"),
    "a gzip in a gzip": refused(
        gzip.compress(gzip.compress(FILE)),
        " is packed with gzip: unpack it, or let its name end in .gz.",
        "leads.csv.gz",
    ),
    "a gzip named CSV": refused(
        gzip.compress(FILE), " is packed with gzip: unpack it, or let its name end in .gz."
    ),
    "an Excel workbook named CSV": refused(
        b"PK\x03\x04\x14\0\x06\0",
        " is a ZIP archive, such as an Excel workbook: save it as CSV in UTF-8.",
    ),
    "an old Excel workbook named CSV": refused(
        b"\xd0\xcf\x11\xe0\xa1\xb1", " is an old Excel workbook: save it as CSV in UTF-8."
    ),
    "a Parquet file named CSV": refused(
        PARQUET, " is a Parquet file: let its name end in .parquet."
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_a_malformed_file_has_one_outcome(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = CASES[what]
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "warehouse" / "leads.duckdb"))
    file = tmp_path / "in" / case.name
    file.parent.mkdir()
    file.write_bytes(case.content)
    if case.refused:
        with pytest.raises(UserError) as error:
            land(file.parent, NOW)
        assert str(error.value) == f"{file}{case.refused}"
        return
    total = land(file.parent, NOW).total
    assert (total.rows_rejected, total.cells_rejected) == (len(case.rejected), len(case.cells))
    assert total.rows_read == total.rows_landed + total.rows_duplicate + total.rows_rejected
    entity = case.name.split(".")[0]
    found: list[tuple[Any, ...]] = []
    with duckdb.connect(str(warehouse_file())) as connection:
        columns = [row[0] for row in connection.sql(f"describe raw.{entity}").fetchall()]
        landed = connection.sql(f"select {columns[0]} from raw.{entity} order by landing_seq")
        assert [row[0] for row in landed.fetchall()] == list(case.landed)
        for table, expected in (("rejected_rows", case.rejected), ("rejected_cells", case.cells)):
            told = connection.sql(
                "select line, column_name, value, reason, original_row "
                f"from raw.{table} order by line, column_name"
            ).fetchall()
            assert [row[:4] for row in told] == list(expected)
            found += told
        for _, column, *_ in case.cells:
            emptied = connection.sql(f"select count(*) from raw.{entity} where {column} is null")
            assert emptied.fetchall() >= [(1,)]
    for *_, original in found:
        assert case.name.endswith((".parquet", ".json")) or original.encode() in case.content


def test_the_corpus_is_as_large_as_it_is_said_to_be() -> None:
    assert len(CASES) >= 60
