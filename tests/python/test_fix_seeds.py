"""Seeds as spreadsheets leave them: each kind of damage done to real seeds, then mended or refused.

A mended file has the cells that it had before the damage, and the bytes too, since the project
writes its seeds in one way. What can't be mended is refused with its cause, and nothing is written.
"""
# ruff: noqa: E501 (a kind of damage is best read on one line)

import codecs
import csv
import io
import re
import shutil
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from scripts.commands import app
from scripts.seeds.check_seeds import check_seeds
from scripts.seeds.checks.seeds import Column, read_seeds
from scripts.seeds.fix_seeds import fix_seeds, lines, plan_fixes
from scripts.seeds.overlay import SEEDS, seed_path
from scripts.shared.errors import UserError
from scripts.shared.paths import PROJECT

Rows = list[list[str]]
Damage = Callable[[Rows, str], Rows]

EXCEL_DAY_0 = date(1899, 12, 30)
SOME = ("attribute_points", "event_points", "score_bands", "exchange_rates", "golden_leads")
NUMBERS = ("event_points", "exchange_rates", "employee_bands", "score_models")


# ------------------------------------------------------------------ what is damaged


def rows_of(name: str) -> Rows:
    """A seed's rows, the header first."""
    text = (SEEDS / read_seeds()[name].path).read_text("utf-8")
    return [*csv.reader(io.StringIO(text, newline=""))]


