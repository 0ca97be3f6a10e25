"""Which blocks a table takes, and the whole points of their rules.

A logistic regression on one cross-fitted column a block; blocks are left out until each has a
coefficient above 0 by two standard errors. Then whole points, 100 of which span the leads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from scripts.quality.proposing.bins import GAINS, Fineness
from scripts.quality.proposing.blocks import Block, Maker, Rule
from scripts.quality.proposing.known import FOLDS, SLICES, Past
from scripts.quality.proposing.logistic import Regression, logistic
from scripts.shared.statistics import Flags, Numbers

# A block stays where its coefficient is so many standard errors above 0.
LEAST_Z = 2.0
# Log odds of blocks that vary less tell nothing worth a rule.
_LEAST_VARIANCE = 0.003
# Blocks that correlate more are one.
_SAME = 0.95
_MOST_BLOCKS = 80
# So many points span all leads but the outermost thousandths.
SPAN = 100
_OUTERMOST = 0.001
_RIDGE = 1.0
# That a table is found in outcomes that nothing tells.
_CHANCE = 0.05
# How far single rules may leave their block's weights, from hardly to freely.
_REFITS = (0.003, 0.01, 0.03, 0.1, 0.3)
_PARTS = 4
# A loss that is higher by no more than this share is as good, if the table is plainer.
_ALIKE = 0.0005
_SEED = 20250630
_RESAMPLED_LEADS = 20_000
# How often the scale is made smaller, until the points span no more than they may.
_TRIES = 5


@dataclass(frozen=True)
class Chosen:
    """The rules of a proposal with their points, and what they add up to.

    `blocks` has the name of each rule's block; `units` are leads × rules, `start` what every lead
    has; `scores` those of all leads, between 0 and `most`.
    """

    rules: Sequence[Rule]
    kinds: Sequence[str]
    blocks: Sequence[str]
    points: Numbers
    units: Numbers
    start: int
    most: int
    scores: Numbers


@dataclass(frozen=True)
class Pick:
    """Blocks that tell something, the places of those that a table takes, and their coefficients.

    `loss` is the logarithmic loss of leads foretold without them, from cross-fitted columns.
    """

    blocks: Sequence[Block]
    places: Sequence[int]
    slopes: Numbers
    loss: float
    most_rules: int

    @property
    def columns(self) -> Numbers:
        """The cross-fitted columns of all blocks, leads × blocks."""
        return np.column_stack([block.cross_fitted for block in self.blocks]).astype(float)


def best_pick(
    past: Past,
    makers: Sequence[Maker],
    further: Sequence[Block],
    most_bins: int,
    most_rules: int,
) -> Pick | None:
    """The blocks of a table of at most so many rules, no finer cut than foretells leads well.

    Those of `further` only where the others foretell less well without them. None where no block
    tells anything.
    """
    candidates = len(makers) + len(further)
    finer = []
    for gain in GAINS:
        made = [maker(Fineness(gain, most_bins)) for maker in makers]
        finer.append([block for block in made if block])
    offered = [*finer, *([*blocks, *further] for blocks in finer if further)]
    tried = [_pick(past, blocks, candidates, most_rules) for blocks in offered]
    picks = [picked for picked in tried if picked]
    least = min((picked.loss for picked in picks), default=0.0)
    return next((picked for picked in picks if picked.loss <= least * (1 + _ALIKE)), None)


def _pick(past: Past, blocks: Sequence[Block], candidates: int, most_rules: int) -> Pick | None:
    kept = _distinct(past, _telling(past, blocks, candidates))
    if not kept:
        return None
    columns = np.column_stack([block.cross_fitted for block in kept]).astype(float)
    rules = np.array([len(block.rules) for block in kept])
    places, slopes = _significant(columns, past.converted, rules, most_rules)
    if not places:
        return None
    losses = []
    for fold in range(FOLDS):
        own = past.folds == fold
        taken = columns[:, places]
        found = logistic(taken[~own], past.converted[~own], np.full(len(places), _RIDGE))
        losses.append(_loss(found, taken[own], past.converted[own]))
    return Pick(kept, places, slopes, float(np.mean(losses)), most_rules)


def stays(past: Past, picked: Pick, resamples: int) -> dict[str, float]:
    """In what share of resamples of the leads each block is taken (Efron's bootstrap, seeded)."""
    random = np.random.default_rng(_SEED)
    number = min(past.taught, _RESAMPLED_LEADS)
    columns = picked.columns
    rules = np.array([len(block.rules) for block in picked.blocks])
    times = np.zeros(len(picked.blocks))
    for _ in range(resamples):
        leads = random.integers(0, past.taught, number)
        places, _ = _significant(columns[leads], past.converted[leads], rules, picked.most_rules)
        times[places] += 1
    return {
        block.name: float(of) / resamples for block, of in zip(picked.blocks, times, strict=True)
    }


def pointed(past: Past, picked: Pick) -> Chosen | None:
    """The whole points of the rules of the blocks taken; None where all are 0."""
    taken = [picked.blocks[place] for place in picked.places]
    rules = [(block, place) for block in taken for place in range(len(block.rules))]
    units = np.column_stack([block.units(place) for block, place in rules])
    slopes = np.repeat(picked.slopes, [len(block.rules) for block in taken])
    weights = slopes * np.concatenate([block.weights for block in taken])
    taught = past.taught
    weights = _refitted(units[:taught], past.converted, weights)
    points = _whole(units[:taught], past.converted, weights)
    told = np.flatnonzero(points)
    if not len(told):
        return None
    sums = units[:, told] @ points[told]
    start = started(sums[:taught])
    return Chosen(
        [rules[n][0].rules[rules[n][1]] for n in told],
        [rules[n][0].kind for n in told],
        [rules[n][0].name for n in told],
        points[told], units[:, told], start, SPAN, np.clip(sums + start, 0, SPAN),
    )  # fmt: skip


def started(sums: Numbers) -> int:
    """What every lead has, so that hardly one lies below 0."""
    return int(-np.floor(np.quantile(sums, _OUTERMOST)))


def ended(scores: Numbers) -> int:
    """The highest score there should be, so that hardly one lies above: 100, or more tens."""
    return max(SPAN, 10 * int(np.ceil(np.quantile(scores, 1 - _OUTERMOST) / 10)))


def _telling(past: Past, blocks: Sequence[Block], candidates: int) -> list[Block]:
    """Blocks whose cross-fitted column tells something by itself, those that tell most first.

    None where not one of so many candidates tells more than the best of them would by chance
    (Bonferroni).
    """
    rate = past.converted.mean()
    found, highest = [], 0.0
    for block in blocks:
        column = block.cross_fitted - block.cross_fitted.mean()
        spread = float(np.sqrt((column.astype(float) ** 2).sum() * rate * (1 - rate)))
        if spread == 0 or np.var(block.column[: past.taught]) < _LEAST_VARIANCE:
            continue
        z = float(column @ (past.converted - rate)) / spread
        highest = max(highest, z)
        if z >= LEAST_Z:
            found.append(block)
    if highest < NormalDist().inv_cdf(1 - _CHANCE / max(1, candidates)):
        return []
    return sorted(found, key=lambda block: (-block.gain, block.name))


def _distinct(past: Past, blocks: Sequence[Block]) -> list[Block]:
    """Blocks that are not nearly the same as one that tells more."""
    kept: list[Block] = []
    known: list[Numbers] = []
    for block in blocks:
        column = block.column[: past.taught]
        column = column - column.mean()
        column /= np.sqrt((column**2).sum())
        if all(abs(float(column @ other)) <= _SAME for other in known):
            kept.append(block)
            known.append(column)
        if len(kept) == _MOST_BLOCKS:
            break
    return kept


def _significant(
    columns: Numbers, converted: Flags, rules: Numbers, most_rules: int
) -> tuple[list[int], Numbers]:
    """The places of the blocks that stay, and their coefficients.

    Several are left out at a time by what the last fit says of the fit without them; then all is
    fitted again.
    """
    chosen = list(range(len(rules)))
    while chosen:
        found = logistic(columns[:, chosen], converted, np.full(len(chosen), _RIDGE))
        left = _without(found, rules[chosen], most_rules)
        if len(left) == len(chosen):
            return chosen, found.slopes
        chosen = [chosen[n] for n in left]
    return [], np.empty(0)


def _without(found: Regression, rules: Numbers, most_rules: int) -> list[int]:
    """The places that stay when the weakest go one by one, each by the normal approximation."""
    left = list(range(len(found.slopes)))
    slopes, covariance = found.slopes.copy(), found.covariance[:-1, :-1].copy()
    while left:
        z = slopes / np.sqrt(np.diag(covariance))
        weakest = int(np.argmin(z))
        if z[weakest] >= LEAST_Z:
            if rules[left].sum() <= most_rules:
                break
            weakest = int(np.argmin(z**2 / rules[left]))
        # The normal distribution of the others where this one is 0.
        factor = covariance[:, weakest] / covariance[weakest, weakest]
        slopes = slopes - factor * slopes[weakest]
        covariance = covariance - np.outer(factor, covariance[weakest])
        keep = np.arange(len(left)) != weakest
        slopes, covariance = slopes[keep], covariance[np.ix_(keep, keep)]
        left.pop(weakest)
    return left


def _refitted(units: Numbers, converted: Flags, weights: Numbers) -> Numbers:
    """The weights of single rules fitted together, near those of their blocks.

    Only where later leads are foretold better by it, and no rule's sign turns in company.
    """
    base = units @ weights
    spread = float(base.std()) or 1.0
    columns = np.column_stack([10 * base / spread, units])
    parts = list(_tests(len(converted)))

    def loss(ridge: float | None) -> float:
        used = columns[:, :1] if ridge is None else columns
        penalty = np.append(1.0, np.full(used.shape[1] - 1, 0.0 if ridge is None else 1 / ridge))
        return float(np.mean([
            _loss(logistic(used[taught], converted[taught], penalty), used[tested],
                  converted[tested])
            for taught, tested in parts
        ]))  # fmt: skip

    losses = [loss(ridge) for ridge in _REFITS]
    if min(losses) >= loss(None):
        return weights
    ridge = _REFITS[int(np.argmin(losses))]
    penalty = np.append(1.0, np.full(units.shape[1], 1 / ridge))
    found = logistic(columns, converted, penalty).slopes
    together: Numbers = 10 * found[0] / spread * weights + found[1:]
    return np.where(np.sign(together) == np.sign(weights), together, 0.0)


def _tests(number: int) -> list[tuple[Numbers, Numbers]]:
    """Leads to learn from and to test on: later ones by earlier, and each fold by the others."""
    place = np.arange(number)
    cuts = (np.linspace(0.5, 1, _PARTS + 1) * number).astype(int)
    in_time = [(place[: cuts[part]], place[cuts[part] : cuts[part + 1]]) for part in range(_PARTS)]
    fold = place * FOLDS * SLICES // max(1, number) % FOLDS
    return in_time + [(place[fold != part], place[fold == part]) for part in range(FOLDS)]


def _loss(found: Regression, columns: Numbers, converted: Flags) -> float:
    """The mean logarithmic loss, once the mean is right: how many convert is not asked."""
    odds = found.odds(columns)
    odds = odds + _shift(odds, converted)
    return float(np.logaddexp(0, np.where(converted, -odds, odds)).mean())


def _shift(odds: Numbers, converted: Flags) -> float:
    """What added to log odds makes their mean probability that of the leads."""
    if converted.all() or not converted.any():
        return 0.0
    shift = 0.0
    for _ in range(25):
        rate = 1 / (1 + np.exp(-np.clip(odds + shift, -30, 30)))
        step = float((converted - rate).sum() / ((rate * (1 - rate)).sum() + 1e-6))
        shift += min(2.0, max(-2.0, step))
        if abs(step) < 1e-8:
            break
    return shift


def _whole(units: Numbers, converted: Flags, weights: Numbers) -> Numbers:
    """Whole points: weights on a scale on which 100 span the leads, rounded, then point by point.

    Where steps widened the span, the scale is made smaller, or the ends would be cut off.
    """
    low, high = np.quantile(units @ weights, [_OUTERMOST, 1 - _OUTERMOST])
    if high <= low:
        return np.zeros(len(weights))
    scale = SPAN / (high - low)
    for _ in range(_TRIES):
        points = _descended(units, converted, weights, scale)
        low, high = np.quantile(units @ points, [_OUTERMOST, 1 - _OUTERMOST])
        if high - low <= SPAN:
            break
        scale *= SPAN / (high - low)
    return points


def _descended(units: Numbers, converted: Flags, weights: Numbers, scale: float) -> Numbers:
    """Points a log odds on a scale, rounded, then moved one by one while leads get likelier.

    None turns its sign.
    """
    points = np.sign(weights) * np.floor(np.abs(weights * scale) + 0.5)
    sums = units @ points
    shift = _shift(sums / scale, converted)
    sign = np.where(converted, -1.0, 1.0)

    def loss(of: Numbers) -> float:
        return float(np.logaddexp(0, sign * (of / scale + shift)).sum())

    now = loss(sums)
    for rule, step in [(rule, step) for rule in range(len(points)) for step in (1.0, -1.0)] * 3:
        changed = points[rule] + step
        if changed and np.sign(changed) != np.sign(weights[rule]):
            continue
        then = loss(sums + step * units[:, rule])
        if then < now - 1e-9:
            points[rule], sums, now = changed, sums + step * units[:, rule], then
    return points + 0.0
