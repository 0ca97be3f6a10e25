"""Candidates among events: for each key its best window, limits and decay, or its number in bins.

A key has one block: points for each event, or points for how many there were, whichever tells
more. Silence has one of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from scripts.quality.proposing import words
from scripts.quality.proposing.attributes import block_of, count_range
from scripts.quality.proposing.bins import (
    FINE_BINS,
    LEAST_GAIN,
    LEAST_LEADS,
    Fineness,
    gained,
    log_odds,
    merged,
)
from scripts.quality.proposing.blocks import (
    ENGAGEMENT,
    NO_RULE,
    Block,
    Cut,
    Maker,
    Rule,
    cross_fitted,
    cut,
)
from scripts.quality.proposing.known import FOLDS, Counts, EventDays, Past, Places, counted
from scripts.shared.statistics import Numbers

WINDOWS = (1, 3, 7, 14, 30, 60, 90)
LIMITS = (1, 2, 3, 5, 10)
HALF_LIVES = (3, 7, 14, 30)
SILENT_DAYS = (1, 2, 3, 5, 7, 14, 30, 45, 60, 90)
# What a window, a limit a day, a limit above 1 or a decay must gain in deviance to be worth it.
_COST_OF_A_SETTING = 4.0
# Of the slope of a rule's units so much is kept, as small bins are drawn to the mean.
_SHRINKAGE = 0.95
_MOST_COUNT_BINS = 4
ANY_ENGAGEMENT = "any_engagement"


@dataclass(frozen=True)
class Setting:
    """How events of a key count: the columns of event_points but the points, in days."""

    window: int | None
    per_day: int | None
    limit: int
    half_life: int | None

    @property
    def cost(self) -> float:
        """What the setting must gain to be preferred to a plainer one."""
        used = (self.window, self.per_day, self.half_life)
        return _COST_OF_A_SETTING * (sum(part is not None for part in used) + (self.limit > 1))


@dataclass(frozen=True)
class Line:
    """A logistic regression on the units of a setting, of one part: its slope and its gain."""

    setting: Setting
    slope: float
    gain: float


def event_makers(past: Past) -> Iterator[Maker]:
    """What makes a block of each key that enough leads have, and one of silence."""
    for key, days in past.events.items():
        if len(np.unique(days.place[days.place < past.taught])) >= LEAST_LEADS:
            yield _maker(past, key, days)
    if ANY_ENGAGEMENT in past.events:
        silent = _silence(past, past.events[ANY_ENGAGEMENT])
        if silent:
            yield lambda _: silent


def _maker(past: Past, key: str, days: EventDays) -> Maker:
    """What makes the block of a key, of points for each event or for how many there were."""
    of_each = _units_block(past, key, days)
    candidates = list(_counts(past, days))

    def make(fineness: Fineness) -> Block | None:
        of_number = _count_block(past, key, candidates, fineness)
        return max(filter(None, (of_each, of_number)), key=lambda block: block.gain, default=None)

    return make


def units(days: EventDays, number: int, setting: Setting) -> Numbers:
    """The units of an event rule for each of `number` leads, as the factors of the build have them.

    Of each day at most `per_day`, then the latest `limit`, weighted by 0.5 ^ (age / half_life).
    """
    kept = slice(None) if setting.window is None else days.age < setting.window
    place, age, count = days.place[kept], days.age[kept], days.count[kept]
    if setting.per_day is not None:
        count = np.minimum(count, setting.per_day)
    if not len(place):
        return np.zeros(number)
    total = np.cumsum(count)
    starts = np.flatnonzero(np.diff(place, prepend=-1))
    before_lead = np.repeat(total[starts] - count[starts], np.diff(np.append(starts, len(place))))
    before = total - count - before_lead
    left = np.clip(setting.limit - before, 0, count).astype(float)
    if setting.half_life is not None:
        left *= np.round(0.5 ** (age / setting.half_life), 8)
    found: Numbers = np.bincount(place, left, number).astype(np.float64)
    return found


def _settings(days: EventDays) -> Iterator[Setting]:
    """Settings that may differ: those that all days pass, or that never bind, are left out."""
    oldest, most, span = int(days.age.max()), int(days.count.max()), int(np.ptp(days.age))
    windows = [window for window in WINDOWS if days.age.min() < window <= oldest]
    for window, per_day, limit in product([None, *windows], (None, 1), LIMITS):
        if per_day and (limit == 1 or most == 1):
            continue
        yield Setting(window, per_day, limit, None)
        if window is None and span:
            for half_life in HALF_LIVES:
                if half_life < (oldest + 1) / 2:
                    yield Setting(window, per_day, limit, half_life)


def _units_block(past: Past, key: str, days: EventDays) -> Block | None:
    best = _best_lines(past, days)
    line = best[0]
    if line is None or line.gain < LEAST_GAIN:
        return None
    setting = line.setting
    amount = units(days, len(past.leads.lead_id), setting)
    if amount.max() == amount.min():
        return None

    def values(part: int) -> Numbers | None:
        other = best[part]
        if other is None:
            return None
        return _SHRINKAGE * other.slope * units(days, len(amount), other.setting)

    return Block(
        f"event {key}", ENGAGEMENT, [_event_rule(past, key, setting)],
        np.where(amount > 0, 0, NO_RULE).astype(np.int8), amount.astype(np.float32),
        np.array([_SHRINKAGE * line.slope]), cross_fitted(past, values), line.gain,
    )  # fmt: skip


def _best_lines(past: Past, days: EventDays) -> list[Line | None]:
    """The best setting of each part (all that teach, and without each fold)."""
    best: list[Line | None] = [None] * (FOLDS + 1)
    scores = [0.0] * (FOLDS + 1)
    have = np.unique(days.place)
    local = replace(days, place=np.searchsorted(have, days.place))
    taught = have < past.taught
    for setting in _settings(days):
        found = units(local, len(have), setting)[taught]
        fired = int((found > 0).sum())
        if fired < LEAST_LEADS:
            continue
        levels, bins = _levels(found, setting)
        counts = _with_others(counted_of(past, have[taught], bins, len(levels)), past)
        for part, (slope, gain) in enumerate(zip(*lines(levels, counts), strict=True)):
            if setting.half_life is not None and slope < 0:
                continue  # the build lets no penalty fade
            if gain - setting.cost > scores[part]:
                scores[part] = gain - setting.cost
                best[part] = Line(setting, slope, gain - setting.cost)
    return best


def _levels(found: Numbers, setting: Setting) -> tuple[Numbers, Places]:
    """The distinct units with 0 first, and the place of each lead's; whole ones need no sorting."""
    if setting.half_life is None:
        bins = found.astype(np.int64)
        return np.arange(int(bins.max()) + 1, dtype=float), bins
    levels, bins = np.unique(np.append(0.0, found), return_inverse=True)
    return levels, bins[1:]


