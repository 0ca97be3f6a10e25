"""A web address of one's own that takes changes as a list in JSON."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from scripts.sales.exporting.change import (
    Answer,
    Answers,
    Change,
    Destination,
    codes,
    halves,
    slices,
)
from scripts.sales.service import Service, address, secret, service

URL, TOKEN = "WEBHOOK_URL", "WEBHOOK_TOKEN"
MOST = 500


@contextmanager
def webhook() -> Iterator[Destination]:
    """What sends changes to the address in WEBHOOK_URL."""
    url, token = address(URL), secret(TOKEN, is_needed=False)
    with service("webhook", url, (URL, TOKEN), token) as asked:
        yield Destination(asked.host, lambda changes: _send(asked, url, changes))


def _send(asked: Service, url: str, changes: Iterator[Change]) -> Answers:
    for part in slices(changes, MOST):
        yield from _send_part(asked, url, part)


def _send_part(asked: Service, url: str, part: list[Change]) -> Answers:
    """The answers to some changes; what is refused as a whole is sent in halves.

    The key of a request is that of its content, so that who gets it twice can tell.
    """
    content = json.dumps([{"lead_id": change.record_id, **change.values} for change in part])
    key = hashlib.sha256(content.encode()).hexdigest()
    status, rejected = asked.ask(
        "POST",
        url,
        lambda answer: _read(answer, part),
        content=content,
        headers={"Content-Type": "application/json", "Idempotency-Key": key},
    )
    if status < 300:
        yield [Answer(change, rejected.get(change.record_id, "")) for change in part]
    elif len(part) == 1:
        yield [Answer(part[0], f"HTTP {status}")]
    else:
        for half in halves(part):
            yield from _send_part(asked, url, half)


def _read(answer: httpx.Response, part: list[Change]) -> tuple[int, dict[str, str]]:
    """The status of an answer, and which leads it rejects, with the codes of why.

    A success may have a body {"rejected": [{"lead_id": …, "reason": …}]}. Raises ValueError where
    several statuses are promised (207) and there are none.
    """
    try:
        body = answer.json() if answer.is_success else {}
    except ValueError:
        body = None
    listed = body.get("rejected", []) if isinstance(body, dict) else []
    if answer.status_code == 207 and not isinstance(body, dict):
        raise ValueError
    rejected = {str(row["lead_id"]): codes(row.get("reason"), part[0].values) for row in listed}
    return answer.status_code, rejected
