"""A score as a waterfall: sums of groups, what each reason adds or takes, and the score."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from scripts.scoring.explain import Beside, reasons_beside
from scripts.shared.text import points_text

_RISE, _FALL, _SUM, _SCORE = "#2e7d32", "#c62828", "#90a4ae", "#1565c0"
_ROW_HEIGHT = 24
# Pixels above and below the bars, and those that the words beside them take.
_HEAD, _FOOT, _WORDS, _GAP = 28, 8, 250, 8


@dataclass(frozen=True)
class Bar:
    """A bar from one sum to another; a reason that is none on this side has `points` None."""

    start: Decimal
    points: Decimal | None
    colour: str

    @property
    def low(self) -> Decimal:
        """Where it begins, from the left."""
        return min(self.start, self.start + (self.points or 0))

    @property
    def high(self) -> Decimal:
        """Where it ends."""
        return max(self.start, self.start + (self.points or 0))


@dataclass(frozen=True)
class Step:
    """A row of the waterfall: its words, and its bars now and then."""

    words: str
    bars: tuple[Bar, ...]


def steps(beside: Beside, sides: Sequence[int]) -> list[Step]:
    """The rows from top to bottom: of each group its sum, then its reasons; last the score.

    `sides` tells which are shown: 0 is now, 1 then.
    """
    found: list[Step] = []
    reached = [Decimal(0) for _ in sides]
    for group, reasons in groupby(reasons_beside(beside), key=lambda reason: reason[0]):
        rows = [(words, [(now, then)[side] for side in sides]) for _, words, now, then in reasons]
        sums = [sum((points[n] or Decimal(0) for _, points in rows), Decimal(0))
                for n in range(len(sides))]  # fmt: skip
        if len(rows) > 1:
            bars = (Bar(start, points, _SUM) for start, points in zip(reached, sums, strict=True))
            found.append(Step(f"Sum of {group}", tuple(bars)))
        for words, points in rows:
            found.append(Step(words, tuple(map(_reason, reached, points))))
            reached = [start + (each or 0) for start, each in zip(reached, points, strict=True)]
    found.append(Step("Score", tuple(Bar(Decimal(0), score, _SCORE) for score in reached)))
    return found


def height(rows: Sequence[Step]) -> int:
    """The pixels that the chart needs from top to bottom."""
    return _HEAD + _FOOT + _ROW_HEIGHT * len(rows)


def width(side: int, sides: int) -> str:
    """How wide the chart of a side is, in CSS, so that the bars of all are on the same scale."""
    words = _WORDS - _GAP
    more = words if side == 0 else 0
    return f"calc((100% - {words}px) / {sides} + {more}px)"


def options(rows: Sequence[Step], side: int, title: str) -> dict[str, Any]:
    """What ECharts draws of one side; the first has the words, all are on the same scale."""
    ends = [end for row in rows for bar in row.bars for end in (bar.low, bar.high)]
    least, most = min(Decimal(0), *ends), max(Decimal(1), *ends)
    room = (most - least) / 6  # for the points beside the bars
    return {
        "animation": False,
        "title": {"text": title, "top": 0, "left": _left(side),
                  "textStyle": {"fontSize": 13}},
        "grid": {"top": _HEAD, "bottom": _FOOT, "left": _left(side), "right": 0},
        "xAxis": {"type": "value", "min": float(least - room if least else 0),
                  "max": float(most + room), "axisLabel": {"show": False},
                  "splitLine": {"show": False}},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": [row.words for row in rows],
            "axisTick": {"show": False},
            "axisLabel": {"show": side == 0, "width": _WORDS - 12, "overflow": "truncate"},
        },
        "series": list(_series([row.bars[side] for row in rows])),
    }  # fmt: skip


def _left(side: int) -> int:
    return _WORDS if side == 0 else _GAP


def _reason(start: Decimal, points: Decimal | None) -> Bar:
    return Bar(start, points, _FALL if points and points < 0 else _RISE)


def _series(bars: Sequence[Bar]) -> Iterator[dict[str, Any]]:
    """What holds a bar up, unseen, and its parts left and right of zero, which stack apart."""
    held = [bar.low if bar.low > 0 else min(bar.high, Decimal(0)) for bar in bars]
    left = [min(bar.low, Decimal(0)) - min(bar.high, Decimal(0)) for bar in bars]
    right = [max(bar.high, Decimal(0)) - max(bar.low, Decimal(0)) for bar in bars]
    shared = {"type": "bar", "stack": "waterfall", "barCategoryGap": "25%", "silent": True}
    yield {**shared, "data": list(map(float, held)), "itemStyle": {"color": "transparent"}}
    for parts, is_left in ((left, True), (right, False)):
        yield {
            **shared,
            "data": [
                _part(bar, part, has_label=(bar.high <= 0 and bar.low < 0) == is_left)
                for bar, part in zip(bars, parts, strict=True)
            ],
        }


def _part(bar: Bar, length: Decimal, *, has_label: bool) -> dict[str, Any]:
    """A part of a bar, with its points beside it: on the side of zero on which the bar is."""
    part: dict[str, Any] = {"value": float(length), "itemStyle": {"color": bar.colour}}
    if has_label and bar.points is not None:
        text = points_text(bar.points, "" if bar.colour == _SCORE else "+")
        side = "left" if bar.high <= 0 and bar.low < 0 else "right"
        part["label"] = {"show": True, "position": side, "formatter": text, "color": "#333"}
    return part
