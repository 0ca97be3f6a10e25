"""What other seeds would change against the live warehouse, as values: `preview` finds them."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

# A lead's reasons of which a person is told.
REASONS = 3


@dataclass(frozen=True)
class Quality:
    """How well a champion's score tells customers from others, and how many it hands to sales.

    Measured at the end of the quality day after creation, over leads that had the time since. `auc`
    lies between `auc_low` and `auc_high` with 95 %; `lift` is that of the top tenth; `precision`
    the share of leads at or above the cut-off that became customers; None where it can't be told.
    """

    score_model: str
    leads: int
    auc: float | None
    auc_low: float | None
    auc_high: float | None
    lift: float | None
    cutoff: Decimal | None
    precision: float | None
    handed_over_per_week: float | None


@dataclass(frozen=True)
class Change:
    """A reason whose points differ; None where the rule did not fire."""

    reason: str
    points_now: Decimal | None
    points_then: Decimal | None


@dataclass(frozen=True)
class Mover:
    """A lead whose score would change, with the reasons that change most."""

    lead_id: str
    score_now: Decimal | None
    score_then: Decimal | None
    band_now: str | None
    band_then: str | None
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Persona:
    """A golden lead: where it must land, and where it lands; None where it is not scored."""

    persona: str
    score_model: str
    expected_band: str
    band_now: str | None
    band_then: str | None
    score_now: Decimal | None
    score_then: Decimal | None

    @property
    def is_broken(self) -> bool:
        """Whether a build would fail for it."""
        return self.band_then != self.expected_band


@dataclass(frozen=True)
class ChangedRule:
    """A rule of a live model that is not as it was, in some region of leads at least."""

    score_model: str
    rule_id: str
    change: Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class Counted:
    """How many leads there are, move, and are ready for sales, and where they lie.

    `scores` counts leads by tens of their score, from the number named up to below the next;
    `bands` by band now and then, those that stay included, in the order of `band_order`, the lowest
    first; `ready_now` and `ready_then` count callable leads in a band that is handed to sales, or
    in a higher one. `seed_warnings` is what of the seeds is likely not meant.
    """

    leads: int
    moved: int
    scores: tuple[tuple[int, int, int], ...]
    bands: tuple[tuple[str | None, str | None, int], ...]
    band_order: tuple[str | None, ...]
    ready_now: int
    ready_then: int


@dataclass(frozen=True)
class WhatIf(Counted):
    """What a proposal would change against the live warehouse ("now")."""

    changed_seeds: tuple[str, ...]
    changed_rules: tuple[ChangedRule, ...]
    movers: tuple[Mover, ...]
    quality_now: Quality | None
    quality_then: Quality | None
    personas: tuple[Persona, ...]
    seed_warnings: tuple[str, ...] = ()

    @property
    def broken_personas(self) -> tuple[str, ...]:
        """The golden leads that would not land in their band, each in words."""
        return tuple(
            f"{found.persona} lands in {found.band_then or 'no band'}, not in {found.expected_band}"
            for found in self.personas
            if found.is_broken
        )

    def to_json(self) -> str:
        """All of it as JSON: decimals as numbers in text."""
        told = {**asdict(self), "broken_personas": self.broken_personas}
        return json.dumps(told, default=str, indent=2, ensure_ascii=False)


@dataclass(frozen=True)
class RestatedModel:
    """How many leads became an MQL on days on which a champion counted, now and then."""

    score_model: str
    live_from: date
    mqls_now: int
    mqls_then: int


@dataclass(frozen=True)
class Restated:
    """What a proposal would change in the past, since points hold from a model's first live day.

    `gained` and `lost` count leads that would be an MQL, or be none, against now's history, and
    `redated` those that would have become one on another day.
    """

    models: tuple[RestatedModel, ...]
    gained: int
    lost: int
    redated: int
