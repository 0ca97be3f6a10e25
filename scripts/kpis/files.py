"""The files of the KPI report: a long table, the same as JSON, and wide ones for spreadsheets."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path

from scripts.kpis.report import EVERY_MONTH, TOO_EARLY, Kpi, KpiReport, Slice
from scripts.shared.modes import make_shared, share

# What Excel writes and reads itself: a mark of UTF-8, and the list separator that goes with the
# decimal mark of the locale. A file of the other kind fills one column, and misreads no number.
BYTE_ORDER_MARK = "\ufeff"
DIALECTS = ((".", ","), (",", ";"))


def write(report: KpiReport) -> None:
    """Put the files of the report in place, each whole or not at all."""
    rows = [_said(row) for row in report.rows]
    table = io.StringIO()
    writer = csv.DictWriter(table, [f.name for f in fields(Kpi)], lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: spreadsheet_cell(v) for k, v in row.items()} for row in rows)
    head = {
        "choices": report.choices,
        "first_day": report.first_day and report.first_day.isoformat(),
        "last_day": report.last_day and report.last_day.isoformat(),
        "data_issues": [vars(issue) for issue in report.issues],
    }
    _replace(report.csv_file, table.getvalue())
    _replace(report.json_file, _document(head, rows))
    for file, (decimal_mark, separator) in zip(report.wide_files, DIALECTS, strict=True):
        _replace(file, BYTE_ORDER_MARK + _wide(report, decimal_mark, separator))


def _document(head: Mapping[str, object], rows: Iterable[Mapping[str, object]]) -> str:
    """JSON with one KPI a line: thousands of them, indented, would take seconds to write."""
    opening = json.dumps(head, ensure_ascii=False, indent=2).removesuffix("\n}")
    lines = ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in rows)
    return f'{opening},\n  "kpis": [\n{lines}\n  ]\n}}\n'


def _said(row: Kpi) -> dict[str, object]:
    """The row as the files have it."""
    said = {name: _rounded(value) for name, value in vars(row).items()}
    return {**said, "value": TOO_EARLY} if row.is_too_early else said


def _rounded(value: object) -> object:
    return round(value, 6) if isinstance(value, float) else value


def spreadsheet_cell(value: object) -> object:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    is_formula = isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{value}" if is_formula else value


def _replace(file: Path, content: str) -> None:
    make_shared(file.parent)
    new = file.with_name(f"{file.name}.new")
    new.write_text(content, encoding="utf-8", newline="\n")
    share(new)
    new.replace(file)


def _wide(report: KpiReport, decimal_mark: str, separator: str) -> str:
    """A row a month, by its first day, and slice, a column a KPI with its unit."""
    currency = report.choices["currency"]
    named = {(row.kpi, row.method): _header(row, currency) for row in report.rows}
    cells: dict[Slice, dict[str, object]] = {}
    for row in report.rows:
        header = named[row.kpi, row.method]
        cells.setdefault(row.slice, {})[header] = _wide_cell(row, decimal_mark)
    table = io.StringIO()
    columns = ["Month", "Channel", "Region", *dict.fromkeys(named.values()), "Note"]
    writer = csv.DictWriter(table, columns, delimiter=separator, lineterminator="\r\n")
    writer.writeheader()
    for (period, channel, region), values in cells.items():
        first_day = period if period == EVERY_MONTH else f"{period}-01"
        of_slice = {
            "Month": first_day,
            "Channel": spreadsheet_cell(channel),
            "Region": spreadsheet_cell(region),
            "Note": report.unknown[period, channel, region],
        }
        writer.writerow(of_slice | values)
    return table.getvalue()


def _header(row: Kpi, currency: str) -> str:
    """What the KPI is, with its unit where the label does not say it."""
    unit = {"money": currency, "rate": "%"}.get(row.unit)
    return f"{row.label}, {unit}" if unit else row.label


def _wide_cell(row: Kpi, decimal_mark: str) -> str:
    if row.value is None:
        return TOO_EARLY if row.is_too_early else ""
    value = row.value * 100 if row.unit == "rate" else row.value
    return f"{round(value, 2)}".replace(".", decimal_mark)
