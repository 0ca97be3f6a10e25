"""Lists to call from: whom a rep may call next, with what is needed on the phone, as XLSX and CSV.

They hold personal data, which no mart does: they are read from the working file, for their owner
alone, and one day's take the place of the last.
"""
# ruff: noqa: S608 (names in SQL are those of the interface)

import csv
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import xlsxwriter
from duckdb import DuckDBPyConnection

from scripts.sales.published import published_clock
from scripts.shared.errors import UserError
from scripts.shared.interface import KPI_EVENTS, LEAD_PROFILES
from scripts.shared.lock import exclusive
from scripts.shared.paths import call_list_folder
from scripts.shared.settings import project_var
from scripts.shared.text import without_idle_zeros
from scripts.shared.warehouse import reading

# Whose lead is nobody's stands in the list of this name.
NOBODY = "nobody"

# The columns of a list; the last two are for the rep to fill.
COLUMNS = (
    *("place", "lead_id", "name", "company", "phone", "email", "owner", "next_step", "because"),
    *("score", "band", "reasons", "last_touch", "call_on", "local_time", "time_zone", "our_time"),
    *("lead_url", "disposition", "reason"),
)

# What the queue says of the telephone. Whoever may not be called by now is left out.
_CALLS = f"""
with touches as (
    select lead_id, max(occurred_at)::date as last_touch from {KPI_EVENTS}
    where kpi_event in ('contact', 'touch', 'email_sent')
    group by lead_id
),

names as (
    select rep_id, max_by(name, landing_seq) as name from raw.reps group by rep_id
)

select
    queue.rep_id,
    queue.lead_id,
    concat_ws(' ', profiles.first_name, profiles.last_name) as name,
    profiles.company_name as company,
    profiles.phone,
    profiles.email,
    coalesce(names.name, profiles.owner_id) as owner,
    queue.action as next_step,
    queue.reason as because,
    case when not queue.is_held_out then scores.score end as score,
    case when not queue.is_held_out then scores.band end as band,
    case when not queue.is_held_out then scores.top_reasons end as reasons,
    touches.last_touch,
    queue.queue_date as call_on,
    {{local_from}} as local_from,
    {{local_until}} as local_until,
    queue.lead_time_zone as time_zone,
    queue.contact_from_at,
    queue.contact_until_at,
    scores.lead_url
from published.marts.nurture_queue as queue
inner join published.marts.lead_score as scores on queue.lead_id = scores.lead_id
inner join marts.lead_score as now on queue.lead_id = now.lead_id
inner join marts.lead_contact_permission as permissions
    on queue.lead_id = permissions.lead_id and permissions.contact_channel = 'phone'
inner join {LEAD_PROFILES} as profiles on queue.lead_id = profiles.lead_id
left join names on profiles.owner_id = names.rep_id
left join touches on queue.lead_id = touches.lead_id
where queue.channel = 'phone'
    and scores.is_callable and now.is_callable and permissions.may_contact
    and profiles.is_current and not profiles.has_objected and not profiles.is_deleted
    and profiles.phone is not null
    and ($rep is null or queue.rep_id = $rep)
order by queue.rep_id nulls last, queue.work_rank, queue.lead_id
"""

# What a spreadsheet would take for a formula, as OWASP has it (CSV Injection). A phone number in
# figures is none to it, nor is a negative number.
_FORMULA = re.compile(r"(?!\+[0-9 ]+$|-[0-9.]+$)[=+\-@\t\r＝＋－＠]")


@dataclass(frozen=True)
class CallLists:
    """What was written: how many leads are in each rep's list, and the folder of the lists."""

    folder: Path
    clock_date: date
    leads: dict[str, int]