def counted_of(past: Past, leads: Places, bins: Places, number: int) -> Counts:
    """Counts by bin of some of the leads that teach."""
    place = past.folds[leads] * number + bins
    found = [
        np.bincount(place, weights, FOLDS * number).reshape(FOLDS, number).astype(float)
        for weights in (None, past.converted[leads])
    ]
    return Counts(*(np.vstack([of.sum(0), of.sum(0) - of]) for of in found))


def _with_others(counts: Counts, past: Past) -> Counts:
    """Counts with all other leads in bin 0, the one without units."""
    for own, whole in ((counts.leads, past.every.leads), (counts.wins, past.every.wins)):
        own[:, 0] += whole[:, 0] - own.sum(axis=1)
    return counts


def lines(levels: Numbers, counts: Counts) -> tuple[Numbers, Numbers]:
    """Slope and gain in deviance of a logistic regression on one number, for each part.

    `levels` are the numbers of the bins. Newton's method with a faint ridge on the slope.
    """
    leads, wins = counts.leads, counts.wins
    total = leads.sum(axis=1)
    mean = (leads @ levels / total)[:, np.newaxis]
    spread = np.sqrt((leads * (levels - mean) ** 2).sum(axis=1) / total)[:, np.newaxis]
    spread[spread == 0] = 1
    x = (levels - mean) / spread
    base = (wins.sum(axis=1) / total)[:, np.newaxis]
    start, slope = np.log(base / (1 - base)), np.zeros_like(base)
    for _ in range(8):
        rate = 1 / (1 + np.exp(-np.clip(start + slope * x, -30, 30)))
        weight, missed = leads * rate * (1 - rate), wins - leads * rate
        first = missed.sum(axis=1, keepdims=True)
        second = (missed * x).sum(axis=1, keepdims=True) - 1e-3 * slope
        h00 = weight.sum(axis=1, keepdims=True) + 1e-9
        h01 = (weight * x).sum(axis=1, keepdims=True)
        h11 = (weight * x * x).sum(axis=1, keepdims=True) + 1e-3
        determinant = h00 * h11 - h01 * h01
        start = start + (h11 * first - h01 * second) / determinant
        slope = slope + (h00 * second - h01 * first) / determinant
    rate = np.clip(1 / (1 + np.exp(-np.clip(start + slope * x, -30, 30))), 1e-12, 1 - 1e-12)
    fitted = (wins * np.log(rate) + (leads - wins) * np.log(1 - rate)).sum(axis=1)
    null = (wins * np.log(base) + (leads - wins) * np.log(1 - base)).sum(axis=1)
    return (slope / spread)[:, 0], 2 * (fitted - null)


