"""Requests to a system of others, repeated while it is busy; no secret is in what is told."""

import os
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from scripts.shared.errors import UserError

# How often a request is made at most, and the pauses between: they double, up to the longest. Who
# asks for a longer one than is waited for is asked again by the next run. In seconds, as all times.
ATTEMPTS = 8
FIRST_PAUSE, LONGEST_PAUSE, LONGEST_ASKED = 1.0, 60.0, 900.0
TIMEOUT = 30.0

# Answers that say that the same request may do later; those of 500 and above do too.
_LATER = (408, 423, 425, 429)
_AT_HOME = ("localhost", "127.0.0.1", "::1")

Read = TypeVar("Read")


class _UnansweredError(Exception):
    """A request came to nothing: how, and how long to wait where that was said."""

    def __init__(self, cause: str, after: float | None = None) -> None:
        super().__init__(cause)
        self.after = after


@dataclass
class Service:
    """A system that takes requests: its name to people and its host.

    `variables` names those of the environment that say where it is and who asks. `pause` is the
    least time between two requests.
    """

    name: str
    host: str
    variables: str
    pause: float
    client: httpx.Client = field(repr=False)
    _next_at: float = field(default=0.0, repr=False)

    def ask(
        self,
        method: str,
        path: str,
        read: Callable[[httpx.Response], Read],
        *,
        content: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Read:
        """What `read` makes of the answer to a request, which is made until there is one.

        An answer is a success, or a refusal of what was sent (400 and the like). A ValueError of
        `read` means that the answer is not whole. Raises UserError where there is none after some
        attempts, and where the service refuses who asks or has moved.
        """

        def once() -> Read:
            answer = self._answer(method, path, content, headers)
            try:
                return read(answer)
            except ValueError:
                raise _UnansweredError("an answer that is not whole") from None

        retrying = Retrying(
            retry=retry_if_exception_type(_UnansweredError),
            wait=_pause,
            stop=stop_after_attempt(ATTEMPTS),
            sleep=time.sleep,
            reraise=True,
        )
        try:
            return retrying(once)
        except _UnansweredError as error:
            raise UserError(
                f"{self.name} ({self.host}) gave no answer in {ATTEMPTS} attempts ({error}). What "
                "it answered before is noted: to go on, run the same command again."
            ) from None

    def _answer(
        self, method: str, path: str, content: str | None, headers: Mapping[str, str] | None
    ) -> httpx.Response:
        time.sleep(max(0.0, self._next_at - time.monotonic()))
        self._next_at = time.monotonic() + self.pause
        try:
            answer = self.client.request(method, path, content=content, headers=headers)
        except (httpx.LocalProtocolError, httpx.UnsupportedProtocol):
            raise UserError(f"{self.name} cannot be asked: see to {self.variables}") from None
        except httpx.HTTPError as error:
            is_late = isinstance(error, httpx.TimeoutException)
            raise _UnansweredError("time-out" if is_late else "no connection") from None
        status = answer.status_code
        if status in _LATER or status >= 500:
            raise _UnansweredError(f"HTTP {status}", self._asked_pause(answer))
        if status in (401, 403):
            raise UserError(
                f"{self.name} ({self.host}) refuses who asks (HTTP {status}): see to "
                f"{self.variables}"
            )
        if status < 200 or 300 <= status < 400:
            raise UserError(
                f"{self.name} is not at {self.host} (HTTP {status}): see to {self.variables}"
            )
        return answer

    def _asked_pause(self, answer: httpx.Response) -> float | None:
        """How long the service asks to wait; None where it does not say so."""
        asked = answer.headers.get("Retry-After", "")
        try:
            seconds = float(asked)
        except ValueError:
            try:
                seconds = (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds()
            except (TypeError, ValueError):
                return None
        if not seconds <= LONGEST_ASKED:
            raise UserError(
                f"{self.name} ({self.host}) takes nothing for {seconds:,.0f} seconds; what it "
                "answered before is noted: run the same command again after that."
            )
        return max(0.0, seconds)


def _pause(state: RetryCallState) -> float:
    """How long to wait before the next attempt: as asked, else ever longer, and at random."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, _UnansweredError) and error.after is not None:
        return error.after
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (state.attempt_number - 1))
    return longest * random.uniform(0.5, 1)


@contextmanager
def service(
    name: str, url: str, variables: Iterable[str], token: str = "", pause: float = 0.0
) -> Iterator[Service]:
    """A service at an address, asked with a token where it wants one."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT) as client:
        yield Service(name, urlsplit(url).hostname or "", " and ".join(variables), pause, client)


def address(variable: str, default: str = "") -> str:
    """The address in a variable of the environment. Raises UserError where none can be there.

    What is sent is not to be read on its way, so that it is https but for this machine itself. The
    address may be a secret, and is not told.
    """
    url = os.environ.get(variable, "").strip() or default
    if not url:
        raise UserError(f"{variable} is not set: docs/settings.md says what it names")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _AT_HOME)
    if not parts.hostname or not is_safe or not re.fullmatch(r"[\x21-\x7e]+", url):
        raise UserError(f"{variable} is no address that begins with https://")
    return url


def secret(variable: str, *, is_needed: bool = True) -> str:
    """The token in a variable of the environment. Raises UserError where it can be none."""
    token = os.environ.get(variable, "").strip()
    if not token and is_needed:
        raise UserError(f"{variable} is not set: docs/settings.md says what it names")
    if not re.fullmatch(r"[\x21-\x7e]*", token):
        raise UserError(f"{variable} holds characters that no token has")
    return token
