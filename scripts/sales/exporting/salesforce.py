"""Leads and contacts of Salesforce, changed by jobs of its Bulk API 2.0: one file an object."""

import csv
import io
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import httpx

from scripts.sales.exporting.change import Answer, Answers, Change, Destination, codes, slices
from scripts.sales.exporting.sent import Journal
from scripts.sales.service import Service, address, secret, service
from scripts.shared.errors import UserError

NAME, PREFIX = "salesforce", "sf:"
TOKEN, URL = "SALESFORCE_TOKEN", "SALESFORCE_URL"

# Which object a record is of, by what its id begins with.
OBJECTS = {"00Q": "Lead", "003": "Contact"}
OWN_ID = rf"(?:{'|'.join(OBJECTS)})(?:[A-Za-z0-9]{{12}}|[A-Za-z0-9]{{15}})"

# Rows of a job: a file may have 100 MB, so that a row may have 2 KB.
JOB_ROWS = 50_000
# How long to wait, in seconds, between two looks at a job, and for its end.
FIRST_LOOK, LONGEST_LOOK, LONGEST_JOB = 1.0, 20.0, 3600.0
# How many jobs to begin for one file, where what became of its upload is not known.
UPLOADS = 5

_PATH = "/services/data/v62.0/jobs/ingest"
_NOTHING = "#N/A"  # an empty cell would leave the field as it is
_ENDED = ("JobComplete", "Failed", "Aborted")


@dataclass(frozen=True)
class _Job:
    """What is told of a job: its state, why it failed, and how many rows are done and failed."""

    job_id: str
    state: str
    error: str
    processed: int
    failed: int


@contextmanager
def salesforce(journal: Journal) -> Iterator[Destination]:
    """What sends changes to Salesforce. Raises UserError where a variable is not set."""
    url, token = address(URL), secret(TOKEN)
    with service(NAME, url, (URL, TOKEN), token) as asked:
        bulk = _Bulk(asked, journal)
        yield Destination(asked.host, bulk.send, bulk.settle)


