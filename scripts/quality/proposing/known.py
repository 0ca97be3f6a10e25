"""What is known of leads, as the engine of proposals takes it: columns of texts and days of events.

Nothing here knows of the warehouse: `reading` makes it from there, tests from numpy.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from scripts.quality.evaluation import Leads
from scripts.shared.statistics import Flags, Numbers

Places = npt.NDArray[np.signedinteger[Any]]

# A column is cross-fitted by leaving out slices of leads: so many parts of so many slices each.
FOLDS, SLICES = 5, 8
MISSING = -1
# Of a column of numbers so large a share of what is filled in is numbers.
_NUMERIC_SHARE = 0.95


@dataclass(frozen=True)
class Column:
    """An attribute of all leads as of their day.

    `places` has, for each lead, the place of its text in `texts`, MISSING where it has none;
    `numbers` has the number that each text is, NaN where it is none, and `decimals` how many
    digits after the point the numbers have, 6 at most.
    """

    name: str
    places: Places
    texts: Sequence[str]
    numbers: Numbers
    decimals: int

    @cached_property
    def is_missing(self) -> Flags:
        """Whether each lead has no value."""
        missing: Flags = self.places == MISSING
        return missing

    @cached_property
    def leads_by_text(self) -> npt.NDArray[np.int64]:
        """How many leads have each text."""
        return np.bincount(self.places[~self.is_missing], minlength=len(self.texts))

    @cached_property
    def is_numeric(self) -> bool:
        """Whether nearly all that is filled in is numbers."""
        filled = self.leads_by_text.sum()
        numbers = self.leads_by_text[~np.isnan(self.numbers)].sum()
        return bool(filled) and bool(numbers >= _NUMERIC_SHARE * filled)

    def number_of_leads(self) -> Numbers:
        """The number of each lead, NaN where it has none."""
        return np.append(self.numbers, np.nan)[self.places]


@dataclass(frozen=True)
class EventDays:
    """Days on which leads had events of a key: an entry each, by lead, the latest day first.

    `age` is in days, 0 on the day as of which all is seen; `count` is how many events there were.
    """

    place: Places
    age: Places
    count: Places


@dataclass(frozen=True)
class Past:
    """Leads in the order of their creation, what was known of them on a day, and what they did.

    `outcome` is what their `converted` tells: customer or opportunity.
    `filled_young` has, for columns, the share of leads too young to count that have a value: what
    is only filled in once the outcome is known is missing there. `described` says of event keys
    what they mean, where a person wrote it. `bounds` are where rules of today cut an attribute:
    lower and upper ends, each None where there is none.
    """

    leads: Leads
    day: int
    outcome: str
    columns: Sequence[Column]
    events: Mapping[str, EventDays]
    filled_young: Mapping[str, float]
    described: Mapping[str, str]
    bounds: Mapping[str, Sequence[tuple[float | None, float | None]]] = field(default_factory=dict)

    def without(self, names: Container[str]) -> "Past":
        """The same without the columns and event keys of these names."""
        return replace(
            self,
            columns=[column for column in self.columns if column.name not in names],
            events={key: days for key, days in self.events.items() if key not in names},
        )

    @property
    def taught(self) -> int:
        """How many leads, the first ones, teach; the others are held out."""
        return self.leads.first_held_out

    @cached_property
    def converted(self) -> Flags:
        """Whether each lead that teaches converted."""
        return self.leads.converted[: self.taught]

    @cached_property
    def folds(self) -> Places:
        """The part of each lead that teaches: slices of time, in turn, so that all have all."""
        return np.arange(self.taught) * FOLDS * SLICES // max(1, self.taught) % FOLDS

    @cached_property
    def every(self) -> "Counts":
        """The counts of all leads that teach, in one bin."""
        return counted(np.zeros(self.taught, dtype=np.int64), 1, self)


@dataclass(frozen=True)
class Counts:
    """Leads and wins by bin, of all leads that teach and of those outside each fold.

    Arrays of (1 + FOLDS) × bins; row 0 is all.
    """

    leads: Numbers
    wins: Numbers


def counted(bins: Places, number: int, past: Past) -> Counts:
    """Counts of the leads that teach by their bin, 0 up to before `number`."""
    place = past.folds * number + bins[: past.taught]
    leads, wins = (
        np.bincount(place, weights, FOLDS * number).reshape(FOLDS, number).astype(float)
        for weights in (None, past.converted)
    )
    return Counts(*(np.vstack([of.sum(0), of.sum(0) - of]) for of in (leads, wins)))
