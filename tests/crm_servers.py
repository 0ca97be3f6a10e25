"""HubSpot, Salesforce, a web hook and Slack as they answer, on this machine, with faults.

Each keeps what its records hold, so that a test can tell what an export came to. A fault is drawn
for a request until as many as wanted were met with. Some come before anything is done, some after:
who asked cannot tell which.
"""

import csv
import io
import json
import os
import random
import signal
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "a-token-that-nobody-may-see"
# How long a late answer takes, in seconds: longer than a test waits for one.
LATE = 0.4

BEFORE = ("429", "429 with a date", "500", "503", "late", "broken", "kill")
AFTER = ("late after", "broken after", "half a body", "cut short", "partial", "kill after")


@dataclass
class Faults:
    """As many faults as are `left`, at random, in a share of the requests."""

    left: int
    share: float
    kinds: tuple[str, ...] = BEFORE + AFTER
    met: Counter[str] = field(default_factory=Counter)
    draw: random.Random = field(default_factory=lambda: random.Random(26))

    def next(self) -> str:
        if not self.left or self.draw.random() > self.share:
            return ""
        # Who is killed has to start anew, which takes longest.
        weights = [0.25 if kind.startswith("kill") else 1.0 for kind in self.kinds]
        (kind,) = self.draw.choices(self.kinds, weights)
        self.left -= 1
        self.met[kind] += 1
        return kind


Reply = tuple[int, str]


class System:
    """A system with records, by id, and what is refused: of ids that it has or values."""

    def __init__(
        self, records: dict[str, dict[str, str]], refused: set[str], faults: Faults
    ) -> None:
        self.records, self.refused, self.faults = records, refused, faults
        self.requests: list[str] = []
        self.pid: int | None = None  # who is killed
        self.lock = threading.Lock()
        system = self

        class Handler(_Handler):
            served = system

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def reply(self, method: str, path: str, body: str, is_partial: bool) -> Reply:
        """Do what is asked, of several records only some where it is partial, and answer."""
        raise NotImplementedError


