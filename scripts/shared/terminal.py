"""The one way to a person's terminal: no text from data or files is an order to it."""

import json
import unicodedata
from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.segment import Segment
from rich.status import Status
from rich.text import Text

# Control characters, format characters such as those that turn the direction of writing, halves of
# characters, and separators that end a line.
_ORDERS = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def printable(text: str) -> str:
    """The text with a mark in place of each character that a terminal could take for an order."""
    return "".join("\ufffd" if _is_order(char) else char for char in text)


def _escaped(text: str) -> str:
    """JSON with escapes in place of such characters: it says the same."""
    return "".join(json.dumps(char)[1:-1] if _is_order(char) else char for char in text)


def _is_order(char: str) -> bool:
    return char != "\n" and unicodedata.category(char) in _ORDERS


class _Terminal(Console):
    """A console of rich: colours and cursor are rich's own, all text is printable."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """The parts of what is shown; rich calls this for everything, also within tables."""
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(printable(segment.text), segment.style)


_out = _Terminal(markup=False)
_err = _Terminal(markup=False, stderr=True)


def show(renderable: RenderableType) -> None:
    """Show a table or a text of rich."""
    _out.print(renderable)


def say(text: str, label: str = "", colour: str = "yellow") -> None:
    """Print a line, however long, after a label in colour."""
    line = Text(text)
    if label:
        line = Text.assemble((label, colour), " ", line)
    _out.print(line, soft_wrap=True)


def say_error(text: str) -> None:
    """Print a text to standard error, as it stands."""
    _err.print(Text(text), soft_wrap=True)


def write(text: str) -> None:
    """Print Markdown and the like for another program, as it stands."""
    _out.out(printable(text), highlight=False)


def write_json(text: str) -> None:
    """Print JSON for another program."""
    _out.out(_escaped(text), highlight=False)


def progress() -> Progress:
    """A bar for long work, gone when it ends."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=_out, transient=True)


def status(text: str) -> Status:
    """A sign on standard error that something is at work, gone when it ends."""
    return _err.status(Text(text))
