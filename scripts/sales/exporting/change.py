"""What is to be written to a record of another system, and what that says to it."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Change:
    """A record of another system, named as it was landed, and what its fields are to hold.

    Values are text; what is empty is not known, and clears the field.
    """

    record_id: str
    values: dict[str, str]

    @property
    def own_id(self) -> str:
        """The id that the system itself gave the record."""
        return self.record_id.partition(":")[2]


@dataclass(frozen=True)
class Answer:
    """What a system says to a change: why it rejects it, in codes; empty where it accepts it."""

    change: Change
    reason: str = ""


Answers = Iterator[list[Answer]]


@dataclass(frozen=True)
class Destination:
    """Where changes go, in words, and what sends them there.

    `settle` brings what an export that was ended early did not hear any more. Each list of answers
    is noted before the next is asked for.
    """

    where: str
    send: Callable[[Iterator[Change]], Answers]
    settle: Callable[[], Answers] = lambda: iter(())


def slices(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of a size, the last one shorter."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def halves(items: list[T]) -> tuple[list[T], list[T]]:
    """The items in two lists."""
    middle = len(items) // 2
    return items[:middle], items[middle:]


def codes(answer: object, fields: Iterable[str], status: int | None = None) -> str:
    """Why a system refuses, of its answer only the codes and the names of our own fields.

    What else it says may cite a person's data.
    """
    text = answer if isinstance(answer, str) else json.dumps(answer)
    found = re.findall(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b|\bInvalid[A-Z]\w+", text)
    found += [name for name in sorted(fields) if re.search(rf"\b{re.escape(name)}\b", text)]
    return ", ".join(dict.fromkeys(found)) or (f"HTTP {status}" if status else "no reason given")