@dataclass(frozen=True)
class _CountBins:
    """Fine bins of how many events, or days with one, leads had within a window."""

    statistic: str
    window: int | None
    starts: Places
    bins: Places
    counts: Counts

    @property
    def cost(self) -> float:
        used = (self.window is not None) + (self.statistic != "count")
        return _COST_OF_A_SETTING * used


def _count_block(
    past: Past, key: str, candidates: Sequence["_CountBins"], fineness: Fineness
) -> Block | None:
    """Points for how many events there were: the window and bins that tell most."""
    limited = replace(fineness, bins=min(fineness.bins, _MOST_COUNT_BINS))
    cuts = [_best_count(candidates, part, limited) for part in range(FOLDS + 1)]
    if cuts[0] is None:
        return None
    chosen, cut_of_all = cuts[0]
    block = block_of(
        past, f"event {key}", ENGAGEMENT, chosen.bins, chosen.counts,
        lambda part: None if part else cut_of_all,
        lambda group: _count_rule(past, key, chosen, group),
    )  # fmt: skip

    def values(part: int) -> Numbers | None:
        found = cuts[part]
        return None if found is None else found[1].weights[found[0].bins]

    return block and replace(
        block, cross_fitted=cross_fitted(past, values), gain=block.gain - chosen.cost
    )


def _counts(past: Past, days: EventDays) -> Iterator[_CountBins]:
    number = len(past.leads.lead_id)
    windows = [window for window in WINDOWS if days.age.min() < window <= days.age.max()]
    for window, statistic in product([None, *windows], ("count", "days")):
        if statistic == "days" and days.count.max() == 1:
            continue
        setting = Setting(window, 1 if statistic == "days" else None, 2**31 - 1, None)
        found = units(days, number, setting).astype(np.int64)
        values, leads = np.unique(found[: past.taught], return_counts=True)
        if len(values) < 2:
            continue
        starts = values[1:]
        if len(values) > FINE_BINS:
            below = np.cumsum(leads) / leads.sum()
            wanted = np.arange(1, FINE_BINS) / FINE_BINS
            starts = np.unique(values[np.searchsorted(below, wanted).clip(1)])
        bins = np.searchsorted(starts, found, "right")
        yield _CountBins(statistic, window, starts, bins, counted(bins, len(starts) + 1, past))


