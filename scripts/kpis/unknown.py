"""Which part of a KPI no channel or region is known of, and so is in none of its slices."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scripts.kpis.report import DIMENSIONS, EVERY_SLICE, NO_SLICE, Slice


@dataclass(frozen=True)
class Unknown:
    """The shares, from 0 to 1, of metrics whose channel or region is not known.

    By period, the dimensions that are split by, and metric; `words` names each metric, `limit` is
    the share above which it is said.
    """

    shares: Mapping[tuple[str, tuple[str, ...], str], float]
    words: Mapping[str, str]
    limit: float

    def text(self, where: Slice, metrics: Iterable[str], most: int | None = None) -> str:
        """Of which metrics, the largest shares first, a slice of this kind leaves out much.

        Of no more than `most` of them; empty where it leaves out little of each.
        """
        split = _split(where)
        shares = [
            (-share, name)
            for name in metrics
            if (share := self.shares.get((where[0], split, name), 0)) > self.limit
        ]
        parts = [
            f"{-100 * share:.0f} % of {self.words[name]}" for share, name in sorted(shares)[:most]
        ]
        return f"no {' or '.join(split)} is known of {', '.join(parts)}" if parts else ""


def find_unknown(
    results: Mapping[Slice, Mapping[str, Any]], words: Mapping[str, str], limit: float
) -> Unknown:
    """Add up what lies in slices without a channel or region, of metrics that add up."""
    sums: dict[tuple[str, tuple[str, ...], str], float] = defaultdict(float)
    for where, result in results.items():
        if NO_SLICE in where:
            for name in words:
                sums[where[0], _split(where), name] += float(result.get(name) or 0)
    wholes = {
        (period, name): float(results[period, EVERY_SLICE, EVERY_SLICE].get(name) or 0)
        for period, _, name in sums
    }
    shares = {
        (period, split, name): part / wholes[period, name]
        for (period, split, name), part in sums.items()
        if wholes[period, name] > 0
    }
    return Unknown(shares, words, limit)


def _split(where: Slice) -> tuple[str, ...]:
    """The dimensions that a slice is split by."""
    return tuple(
        name for name, value in zip(DIMENSIONS, where[1:], strict=True) if value != EVERY_SLICE
    )
