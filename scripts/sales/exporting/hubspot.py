"""Contacts of HubSpot, changed by its batch update: a score never makes a contact."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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

NAME, PREFIX, OWN_ID = "hubspot", "hs:", r"\d+"
TOKEN, URL = "HUBSPOT_TOKEN", "HUBSPOT_URL"

# What HubSpot takes: contacts in a request, and requests in so many seconds.
MOST = 100
PAUSE = 10 / 190

_PATH = "/crm/v3/objects/contacts/batch/update"


@contextmanager
def hubspot() -> Iterator[Destination]:
    """What sends changes to HubSpot. Raises UserError where a variable is not set."""
    url, token = address(URL, "https://api.hubapi.com"), secret(TOKEN)
    with service(NAME, url, (URL, TOKEN), token, PAUSE) as asked:
        yield Destination(asked.host, lambda changes: _send(asked, changes))


def _send(asked: Service, changes: Iterator[Change]) -> Answers:
    for part in slices(changes, MOST):
        yield from _send_part(asked, part)


def _send_part(asked: Service, part: list[Change]) -> Answers:
    """The answers to some changes; what is refused as a whole is sent in halves."""
    inputs = [{"id": change.own_id, "properties": change.values} for change in part]
    status, answer = asked.ask(
        "POST",
        _PATH,
        _read,
        content=json.dumps({"inputs": inputs}),
        headers={"Content-Type": "application/json"},
    )
    is_taken = status < 300
    errors = answer.get("errors", []) if is_taken else []
    results = answer.get("results", []) if is_taken else []
    if is_taken and not errors and len(results) == len(part):
        yield [Answer(change) for change in part]  # an id may be that of what it was merged into
        return
    accepted = {str(result.get("id")) for result in results}
    fields = part[0].values
    rejected = {
        str(own_id): codes(error, fields)
        for error in errors
        for own_id in error.get("context", {}).get("ids", ())
    }
    answers = [
        Answer(change, rejected.get(change.own_id, ""))
        for change in part
        if change.own_id in accepted | rejected.keys()
    ]
    if answers:
        yield answers
    told = {answered.change.record_id for answered in answers}
    left = [change for change in part if change.record_id not in told]
    if len(left) == 1 and len(part) == 1:
        yield [Answer(left[0], codes(answer, fields, status))]
    elif len(left) < len(part):
        yield from _send_part(asked, left) if left else ()
    else:
        for half in halves(left):
            yield from _send_part(asked, half)


def _read(answer: httpx.Response) -> tuple[int, dict[str, Any]]:
    """The status and body of an answer. Raises ValueError for a success that names no contact."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    body = body if isinstance(body, dict) else {}
    if answer.is_success and not (body.get("results") or body.get("errors")):
        raise ValueError
    return answer.status_code, body