def call_lists(rep_id: str | None = None) -> CallLists:
    """Write whom each rep, or one, may call next: a list a rep, as XLSX and as CSV.

    Lists of before are deleted, with `rep_id` that rep's. Raises UserError where a rep has nobody
    to call, or nothing is built or published, BusyError where another run is at work.
    """
    with exclusive("call-list"), reading() as connection:
        clock_date = published_clock(connection)
        rows = _calls(connection, rep_id)
        if rep_id is not None and not rows:
            raise UserError(f"rep {rep_id!r} has nobody to call")
        folder = call_list_folder()
        folder.mkdir(mode=0o700, exist_ok=True)
        for file in folder.iterdir():
            if rep_id is None or file.name.endswith(
                (f".{_file_name(rep_id)}.csv", f".{_file_name(rep_id)}.xlsx")
            ):
                file.unlink()
        counts = {}
        for rep, calls in groupby(rows, key=itemgetter(0)):
            lines = [_line(place, row[1:]) for place, row in enumerate(calls, start=1)]
            stem = f"calls.{clock_date}.{_file_name(rep)}"
            _write_xlsx(folder / f"{stem}.xlsx", lines, clock_date)
            _write_csv(folder / f"{stem}.csv", lines)
            counts[rep or NOBODY] = len(lines)
    return CallLists(folder, clock_date, counts)


def _calls(connection: DuckDBPyConnection, rep_id: str | None) -> list[tuple[Any, ...]]:
    local = {
        f"local_{end}": f"timezone(queue.lead_time_zone, timezone($zone, queue.contact_{end}_at))"
        for end in ("from", "until")
    }
    return connection.execute(
        _CALLS.format(**local), {"rep": rep_id, "zone": str(project_var("time_zone"))}
    ).fetchall()


def _line(place: int, row: Sequence[object]) -> list[str]:
    """The cells of a lead, as text, in the order of COLUMNS."""
    *told, local_from, local_until, zone, our_from, our_until, lead_url = row
    cells = [
        *(place, *told, _hours(local_from, local_until), zone),
        *(_hours(our_from, our_until), lead_url, None, None),
    ]
    return ["" if cell is None else _text(cell) for cell in cells]


def _text(cell: object) -> str:
    """A cell as text on one line, numbers without idle zeros."""
    text = without_idle_zeros(f"{cell:f}") if isinstance(cell, Decimal) else str(cell)
    return " ".join(text.split("\n"))


def _hours(start: object, end: object) -> str:
    """From when to when on the clock; nothing where it does not matter."""
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return ""
    if start.time() == end.time() == time():
        return "any time"
    return f"{start:%H:%M}–{end:%H:%M}"


def _file_name(rep_id: str | None) -> str:
    """A rep's id as a part of a file's name; what cannot stand there makes room for a hash."""
    if rep_id is None:
        return NOBODY
    name = re.sub(r"[^A-Za-z0-9_-]", "-", rep_id)[:60]
    if name == rep_id != NOBODY:
        return name
    return f"{name}-{hashlib.sha256(rep_id.encode()).hexdigest()[:8]}"


def _write_xlsx(file: Path, lines: Sequence[Sequence[str]], clock_date: date) -> None:
    """All cells are text: nothing in them is a formula, a link or a number to a spreadsheet."""
    file.touch(mode=0o600)
    created = datetime.combine(clock_date, time())
    # In memory: what is put aside elsewhere could be read there.
    with xlsxwriter.Workbook(str(file), {"in_memory": True}) as book:
        book.set_properties({"created": created})
        sheet = book.add_worksheet("calls")
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        quoted = book.add_format({"num_format": "@", "quote_prefix": True})
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(COLUMNS):
            widest = max(len(name), *(len(line[column]) for line in lines))
            sheet.set_column(column, column, min(widest, 40) + 2, text)
            sheet.write_string(0, column, name, bold)
            for row, line in enumerate(lines, start=1):
                is_formula = _FORMULA.match(line[column])
                sheet.write_string(row, column, line[column], quoted if is_formula else text)
        sheet.autofilter(0, 0, len(lines), len(COLUMNS) - 1)


def _write_csv(file: Path, lines: Sequence[Sequence[str]]) -> None:
    """UTF-8 with its mark; an apostrophe before what a spreadsheet would take for a formula."""
    file.touch(mode=0o600)
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(
            [f"'{cell}" if _FORMULA.match(cell) else cell for cell in line] for line in lines
        )
