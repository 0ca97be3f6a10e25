"""What was sent, and what was answered: kept for good, since the next export goes by it alone."""
# ruff: noqa: S608 (names in SQL are those of this module)

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from duckdb import DuckDBPyConnection

from scripts.sales.exporting.change import Answer
from scripts.shared.warehouse import holds

SENT = "state.sent"
JOBS = "state.export_jobs"
_COLUMNS = """destination varchar, record_id varchar, sent_values json, is_accepted boolean,
    reason varchar, clock_date date, answered_at timestamp"""
TABLES = f"""
create schema if not exists state;
create table if not exists state.sent ({_COLUMNS});
create table if not exists state.export_jobs (destination varchar, job_id varchar);
"""


def sent_before(connection: DuckDBPyConnection) -> str:
    """All answers so far, as SQL; nothing was sent yet where there is no table of them."""
    if holds(connection, SENT):
        return SENT
    connection.execute(f"create or replace temp table nothing_sent ({_COLUMNS})")
    return "nothing_sent"


@dataclass(frozen=True)
class Journal:
    """Where the answers of a destination are noted, with the clock of what was sent."""

    connection: DuckDBPyConnection
    destination: str
    clock_date: date

    def note(self, answers: Sequence[Answer]) -> None:
        """Note answers, all or none."""
        self.connection.execute(
            f"""insert into {SENT}
            select $1, unnest($2::varchar[]), unnest($3::json[]), unnest($4::boolean[]),
                unnest($5::varchar[]), $6, $7""",
            [
                self.destination,
                [answer.change.record_id for answer in answers],
                [json.dumps(answer.change.values) for answer in answers],
                [not answer.reason for answer in answers],
                [answer.reason or None for answer in answers],
                self.clock_date,
                datetime.now(UTC).replace(tzinfo=None),
            ],
        )

    def jobs(self) -> list[str]:
        """The jobs that were begun at the destination, and of which no end is noted."""
        found = self.connection.execute(
            f"select job_id from {JOBS} where destination = $1 order by job_id", [self.destination]
        ).fetchall()
        return [job_id for (job_id,) in found]

    def begin_job(self, job_id: str) -> None:
        """Note a job before it can do anything."""
        self.connection.execute(f"insert into {JOBS} values ($1, $2)", [self.destination, job_id])

    def end_job(self, job_id: str) -> None:
        """Forget a job whose answers are noted, or that did nothing."""
        self.connection.execute(
            f"delete from {JOBS} where destination = $1 and job_id = $2",
            [self.destination, job_id],
        )