def _best_count(
    candidates: Sequence[_CountBins], part: int, fineness: Fineness
) -> tuple[_CountBins, Cut] | None:
    best, score = None, 0.0
    for candidate in candidates:
        leads, wins = candidate.counts.leads[part], candidate.counts.wins[part]
        groups = merged(wins, leads, fineness)
        if len(groups) < 2:
            continue
        gain = gained(*(np.array([of[group].sum() for group in groups]) for of in (wins, leads)))
        net = gain - fineness.gain * (len(groups) - 2) - candidate.cost
        if best is None or net > score:
            best, score = (candidate, cut(groups, 0, candidate.counts, part)), net
    return best


def _count_rule(past: Past, key: str, chosen: _CountBins, group: Sequence[int]) -> Rule:
    lower = int(chosen.starts[group[0] - 1])
    upper = int(chosen.starts[group[-1]]) - 1 if group[-1] < len(chosen.starts) else None
    said = words.event(key, past.described.get(key, ""))
    of_days = " on" if chosen.statistic == "days" else ""
    often = words.times(lower, upper)
    if of_days:
        often = often.replace("times", "days").replace("once", "one day")
    within = words.window(chosen.window)
    ever = "ever" if chosen.window is None else f"last_{chosen.window}_days"
    measure = {
        "measure": words.slug(f"{key}_{chosen.statistic}_{ever}"),
        "statistic": chosen.statistic,
        "event_key": key,
        "window_days": "" if chosen.window is None else str(chosen.window),
        "description": f"{said}: {'days with one' if of_days else 'how often'}{within}",
    }
    persona = {"event_key": key, "occurrences": str(lower), "statistic": chosen.statistic}
    return count_range(measure, f"{said},{of_days} {often}{within}", lower, upper, persona)


def _event_rule(past: Past, key: str, setting: Setting) -> Rule:
    said = words.event(key, past.described.get(key, "")) + words.window(setting.window)
    decays = setting.half_life is not None
    cells = {
        "event_key": key,
        "window_days": "" if setting.window is None else str(setting.window),
        "max_per_day": "" if setting.per_day is None else str(setting.per_day),
        "max_events": str(setting.limit),
        "decay": "exponential" if decays else "none",
        "decay_days": str(setting.half_life) if decays else "",
    }
    return Rule("event_points", cells, said, {"event_key": key, "occurrences": "1"})


def _silence(past: Past, days: EventDays) -> Block | None:
    """The silence from which on leads convert less, if there is one."""
    number = len(past.leads.lead_id)
    # Before any engagement silence counts from the creation, `day` days ago.
    since = np.full(number, past.day)
    first = np.flatnonzero(np.diff(days.place, prepend=-1))
    since[days.place[first]] = days.age[first]
    best: list[tuple[float, int, float] | None] = [None] * (FOLDS + 1)
    for silent in SILENT_DAYS:
        if silent > past.day:
            break
        counts = counted((since >= silent).astype(np.int64), 2, past)
        for part in range(FOLDS + 1):
            leads, wins = counts.leads[part], counts.wins[part]
            if leads.min() < LEAST_LEADS:
                continue
            base = wins.sum() / leads.sum()
            quiet = log_odds(wins, leads, base)
            gain = gained(wins, leads)
            if quiet[1] < quiet[0] and gain > (best[part] or (0.0,))[0]:
                best[part] = (gain, silent, float(quiet[1] - quiet[0]))
    if best[0] is None or best[0][0] <= LEAST_GAIN:
        return None
    gain, silent, weight = best[0]

    def values(part: int) -> Numbers | None:
        found = best[part]
        return None if found is None else np.where(since >= found[1], found[2], 0.0)

    cells = {"event_key": ANY_ENGAGEMENT, "silent_days": str(silent)}
    rule = Rule("inactivity_points", cells, f"Nothing heard for {silent} days or more", {})
    return Block(
        "silence", ENGAGEMENT, [rule], np.where(since >= silent, 0, NO_RULE).astype(np.int8),
        None, np.array([weight]), cross_fitted(past, values), gain,
    )  # fmt: skip