@dataclass(frozen=True)
class _Bulk:
    asked: Service
    journal: Journal

    def send(self, changes: Iterator[Change]) -> Answers:
        """Change records by jobs, and bring the answers."""
        for part in slices(changes, JOB_ROWS):
            for begin, name in OBJECTS.items():
                if rows := [change for change in part if change.own_id.startswith(begin)]:
                    yield from self._change(name, rows)

    def settle(self) -> Answers:
        """What became of the jobs of earlier exports, once these can change nothing more."""
        for job_id in self.journal.jobs():
            job = self._look(job_id)
            if job and job.state == "Open":
                self._set_state(job_id, "Aborted")
            yield from self._heard(self._ended(job_id) if job else None, job_id)

    def _change(self, name: str, rows: list[Change]) -> Answers:
        """Change records of one object."""
        job_id = self._uploaded(name, rows)
        self._set_state(job_id, "UploadComplete")
        job = self._ended(job_id)
        if job.state != "JobComplete" and not job.processed:
            self.journal.end_job(job_id)
            cause = codes(job.error, rows[0].values)
            raise UserError(f"{NAME} ({self.asked.host}) refuses the file of {name}: {cause}")
        yield from self._heard(job, job_id)

    def _heard(self, job: _Job | None, job_id: str) -> Answers:
        """The answers of a job that has ended, or is gone: it can change nothing any more."""
        answers = [*self._answers(job)] if job else []
        self.journal.end_job(job_id)
        yield from answers

    def _uploaded(self, name: str, rows: list[Change]) -> str:
        """A job that has the rows, and only once: one whose upload went astray is given up."""
        content = _to_csv(rows)
        order = {"object": name, "operation": "update", "contentType": "CSV", "lineEnding": "LF"}
        for _ in range(UPLOADS):
            job_id = self._begun(order)
            self.journal.begin_job(job_id)
            is_taken = self.asked.ask(
                "PUT",
                f"{_PATH}/{job_id}/batches",
                lambda answer: answer.is_success,
                content=content,
                headers={"Content-Type": "text/csv"},
            )
            if is_taken:
                return job_id
            self._set_state(job_id, "Aborted")
            self.journal.end_job(job_id)
        raise UserError(f"{NAME} ({self.asked.host}) takes no file of {name}")

    def _set_state(self, job_id: str, state: str) -> None:
        """Ask for a state; that it is refused may mean that the job has it already."""
        self.asked.ask(
            "PATCH",
            f"{_PATH}/{job_id}",
            lambda answer: answer.status_code,
            content=json.dumps({"state": state}),
            headers={"Content-Type": "application/json"},
        )

    def _look(self, job_id: str) -> _Job | None:
        """What is told of a job; None where it is gone."""
        return self.asked.ask("GET", f"{_PATH}/{job_id}", _read_job)

    def _ended(self, job_id: str) -> _Job:
        """A job that has ended. Raises UserError where it takes too long; the next run goes on."""
        waited, look = 0.0, FIRST_LOOK
        while waited <= LONGEST_JOB:
            job = self._look(job_id)
            if job is None:
                raise UserError(f"{NAME} ({self.asked.host}) lost job {job_id}: run again")
            if job.state in _ENDED:
                return job
            time.sleep(look)
            waited, look = waited + look, min(LONGEST_LOOK, look * 2)
        raise UserError(
            f"{NAME} ({self.asked.host}) is still at work on job {job_id}: run the same command "
            "again later, which brings its answers"
        )

    def _answers(self, job: _Job) -> Answers:
        """The answers of a job to the rows that it came to."""
        for kind, count in (
            ("successfulResults", job.processed - job.failed),
            ("failedResults", job.failed),
        ):
            if count:
                read = partial(_read_rows, count=count)
                yield self.asked.ask("GET", f"{_PATH}/{job.job_id}/{kind}", read)

    def _begun(self, order: dict[str, str]) -> str:
        job = self.asked.ask(
            "POST",
            _PATH,
            _read_job,
            content=json.dumps(order),
            headers={"Content-Type": "application/json"},
        )
        if job is None:
            raise UserError(
                f"{NAME} ({self.asked.host}) takes no job for {order['object']}: see to "
                f"{self.asked.variables}, and to the rights of who asks"
            )
        return job.job_id


def _to_csv(rows: list[Change]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["Id", *rows[0].values])
    for change in rows:
        writer.writerow([change.own_id, *(value or _NOTHING for value in change.values.values())])
    return text.getvalue()


def _read_job(answer: httpx.Response) -> _Job | None:
    """What an answer tells of a job; None where it is refused. Raises ValueError for half of it."""
    if not answer.is_success:
        return None
    job = answer.json()
    if not isinstance(job, dict) or not {"id", "state"} <= job.keys():
        raise ValueError
    processed, failed = (
        int(job.get(f"numberRecords{what}") or 0) for what in ("Processed", "Failed")
    )
    return _Job(str(job["id"]), str(job["state"]), str(job.get("errorMessage")), processed, failed)


def _read_rows(answer: httpx.Response, count: int) -> list[Answer]:
    """The rows of a file of results. Raises ValueError where they are not as many as were told."""
    if not answer.is_success or not answer.content.endswith(b"\n"):
        raise ValueError
    try:
        rows = [*csv.DictReader(io.StringIO(answer.content.decode(), newline=""), strict=True)]
    except csv.Error as error:
        raise ValueError from error
    if len(rows) != count or any(None in row or None in row.values() for row in rows):
        raise ValueError
    return [_answer(row) for row in rows]


def _answer(row: dict[str, str]) -> Answer:
    values = {
        name: "" if value == _NOTHING else value
        for name, value in row.items()
        if name != "Id" and not name.startswith("sf__")
    }
    change = Change(f"{PREFIX}{row['Id']}", values)
    return Answer(change, codes(row["sf__Error"], values) if "sf__Error" in row else "")
