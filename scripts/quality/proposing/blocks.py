"""A block: the rules that one attribute or one event key would have, and one column of them all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from scripts.quality.proposing.bins import Fineness, log_odds
from scripts.quality.proposing.known import FOLDS, Counts, Past, Places
from scripts.shared.statistics import Numbers

# No rule for the leads of a bin: they have the points of the lead that is usual.
NO_RULE = -1
FIT, ENGAGEMENT = "fit", "engagement"


@dataclass(frozen=True)
class Rule:
    """A row of a point table, without its points: `cells` are the columns of its condition.

    `words` say of a lead what it has. A measure that the rule asks for is a row of event_measures,
    a segment are rows of segments.
    `persona` is what gives a golden lead the rule: an attribute with its value, or an event.
    """

    table: str
    cells: Mapping[str, str]
    words: str
    persona: Mapping[str, str]
    measure: Mapping[str, str] = field(default_factory=dict)
    segment: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True)
class Block:
    """Rules of one attribute or key, of which a lead has one at most.

    `place` is that rule for each lead, NO_RULE for none; `amount` how often it counts (units).
    `weights` are log odds for a unit of each rule, beside leads without; `cross_fitted` what they
    amount to for each lead that teaches, by rules and weights made without it. `gain` is the
    deviance that the block explains, less what its rules cost.
    """

    name: str
    kind: str
    rules: Sequence[Rule]
    place: Places
    amount: npt.NDArray[np.float32] | None
    weights: Numbers
    cross_fitted: npt.NDArray[np.float32]
    gain: float

    def units(self, rule: int) -> Numbers:
        """How often a rule counts for each lead."""
        fired = self.place == rule
        return np.where(fired, 1.0 if self.amount is None else self.amount, 0.0)

    @property
    def column(self) -> Numbers:
        """The log odds of each lead by the block."""
        found = np.append(self.weights, 0.0)[self.place]
        return found if self.amount is None else found * self.amount


# What makes the block of a candidate at a fineness, None where it tells nothing.
Maker = Callable[[Fineness], Block | None]


@dataclass(frozen=True)
class Cut:
    """How the fine bins of a candidate are put together: for each bin its group, or NO_RULE.

    `usual` is the group without points. `weights` are by bin, beside those of the usual ones.
    """

    group: Places
    usual: int
    weights: Numbers

    @property
    def groups(self) -> list[int]:
        """The groups that have rules."""
        return [group for group in np.unique(self.group).tolist() if group not in self.unruled]

    @property
    def unruled(self) -> set[int]:
        """The groups without a rule."""
        return {NO_RULE, self.usual}


def cut(groups: Sequence[Sequence[int]], usual: int | None, counts: Counts, part: int) -> Cut:
    """The cut of `groups` of bins, with weights from the leads of a part (0: all that teach).

    Bins in no group have no rule. `usual` is the group without one, the most frequent where None.
    """
    leads, wins = counts.leads[part], counts.wins[part]
    base = wins.sum() / leads.sum()
    group = np.full(len(leads), NO_RULE)
    for number, bins in enumerate(groups):
        group[list(bins)] = number
    if usual is None:
        usual = max(range(len(groups)), key=lambda n: leads[list(groups[n])].sum())
    weights = np.zeros(len(leads))
    rest = np.isin(group, [NO_RULE, usual])
    reference = log_odds(wins[rest].sum(), leads[rest].sum(), base)
    for number in range(len(groups)):
        bins = group == number
        if number != usual:
            weights[bins] = log_odds(wins[bins].sum(), leads[bins].sum(), base) - reference
    return Cut(group, usual, weights)


def cross_fitted(past: Past, values: Callable[[int], Numbers | None]) -> npt.NDArray[np.float32]:
    """A column of the leads that teach, each fold's from what was made without it.

    `values` gives the log odds of all leads by what the leads outside a fold (1 to FOLDS) made,
    None where they made nothing. Each part is centred, as the folds' usual leads differ.
    """
    result = np.zeros(past.taught, dtype=np.float32)
    for part in range(1, FOLDS + 1):
        found = values(part)
        if found is not None:
            own = past.folds == part - 1
            taught = found[: past.taught]
            result[own] = taught[own] - taught[~own].mean()
    return result