def written(rows: Rows, mark: str = ",", end: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=mark, lineterminator=end, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    return text.getvalue()


def in_columns(takes: Callable[[Column], bool], change: Callable[[str], str]) -> Damage:
    """A damage to the cells of some columns that hold something."""

    def damage(rows: Rows, name: str) -> Rows:
        columns = [read_seeds()[name].columns[column] for column in rows[0]]
        body = [
            [
                change(cell) if cell and takes(column) else cell
                for cell, column in zip(row, columns, strict=True)
            ]
            for row in rows[1:]
        ]
        return [rows[0], *body]

    return damage


def is_number(column: Column) -> bool:
    return column.kind in ("number", "whole")


def is_whole(column: Column) -> bool:
    return column.kind == "whole"


def is_date(column: Column) -> bool:
    return column.kind == "date"


def is_truth(column: Column) -> bool:
    return column.accepted == ["yes", "no"]


def is_text(column: Column) -> bool:
    return column.kind in ("text", "words") and not column.accepted


def is_share(column: Column) -> bool:
    return column.max == 1


def is_time(column: Column) -> bool:
    return column.name in ("opens_at", "closes_at")


def comma(cell: str) -> str:
    return cell.replace(".", ",")


def day(form: str) -> Callable[[str], str]:
    return lambda cell: date.fromisoformat(cell).strftime(form)


def american(cell: str) -> str:
    it = date.fromisoformat(cell)
    return f"{it.month}/{it.day}/{it:%y}"


def grouped(mark: str) -> Callable[[str], str]:
    return lambda cell: f"{int(cell):,}".replace(",", mark) if cell.isdigit() else cell


def scientific(cell: str) -> str:
    number = float(cell)
    return f"{number:.2E}" if number == int(number) and abs(number) < 1000 else cell


def below_zero(form: str) -> Callable[[str], str]:
    return lambda cell: form.format(cell[1:]) if cell.startswith("-") else cell


def truth(yes: str, no: str) -> Callable[[str], str]:
    return lambda cell: {"yes": yes, "no": no}[cell]


def garbled(cell: str) -> str:
    try:
        return cell.encode().decode("cp1252")
    except UnicodeDecodeError:
        return cell


def everything(_: Column) -> bool:
    return True


def with_a_gap(rows: Rows, _: str) -> Rows:
    return [*rows[:2], [""] * len(rows[0]), *rows[2:]]


def with_rows_below(rows: Rows, _: str) -> Rows:
    return [*rows, *[[""] * len(rows[0])] * 3]


def with_columns_beside(rows: Rows, _: str) -> Rows:
    return [[*row, "", ""] for row in rows]


def with_marks_behind(rows: Rows, _: str) -> Rows:
    return [rows[0], *[[*row, ""] for row in rows[1:]]]


def cut_short(rows: Rows, _: str) -> Rows:
    """Empty cells at the end of rows are left out, as Excel does some rows below the header."""

    def cut(row: list[str]) -> list[str]:
        while row and not row[-1]:
            row = row[:-1]
        return row

    return [rows[0], *map(cut, rows[1:])]


def reordered(rows: Rows, _: str) -> Rows:
    return [row[::-1] for row in rows]


def numbered(rows: Rows, _: str) -> Rows:
    return [["", *rows[0]], *[[str(n), *row] for n, row in enumerate(rows[1:])]]


def header(change: Callable[[str], str]) -> Damage:
    return lambda rows, _: [[*map(change, rows[0])], *rows[1:]]


def without_last_column(rows: Rows, _: str) -> Rows:
    return [row[:-1] for row in rows]


def with_a_note(rows: Rows, _: str) -> Rows:
    return [[*rows[0], "note"], *[[*row, "mine"] for row in rows[1:]]]


def instead(of: str, by: str) -> Damage:
    """Another text in place of each cell that is this one."""

    def damage(rows: Rows, _: str) -> Rows:
        assert any(of in row for row in rows)
        return [[by if cell == of else cell for cell in row] for row in rows]

    return damage


def of_column(column: str, by: str) -> Damage:
    """Another text in the first row's cell of a column."""

    def damage(rows: Rows, _: str) -> Rows:
        place = rows[0].index(column)
        first = [by if n == place else cell for n, cell in enumerate(rows[1])]
        return [rows[0], first, *rows[2:]]

    return damage


def as_it_is(rows: Rows, _: str) -> Rows:
    return rows


def typographic(rows: Rows) -> bytes:
    text = written(rows, quoting=csv.QUOTE_ALL)
    return re.sub(r'"((?:[^"]|"")*)"', "“\\1”", text).encode()


def workbook(rows: Rows, name: str) -> bytes:
    """The seed as Excel holds it: numbers and days are such, other cells text."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    columns = [read_seeds()[name].columns[column] for column in rows[0]]
    sheet.append(rows[0])
    for row in rows[1:]:
        sheet.append([typed(cell, column) for cell, column in zip(row, columns, strict=True)])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def typed(cell: str, column: Column) -> object:
    if not cell:
        return None
    if is_date(column):
        return date.fromisoformat(cell)
    if is_number(column):
        return float(cell)
    return cell == "yes" if is_truth(column) else cell


# Kind → how it is written, what is done to the rows before, the seeds, and what is refused if it is.
Kind = tuple[Callable[[Rows, str], bytes], Damage, Sequence[str], str | None]


def kind(
    damage: Damage = as_it_is,
    seeds: Sequence[str] = SOME,
    refused: str | None = None,
    *,
    mark: str = ",",
    end: str = "\n",
    quoting: int = csv.QUOTE_MINIMAL,
    codec: str = "utf-8",
    before: str = "",
) -> Kind:
    def write(rows: Rows, _: str) -> bytes:
        return (before + written(rows, mark, end, quoting)).encode(codec, errors="replace")

    return write, damage, seeds, refused


LATIN = ("consent_words", "golden_leads")
UTF_16 = {
    "le": codecs.BOM_UTF16_LE.decode("utf-16-le"),
    "be": codecs.BOM_UTF16_BE.decode("utf-16-be"),
}
COMMAS = in_columns(is_number, comma)

KINDS: dict[str, Kind] = {
    # Files
    "UTF-8 with a BOM": kind(codec="utf-8-sig"),
    "UTF-16 LE": kind(codec="utf-16-le", before=UTF_16["le"]),
    "UTF-16 BE": kind(codec="utf-16-be", before=UTF_16["be"]),
    "UTF-16 without a BOM": kind(codec="utf-16-le", seeds=("channels", "score_bands")),
    "Unicode text of Excel": kind(codec="utf-16-le", before=UTF_16["le"], mark="\t", end="\r\n"),
    "CP1252": kind(codec="cp1252", seeds=LATIN),
    "Mac Roman": kind(codec="mac_roman", seeds=("consent_words",)),
    "semicolons": kind(mark=";"),
    "semicolons and decimal commas": kind(COMMAS, (*SOME, *NUMBERS), mark=";", end="\r\n"),
    "tabs": kind(mark="\t"),
    "tabs and decimal commas": kind(COMMAS, (*SOME, *NUMBERS), mark="\t"),
    "decimal commas in quotes": kind(COMMAS, ("event_points", "exchange_rates")),
    "bars": kind(mark="|"),
    "CR LF": kind(end="\r\n"),
    "CR alone": kind(end="\r"),
    "everything in quotes": kind(quoting=csv.QUOTE_ALL),
    "a line sep=": kind(mark=";", end="\r\n", before="sep=;\r\n"),
    "a line sep= of commas": kind(before="sep=,\n"),
    "typographic quotes": (lambda rows, _: typographic(rows), as_it_is, SOME, None),
    "a workbook under the name of a CSV file": (
        workbook,
        as_it_is,
        (
            "attribute_points",
            "event_points",
            "score_bands",
            "employee_bands",
            "score_models",
            "experiments",
            "event_keys",
        ),
        None,
    ),
    # Rows and columns
    "blank rows below": kind(with_rows_below),
    "a blank row between": kind(with_a_gap),
    "empty columns beside": kind(with_columns_beside),
    "separators behind rows": kind(with_marks_behind),
    "rows cut short": kind(cut_short, ("employee_bands", "alerts", "score_models")),
    "columns in another order": kind(reordered),
    "rows that are numbered": kind(numbered),
    "header in capitals": kind(header(str.upper)),
    "header with blanks": kind(header(lambda name: f" {name.replace('_', ' ').title()} ")),
    # Cells
    "no-break spaces": kind(
        in_columns(everything, lambda cell: cell.replace(" ", "\u00a0") + "\u00a0")
    ),
    "spaces around numbers": kind(in_columns(is_number, lambda cell: f" {cell} "), NUMBERS),
    "points between thousands": kind(in_columns(is_whole, grouped(".")), ("retention",), mark=";"),
    "blanks between thousands": kind(
        in_columns(is_whole, grouped("\u202f")), ("retention", "employee_bands")
    ),
    "apostrophes between thousands": kind(
        in_columns(is_whole, grouped("’")), ("retention", "employee_bands")
    ),
    "per cent": kind(
        in_columns(is_share, lambda cell: f"{float(cell) * 100:g} %"),
        ("score_models", "experiments"),
    ),
    "TRUE and FALSE": kind(
        in_columns(is_truth, truth("TRUE", "FALSE")), ("event_keys", "event_points")
    ),
    "WAHR and FALSCH": kind(
        in_columns(is_truth, truth("WAHR", "FALSCH")), ("event_keys", "event_points")
    ),
    "VRAI and FAUX": kind(
        in_columns(is_truth, truth("VRAI", "FAUX")), ("event_keys", "event_points")
    ),
    "days with points": kind(
        in_columns(is_date, day("%d.%m.%Y")), ("exchange_rates", "experiments")
    ),
    "days of the USA": kind(in_columns(is_date, american), ("experiments",)),
    "days in words": kind(in_columns(is_date, day("%d-%b-%y")), ("exchange_rates", "experiments")),
    "days as numbers": kind(
        in_columns(is_date, lambda cell: str((date.fromisoformat(cell) - EXCEL_DAY_0).days)),
        ("exchange_rates", "experiments"),
    ),
    "days at midnight": kind(
        in_columns(is_date, lambda cell: f"{cell} 00:00:00"), ("exchange_rates", "experiments")
    ),
    "numbers as text": kind(in_columns(is_number, lambda cell: f"'{cell}"), NUMBERS),
    "numbers in scientific notation": kind(
        in_columns(is_number, scientific), ("event_points", "score_models", "employee_bands")
    ),
    "whole numbers with decimals": kind(
        in_columns(is_whole, lambda cell: f"{cell}.0"), ("event_points", "employee_bands")
    ),
    "cells as formulas": kind(
        in_columns(is_text, lambda cell: f'="{cell}"'), ("employee_bands", "channels")
    ),
    "nothing as nan": kind(
        lambda rows, name: [
            rows[0],
            *[
                [
                    cell or ("nan" if is_number(read_seeds()[name].columns[column]) else "")
                    for cell, column in zip(row, rows[0], strict=True)
                ]
                for row in rows[1:]
            ],
        ],
        ("event_points", "employee_bands", "score_models"),
    ),
    "minus signs": kind(
        in_columns(is_number, below_zero("−{}")), ("event_points", "inactivity_points")
    ),
    "brackets below zero": kind(
        in_columns(is_number, below_zero("({})")), ("event_points", "inactivity_points")
    ),
    "times without a zero": kind(
        in_columns(is_time, lambda cell: cell.removeprefix("0")), ("contact_hours",)
    ),
    "times with seconds": kind(in_columns(is_time, lambda cell: f"{cell}:00"), ("contact_hours",)),
    "UTF-8 read as CP1252": kind(in_columns(is_text, garbled), ("golden_leads", "consent_words")),
    # What is lost, or has two readings
    "10-49 as Okt 49": kind(
        instead("10-49", "Okt 49"),
        ("employee_bands",),
        r"line 3, column band: 'Okt 49' .* of 10-49",
    ),
    "10-49 as Oct-49": kind(
        instead("10-49", "Oct-49"),
        ("employee_bands",),
        r"line 3, column band: 'Oct-49' .* of 10-49",
    ),
    "1-9 as 9-Jan": kind(
        instead("1-9", "9-Jan"), ("employee_bands",), r"line 2, column band: '9-Jan' .* of 1-9 or"
    ),
    "1.10 as 01. Okt": kind(
        of_column("rate", "01. Okt"),
        ("exchange_rates",),
        r"line 2, column rate: '01. Okt' .* of 1\.10",
    ),
    "many figures in scientific notation": kind(
        of_column("value", "1.5E+11"),
        ("attribute_points",),
        r"line 2, column value: '1.5E\+11' .* of 150000000000",
    ),
    "a rounded number": kind(
        of_column("points", "1E+02"),
        ("event_points",),
        r"line 2, column points: '1E\+02' may be 100 or",
    ),
    "an error of a formula": kind(
        of_column("reason", "#REF!"), SOME[:2], r"line 2, column reason: '#REF!' .* is lost"
    ),
    "an error of a formula in German": kind(
        of_column("lower_bound", "#BEZUG!"),
        ("score_bands",),
        r"line 2, column lower_bound: '#BEZUG!' .* is lost",
    ),
    "a column too narrow": kind(
        of_column("rate_date", "########"),
        ("exchange_rates",),
        r"line 2, column rate_date: '#+' .* too narrow",
    ),
    "letters that CP1252 lacks": kind(
        codec="cp1252", seeds=("countries", "title_keywords"), refused="question marks for letters"
    ),
    "days that may be months": kind(
        in_columns(is_date, american), ("exchange_rates",), "may be 2024-01-02 or 2024-02-01|or"
    ),
    "commas between thousands": kind(in_columns(is_whole, grouped(",")), ("retention",)),
    "a thousand with a comma": kind(
        in_columns(is_whole, grouped(",")),
        ("employee_bands",),
        "column lower: '1,000' may be 1000 or 1.000",
    ),
    "a thousand with a point": kind(
        in_columns(is_whole, grouped(".")),
        ("employee_bands",),
        r"column lower: '1\.000' may be 1\.000 or 1000",
        mark=";",
    ),
    "decimal commas without quotes": (
        lambda rows, _: "\n".join(",".join(map(comma, row)) for row in rows).encode(),
        as_it_is,
        ("exchange_rates",),
        "5 cells stand where the header has 4",
    ),
    "a quote that is not closed": (
        lambda rows, _: written(rows).replace("Call within", '"Call within', 1).encode(),
        as_it_is,
        ("score_bands",),
        "a double quote is not closed",
    ),
    "a column that is missing": kind(without_last_column, SOME, "the column is missing"),
    "a column of one's own": kind(with_a_note, SOME, "'note' is no column; it may be left out"),
}


def place(folder: Path, name: str) -> Path:
    """The file of a seed in a folder of seeds."""
    file = folder / "seeds" / read_seeds()[name].path
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


@pytest.mark.parametrize("name", KINDS)
def test_a_damaged_seed_is_mended_or_refused(tmp_path: Path, name: str) -> None:
    write, damage, seeds, refused = KINDS[name]
    for seed in dict.fromkeys(seeds):
        rows = rows_of(seed)
        content = write(damage(rows, seed), seed)
        assert content != (SEEDS / read_seeds()[seed].path).read_bytes(), seed
        file = place(tmp_path / seed, seed)
        file.write_bytes(content)
        if refused:
            with pytest.raises(UserError, match=refused) as raised:
                fix_seeds(tmp_path / seed / "seeds")
            assert f"seeds/{read_seeds()[seed].path}" in str(raised.value)
            assert file.read_bytes() == content
            continue
        done = fix_seeds(tmp_path / seed / "seeds")
        assert [*lines(done.fixes)], seed
        assert file.read_bytes() == written(rows).encode(), seed
        assert fix_seeds(tmp_path / seed / "seeds").contents == {}
        assert [*file.parent.iterdir()] == [file]


# ------------------------------------------------------------------ several at once

# What is done to cells, to rows and to the header, in this order; each may be or not.
DONE = {
    "apostrophes": in_columns(is_number, lambda cell: f"'{cell}"),
    "truths": in_columns(is_truth, truth("WAHR", "FALSCH")),
    "days": in_columns(is_date, day("%d.%m.%Y")),
    "times": in_columns(is_time, lambda cell: f"{cell}:00"),
    "spaces": in_columns(everything, lambda cell: f"{cell}\u00a0"),
    "rows below": with_rows_below,
    "gap": with_a_gap,
    "numbers": numbered,
    "columns beside": with_columns_beside,
    "order": reordered,
    "capitals": header(str.upper),
}
DIALECTS = [
    {"mark": mark, "end": end, "quoting": quoting}
    for mark in ",;\t"
    for end in ("\n", "\r\n", "\r")
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)
]
ENCODINGS = {
    "utf-8": "",
    "utf-8-sig": "",
    "utf-16-le": UTF_16["le"],
    "utf-16-be": UTF_16["be"],
    "cp1252": "",
}


damages = given(
    seed=st.sampled_from(sorted(read_seeds())),
    done=st.sets(st.sampled_from(sorted(DONE))),
    has_commas=st.booleans(),
    dialect=st.sampled_from(DIALECTS),
    codec=st.sampled_from(sorted(ENCODINGS)),
)


def mended_or_refused(
    seed: str, done: set[str], has_commas: bool, dialect: dict[str, object], codec: str
) -> None:
    rows = rows_of(seed)[:100]
    damaged = COMMAS(rows, seed) if has_commas and dialect["mark"] != "," else rows
    for name in (name for name in DONE if name in done):
        damaged = DONE[name](damaged, seed)
    write, *_ = kind(codec=codec, before=ENCODINGS[codec], **dialect)  # type: ignore[arg-type]
    content = write(damaged, seed)
    with TemporaryDirectory() as scratch:
        file = place(Path(scratch), seed)
        file.write_bytes(content)
        try:
            fix_seeds(Path(scratch) / "seeds")
        except UserError as error:
            assert read_seeds()[seed].file_name in str(error)
            assert file.read_bytes() == content
            # Nothing else is a reason: letters that were lost, and numbers that may be two.
            assert codec == "cp1252" or " may be " in str(error), str(error)
        else:
            assert [*csv.reader(io.StringIO(file.read_text("utf-8"), newline=""))] == rows
            assert fix_seeds(Path(scratch) / "seeds").contents == {}


@settings(max_examples=40, deadline=None)
@damages
def test_whatever_was_done_the_cells_are_those_before_or_it_is_refused(
    seed: str, done: set[str], has_commas: bool, dialect: dict[str, object], codec: str
) -> None:
    mended_or_refused(seed, done, has_commas, dialect, codec)


@pytest.mark.slow
@settings(max_examples=2000, deadline=None)
@damages
def test_whatever_more_was_done_the_cells_are_those_before_or_it_is_refused(
    seed: str, done: set[str], has_commas: bool, dialect: dict[str, object], codec: str
) -> None:
    mended_or_refused(seed, done, has_commas, dialect, codec)


# ------------------------------------------------------------------ what else is promised


def test_seeds_without_fault_stay_as_they_are() -> None:
    folders = [SEEDS, *(f for f in (PROJECT / "presets").iterdir() if f.is_dir())]
    for folder in folders:
        plan = plan_fixes(folder)
        assert (plan.contents, plan.fixes, plan.refused) == ({}, (), ()), folder


def test_needless_quotes_in_a_few_cells_stay(tmp_path: Path) -> None:
    file = place(tmp_path, "retention")
    shutil.copy(SEEDS / read_seeds()["retention"].path, file)
    assert b',"CNIL' in file.read_bytes()
    assert fix_seeds(tmp_path / "seeds").contents == {}


def test_nothing_is_written_where_one_file_is_refused(tmp_path: Path) -> None:
    good, bad = place(tmp_path, "score_bands"), place(tmp_path, "employee_bands")
    good.write_bytes(written(rows_of("score_bands"), ";").encode())
    bad.write_text("band,lower,upper\n1-9,1,9\nOkt 49,10,49\n")
    before = good.read_bytes(), bad.read_bytes()
    with pytest.raises(UserError) as raised:
        fix_seeds(tmp_path / "seeds")
    assert str(raised.value) == (
        "nothing was written, since this can't be mended:\n"
        "seeds/reference/employee_bands.csv line 3, column band: 'Okt 49' looks like what a spreadsheet makes of 10-49"
    )
    assert (good.read_bytes(), bad.read_bytes()) == before


def test_a_workbook_becomes_the_seed_that_is_missing(tmp_path: Path) -> None:
    file = place(tmp_path, "event_points")
    rows = rows_of("event_points")
    file.with_suffix(".xlsx").write_bytes(workbook(rows, "event_points"))
    fix_seeds(tmp_path / "seeds")
    assert file.read_text("utf-8") == written(rows)
    file.write_text(written(rows[:2]))  # from now on the CSV file is the seed
    assert fix_seeds(tmp_path / "seeds").contents == {}


def test_a_day_that_was_none_is_refused_in_a_workbook_too(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["band", "lower", "upper"])
    sheet.append([date(1949, 10, 1), 10, 49])
    sheet["A2"].number_format = "mmm\\ yy"
    book.save(place(tmp_path, "employee_bands").with_suffix(".xlsx"))
    with pytest.raises(UserError, match=r"line 2, column band: 'Oct-49' .* of 10-49"):
        fix_seeds(tmp_path / "seeds")


def test_a_day_of_a_workbook_is_one_however_it_is_shown(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Exchange_Rates")
    sheet.append(["Rate Date", "From Currency", "To Currency", "Rate"])
    sheet.append([date(2025, 5, 12), "EUR", "USD", 1.125])
    sheet["A2"].number_format = "d. mmm"
    file = place(tmp_path, "exchange_rates")
    book.save(file.with_suffix(".xlsx"))
    fix_seeds(tmp_path / "seeds")
    assert file.read_text().splitlines()[1:] == ["2025-05-12,EUR,USD,1.125"]


def test_a_linked_file_is_mended_where_it_lies(tmp_path: Path) -> None:
    file, kept = place(tmp_path, "score_bands"), tmp_path / "kept.csv"
    kept.write_bytes(written(rows_of("score_bands"), ";").encode())
    kept.chmod(0o640)
    file.symlink_to(kept)
    fix_seeds(tmp_path / "seeds")
    assert file.is_symlink() and kept.read_text() == written(rows_of("score_bands"))
    assert kept.stat().st_mode & 0o777 == 0o640


def test_it_is_told_what_was_done(tmp_path: Path) -> None:
    place(tmp_path, "score_models").write_text(
        "\ufeffscore_model;description;role;traffic_share;min_score;max_score;scale;live_from\n"
        "a;First;champion;;0;100;clamp;31.12.2024\nb;Second;challenger;0,1;0;100;clamp;\n",
        "utf-8",
    )
    place(tmp_path, "exchange_rates").write_bytes(
        written(COMMAS(rows_of("exchange_rates"), "exchange_rates"), ";").encode()
    )
    first, *others = [*lines(fix_seeds(tmp_path / "seeds").fixes)]
    assert [first, *others] == [
        "seeds/points/score_models.csv: the byte order mark (BOM) is gone",
        "seeds/points/score_models.csv: semicolons between cells are commas",
        "seeds/points/score_models.csv line 2, column live_from: '31.12.2024' is now '2024-12-31' (a date)",
        "seeds/points/score_models.csv line 3, column traffic_share: '0,1' is now '0.1' (a number)",
        "seeds/reference/exchange_rates.csv: semicolons between cells are commas",
        "seeds/reference/exchange_rates.csv line 2, column rate: '0,87' is now '0.87' (a number), and 47 more of that kind",
    ]


def test_the_command_mends_checks_and_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "none.duckdb"))
    folder = tmp_path / "proposal"
    folder.mkdir()
    file = folder / "score_bands.csv"
    file.write_bytes(written(rows_of("score_bands"), ";", "\r\n").encode("utf-8-sig"))
    command = ["check-seeds", "--fix", str(folder)]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    assert "mended: proposal/score_bands.csv: semicolons between cells are commas" in done.output
    assert "1 files written" in done.output and "no errors in the seeds" in done.output
    assert file.read_text() == written(rows_of("score_bands"))
    file.write_text(file.read_text().replace("standard,,hot", "standard,,#REF!"))
    done = CliRunner().invoke(app, command)
    assert isinstance(done.exception, UserError) and "#REF!" in str(done.exception)
    missing = CliRunner().invoke(app, ["check-seeds", str(tmp_path / "nowhere")])
    assert str(missing.exception) == f"{tmp_path / 'nowhere'} is no folder of seeds"


def test_a_build_names_the_command_where_it_would_help(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADS_SEEDS", str(tmp_path))
    file = tmp_path / "score_bands.csv"
    rows = rows_of("score_bands")
    file.write_bytes(written(rows, ";").encode())
    hint = f"to have them mended: python -m scripts check-seeds --fix {tmp_path}"
    with pytest.raises(UserError) as raised:
        seed_path()
    assert str(raised.value).endswith(hint)
    file.write_text(written(instead("Call within a day", "#REF!")(rows, "score_bands")))
    with pytest.raises(UserError) as raised:
        seed_path()
    assert "--fix" not in str(raised.value)
    # A file that could be mended is no help against the faults of another.
    file.write_bytes(written(rows, end="\r\n").encode())
    (tmp_path / "channels.csv").write_text("lead_source,channel\ngoogle,\n")
    with pytest.raises(UserError) as raised:
        check_seeds(SEEDS, tmp_path).raise_for_errors()
    assert "--fix" not in str(raised.value)