class HubSpot(System):
    properties = ("score", "band", "why")

    def reply(self, method: str, path: str, body: str, is_partial: bool) -> Reply:
        assert (method, path) == ("POST", "/crm/v3/objects/contacts/batch/update")
        inputs = json.loads(body)["inputs"]
        ids = [row["id"] for row in inputs]
        if len(inputs) > 100 or len({*ids}) < len(ids):
            return 400, json.dumps({"category": "VALIDATION_ERROR", "message": "inputs"})
        odd = [name for row in inputs for name in row["properties"] if name not in self.properties]
        if odd or self.refused.intersection(ids):
            error = {"name": (odd or [""])[0], "error": "PROPERTY_DOESNT_EXIST" if odd else "NOT"}
            return 400, json.dumps({"category": "VALIDATION_ERROR", "message": json.dumps([error])})
        done = inputs[: len(inputs) // 2] if is_partial else inputs
        known = [row for row in done if row["id"] in self.records]
        for row in known:
            self.records[row["id"]] |= row["properties"]
        gone = [row["id"] for row in done if row["id"] not in self.records]
        answer: dict[str, Any] = {"status": "COMPLETE", "results": [{"id": r["id"]} for r in known]}
        if gone or is_partial:
            context = {"ids": gone}
            error = {"category": "OBJECT_NOT_FOUND", "message": "for ann@x.io", "context": context}
            answer |= {"numErrors": 1, "errors": [error] if gone else []}
        return 207 if gone or is_partial else 200, json.dumps(answer)


class Salesforce(System):
    fields = ("score", "band", "why")

    def __init__(
        self, records: dict[str, dict[str, str]], refused: set[str], faults: Faults
    ) -> None:
        super().__init__(records, refused, faults)
        self.jobs: dict[str, dict[str, Any]] = {}

    def reply(self, method: str, path: str, body: str, is_partial: bool) -> Reply:
        base = "/services/data/v62.0/jobs/ingest"
        job_id, _, what = path.removeprefix(base).strip("/").partition("/")
        if method == "POST":
            order = json.loads(body)
            assert order.items() >= {"operation": "update", "contentType": "CSV"}.items()
            job_id = f"750{len(self.jobs):015}"
            self.jobs[job_id] = {"id": job_id, "object": order["object"], "state": "Open"}
            return 200, json.dumps(self.jobs[job_id])
        if job_id not in self.jobs:
            return 404, json.dumps([{"errorCode": "NOT_FOUND"}])
        job = self.jobs[job_id]
        match method, what:
            case "PUT", "batches":
                if "content" in job or job["state"] != "Open":
                    return 400, json.dumps([{"errorCode": "INVALIDBATCH"}])
                job["content"] = body
                return 201, ""
            case "PATCH", "":
                if job["state"] != "Open":
                    return 400, json.dumps([{"errorCode": "INVALIDJOBSTATE"}])
                job["state"] = json.loads(body)["state"]
            case "GET", "":
                if job["state"] == "UploadComplete":
                    job["state"] = "InProgress"
                elif job["state"] == "InProgress":
                    self.work(job, is_partial)
            case "GET", _:
                return 200, job[what]
        told = {name: value for name, value in job.items() if not name.endswith(("ts", "Results"))}
        return 200, json.dumps(told)

    def work(self, job: dict[str, Any], is_partial: bool) -> None:
        """Process the rows of a job, of a partial one only half before it fails."""
        rows = [*csv.DictReader(io.StringIO(job["content"]))]
        names = [*rows[0]]
        if odd := [name for name in names if name not in ("Id", *self.fields)]:
            error = f"InvalidBatch : Field name not found : {odd[0]} at ann@x.io"
            job |= {"state": "Failed", "errorMessage": error}
            return
        done = rows[: len(rows) // 2] if is_partial else rows
        taken, refused = [], []
        for row in done:
            own_id = row["Id"]
            is_of_it = own_id.startswith({"Lead": "00Q", "Contact": "003"}[job["object"]])
            if own_id in self.refused:
                refused.append([own_id, "CANNOT_UPDATE_CONVERTED_LEAD:of ann@x.io:--"])
            elif own_id not in self.records or not is_of_it:
                refused.append([own_id, "INVALID_CROSS_REFERENCE_KEY:invalid id:--"])
            else:
                self.records[own_id] |= {
                    name: "" if row[name] == "#N/A" else row[name]
                    for name in names
                    if name != "Id" and row[name]
                }
                taken.append([own_id, "false"])
        by_id = {row["Id"]: [*row.values()] for row in rows}
        for what, second, answers in (
            ("successfulResults", "sf__Created", taken),
            ("failedResults", "sf__Error", refused),
        ):
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow(["sf__Id", second, *names])
            writer.writerows([*answer, *by_id[answer[0]]] for answer in answers)
            job[what] = text.getvalue()
        job["state"] = "Failed" if is_partial else "JobComplete"
        job |= {"numberRecordsProcessed": len(done), "numberRecordsFailed": len(refused)}


class Webhook(System):
    def reply(self, method: str, path: str, body: str, is_partial: bool) -> Reply:
        assert (method, path) == ("POST", "/hook?key=secret-address")
        rows = json.loads(body)
        refused = self.refused.intersection(row["lead_id"] for row in rows)
        if refused and len(rows) % 2:
            return 422, "no"
        for row in rows:
            if row["lead_id"] not in refused:
                self.records[row["lead_id"]] |= {n: v for n, v in row.items() if n != "lead_id"}
        if refused:
            told = [
                {"lead_id": name, "reason": "NOT_WANTED by ann@x.io"} for name in sorted(refused)
            ]
            return 207, json.dumps({"rejected": told})
        return 200, ""


class Slack(System):
    """An incoming webhook: what was written to its channel, but for what names the refused."""

    def __init__(
        self, records: dict[str, dict[str, str]], refused: set[str], faults: Faults
    ) -> None:
        super().__init__(records, refused, faults)
        self.texts: list[str] = []

    def reply(self, method: str, path: str, body: str, is_partial: bool) -> Reply:
        text = json.loads(body)["text"]
        if any(name in text for name in self.refused):
            return 400, "invalid_payload"
        self.texts.append(text)
        return 200, "ok"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer in one piece: its end need not wait for the other side
    served: System

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def answer(self) -> None:
        system = self.served
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        with system.lock:
            system.requests.append(f"{self.command} {self.path}")
            fault = system.faults.next()
        is_known = self.headers["Authorization"] == f"Bearer {TOKEN}"
        if not is_known and not self.path.startswith("/services/secret"):
            return self.send(401, "")
        match fault:
            case "429":
                return self.send(429, "", ("Retry-After", "0"))
            case "429 with a date":
                return self.send(429, "", ("Retry-After", "Mon, 30 Jun 2025 00:00:00 GMT"))
            case "a day's limit":
                return self.send(429, "", ("Retry-After", "86400"))
            case "500" | "503":
                return self.send(int(fault), '{"message": "about ann@x.io"}')
            case "late":
                time.sleep(LATE)
                return self.end()
            case "broken":
                return self.end()
            case "kill":
                self.kill()
                return self.end()
        with system.lock:
            status, text = system.reply(self.command, self.path, body, fault == "partial")
        match fault:
            case "late after":
                time.sleep(LATE)
                self.end()
            case "broken after":
                self.end()
            case "half a body":
                self.send(status, text, cut=len(text) // 2)
            case "cut short":
                self.send(status, text[: len(text) // 2])
            case "kill after":
                self.kill()
                self.end()
            case _:
                self.send(status, text)

    do_GET = do_POST = do_PUT = do_PATCH = answer

    def kill(self) -> None:
        if self.served.pid:
            os.kill(self.served.pid, signal.SIGKILL)

    def end(self) -> None:
        self.close_connection = True

    def send(
        self, status: int, text: str, header: tuple[str, str] | None = None, cut: int | None = None
    ) -> None:
        """An answer, of whose body only a part may come before the connection breaks."""
        with suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Length", str(len(text.encode())))
            if header:
                self.send_header(*header)
            self.end_headers()
            self.wfile.write(text.encode()[:cut])
        if cut is not None:
            self.end()
