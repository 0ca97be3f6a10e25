"""Files of a hundred events each, as they come into a folder that is watched.

    python -m scripts.bench.news 20

prints the seconds from each file's coming in to what is published with it. They are events of the
clock's day of any lead, of every kind that was landed.
"""

import csv
import random
import sys
import time
from pathlib import Path

from scripts.scoring.publish import published_at
from scripts.shared.errors import UserError
from scripts.shared.interface import CLOCK
from scripts.shared.paths import published_file
from scripts.shared.temporary import temporary_folder
from scripts.shared.warehouse import reading
from scripts.watch import LOOK, Watch

EVENTS = 100


def main(files: int) -> None:
    """Print what each of so many files took, in seconds."""
    with reading() as connection:
        ((clock,),) = connection.sql(f"select clock_date from {CLOCK}").fetchall()  # noqa: S608
        leads = connection.sql("select distinct lead_id from raw.leads order by 1").fetchall()
        kinds = connection.sql("select distinct event_type from raw.lead_events order by 1")
        types = kinds.fetchall()
        ((landed,),) = connection.sql("select count(*) from raw.lead_events").fetchall()
    draw = random.Random(landed)
    told: list[str] = []
    with temporary_folder() as folder:
        watched = Watch(folder, told.append)
        watched.look()
        for number in range(files):
            before = published_at(published_file())
            _write(
                folder / f"lead_events.{landed}.{number}.csv",
                [
                    (f"{landed} {number} {event}", *draw.choice(leads), *draw.choice(types), clock)
                    for event in range(EVENTS)
                ],
            )
            began = time.perf_counter()
            while published_at(published_file()) == before:
                watched.look()
                if told and "not published" in told[-1]:
                    raise UserError(told[-1])
                time.sleep(LOOK)
            print(time.perf_counter() - began - LOOK, flush=True)


def _write(file: Path, rows: list[tuple[object, ...]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("event_id", "lead_id", "event_type", "occurred_at"))
        writer.writerows(rows)


if __name__ == "__main__":
    main(int(sys.argv[1]))
