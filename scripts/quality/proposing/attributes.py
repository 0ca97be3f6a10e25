"""Candidates among attributes: a block for each column, by its values, numbers or words."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from scripts.quality.point_tables import read_rows
from scripts.quality.proposing import words
from scripts.quality.proposing.bins import (
    LEAST_GAIN,
    LEAST_LEADS,
    LEAST_OF_A_TEXT,
    Fineness,
    edges,
    gained,
    kept,
    merged,
    sorted_by_rate,
)
from scripts.quality.proposing.blocks import (
    FIT,
    NO_RULE,
    Block,
    Cut,
    Maker,
    Rule,
    cross_fitted,
    cut,
)
from scripts.quality.proposing.known import Column, Counts, Past, Places, counted
from scripts.seeds.checks.cells import can_stand
from scripts.shared.statistics import Numbers
from scripts.shared.text import text_key

# Of more texts than this the rest are rare ones: no rule names them.
_MOST_TEXTS = 200
# Words of titles and the like that are looked for, and how many of a column.
_WORD = re.compile(r"[^\W\d_]{4,}")
_MOST_WORDS = 60
TABLE = "attribute_points"


def attribute_makers(past: Past, columns: Sequence[Column]) -> Iterator[Maker]:
    """What makes a block of each column that differs; of columns of many texts, of their words."""
    for column in columns:
        maker = _numbers(past, column) if column.is_numeric else None
        maker = maker or _texts(past, column)
        if maker:
            yield maker
        if not column.is_numeric and column.name != "email_domain" and has_words(column):
            yield from _words(past, column)


def has_words(column: Column) -> bool:
    """Whether a column's texts differ so much that its words tell more than they do."""
    filled = column.leads_by_text.sum()
    frequent = column.leads_by_text[column.leads_by_text >= LEAST_OF_A_TEXT].sum()
    return bool(filled >= LEAST_LEADS and frequent < 0.8 * filled)


def _numbers(past: Past, column: Column) -> Maker | None:
    """Bins of numbers in order; what is missing is a group of its own, other texts are none."""
    taught = column.places[: past.taught]
    known = np.bincount(taught[taught >= 0], minlength=len(column.texts))
    starts = edges(column, known.astype(float))
    if not len(starts):
        return None
    of_today = _starts(column, past.bounds.get(column.name, ()))
    starts = np.union1d(starts, of_today)
    kept_bins = 1 + np.searchsorted(starts, of_today)
    numbers = column.number_of_leads()
    last = len(starts)
    bins = np.where(np.isnan(numbers), last + 1, np.searchsorted(starts, numbers, "right"))
    bins = np.where(column.is_missing, last + 2, bins)
    counts = counted(bins, last + 3, past)

    def cut_of(part: int, fineness: Fineness) -> Cut | None:
        leads, wins = counts.leads[part], counts.wins[part]
        groups = kept(merged(wins[: last + 1], leads[: last + 1], fineness), wins, leads, kept_bins)
        return _cut(groups, last + 2, counts, part)

    def rule_of(group: Sequence[int]) -> Rule:
        if group[0] > last:
            return _missing(column)
        lower = starts[group[0] - 1] if group[0] > 0 else None
        upper = None
        if group[-1] < last:
            upper = starts[group[-1]] - 10.0**-column.decimals
        return _range(column.name, lower, upper, column.decimals)

    return lambda fineness: block_of(
        past, column.name, FIT, bins, counts, lambda part: cut_of(part, fineness), rule_of
    )


def bounds_of(model: str) -> dict[str, list[tuple[float | None, float | None]]]:
    """Where the rules of a model cut each attribute: their lower and upper ends."""
    found: dict[str, list[tuple[float | None, float | None]]] = defaultdict(list)
    for row in read_rows(TABLE):
        ends = [float(row[end]) if words.is_number(row[end].strip()) else None
                for end in ("lower", "upper")]  # fmt: skip
        if row["score_model"] == model and any(end is not None for end in ends):
            found[row["attribute"].strip()].append((ends[0], ends[1]))
    return found


def _starts(column: Column, bounds: Sequence[tuple[float | None, float | None]]) -> Numbers:
    """The numbers from which on ranges begin, or end before, among those of the column."""
    step = 10.0**-column.decimals
    lower = [low for low, _ in bounds if low is not None]
    upper = [high + step for _, high in bounds if high is not None]
    known = column.numbers[~np.isnan(column.numbers)]
    starts = np.unique(np.round(np.array(lower + upper, dtype=float), column.decimals))
    found: Numbers = starts[(starts > known.min()) & (starts <= known.max())]
    return found


def _texts(past: Past, column: Column) -> Maker | None:
    """Texts that go together by what their leads became; rare ones have no rule."""
    taught = column.places[: past.taught]
    known = np.bincount(taught[taught >= 0], minlength=len(column.texts))
    usable = np.array([can_be_named(text) for text in column.texts], dtype=bool)
    frequent = np.flatnonzero((known >= LEAST_OF_A_TEXT) & usable)
    frequent = frequent[np.argsort(-known[frequent], kind="stable")][:_MOST_TEXTS]
    if not len(frequent):
        return None
    rare, missing = len(frequent), len(frequent) + 1
    of_text = np.full(len(column.texts) + 1, rare)
    of_text[frequent] = np.arange(rare)
    of_text[-1] = missing
    bins = of_text[column.places]
    counts = counted(bins, missing + 1, past)

    def cut_of(part: int, fineness: Fineness) -> Cut | None:
        leads, wins = counts.leads[part][:rare], counts.wins[part][:rare]
        present = np.flatnonzero(leads >= LEAST_OF_A_TEXT)
        if not len(present):
            return None
        base = counts.wins[part].sum() / counts.leads[part].sum()
        order = present[sorted_by_rate(wins[present], leads[present], base)]
        groups = merged(wins[order], leads[order], fineness, may_turn=True)
        return _cut([[int(order[n]) for n in group] for group in groups], missing, counts, part)

    def rule_of(group: Sequence[int]) -> Rule:
        if group[0] == missing:
            return _missing(column)
        return _named(column.name, sorted(column.texts[frequent[n]] for n in group))

    return lambda fineness: block_of(
        past, column.name, FIT, bins, counts, lambda part: cut_of(part, fineness), rule_of
    )


def _cut(groups: list[list[int]], missing: int, counts: Counts, part: int) -> Cut | None:
    """A cut of groups that are large enough, what is missing among them."""
    leads = counts.leads[part]
    groups = [group for group in groups if leads[group].sum() >= LEAST_LEADS]
    if leads[missing] >= LEAST_LEADS:
        groups.append([missing])
    has_rest = leads.sum() - sum(leads[group].sum() for group in groups) >= LEAST_LEADS
    if not groups or (len(groups) == 1 and not has_rest):
        return None
    # Groups stand beside the leads without one; where there are few, beside the most frequent.
    return cut(groups, NO_RULE if has_rest else None, counts, part)


def block_of(
    past: Past,
    name: str,
    kind: str,
    bins: Places,
    counts: Counts,
    cut_of: Callable[[int], Cut | None],
    rule_of: Callable[[Sequence[int]], Rule],
) -> Block | None:
    """The block of disjoint groups of bins; None where all leads are of one.

    `cut_of` cuts by the leads of a part (0: all that teach), `rule_of` makes a rule of bins.
    """
    found = cut_of(0)
    if found is None or not found.groups:
        return None
    groups = [found.group == group for group in found.groups]
    place = np.full(len(found.group), NO_RULE, np.int8)
    for number, own in enumerate(groups):
        place[own] = number

    def values(part: int) -> Numbers | None:
        cut_without = cut_of(part)
        return None if cut_without is None else cut_without.weights[bins]

    parts = [np.isin(found.group, list(found.unruled)), *groups]
    gain = gained(
        np.array([counts.wins[0][own].sum() for own in parts]),
        np.array([counts.leads[0][own].sum() for own in parts]),
    )
    return Block(
        name, kind, [rule_of(np.flatnonzero(own).tolist()) for own in groups],
        place[bins], None, np.array([found.weights[own][0] for own in groups]),
        cross_fitted(past, values), gain - LEAST_GAIN / 2 * (len(groups) - 1),
    )  # fmt: skip


def _words(past: Past, column: Column) -> Iterator[Maker]:
    """What makes a block of each frequent word of a column that tells something by itself."""
    keys = [text_key(text) or "" for text in column.texts]
    seen: Counter[str] = Counter()
    for key, leads in zip(keys, column.leads_by_text.tolist(), strict=True):
        seen.update(dict.fromkeys(_WORD.findall(key), leads))
    common = [(word, leads) for word, leads in seen.items() if leads >= LEAST_LEADS]
    for word, _ in sorted(common, key=lambda found: (-found[1], found[0]))[:_MOST_WORDS]:
        holds = np.array([word in key for key in keys] + [False])
        bins = holds[column.places].astype(int)
        counts = counted(bins, 2, past)

        def cut_of(part: int, counts: Counts = counts) -> Cut | None:
            enough = counts.leads[part].min() >= LEAST_LEADS
            return cut([[1]], NO_RULE, counts, part) if enough else None

        def rule_of(_: Sequence[int], word: str = word) -> Rule:
            cells = {"attribute": column.name, "operator": "contains", "value": word}
            given = {"attribute": column.name, "value": word}
            return Rule(TABLE, cells, f"{words.attribute(column.name)} has the word {word}", given)

        block = block_of(past, f"{column.name}: {word}", FIT, bins, counts, cut_of, rule_of)
        if block and block.gain >= LEAST_GAIN:
            yield partial(_as_is, block)


def _as_is(block: Block, _: Fineness) -> Block:
    return block


def can_be_named(text: str) -> bool:
    """Whether a rule can ask for a text by `equals` or `in`, and a spreadsheet leaves it be."""
    return "|" not in text and text == text.strip() and can_stand(text)


def _missing(column: Column) -> Rule:
    said = f"{words.attribute(column.name)} is not known"
    return Rule(TABLE, {"attribute": column.name, "operator": "is_missing"}, said, {})


def _named(name: str, texts: Sequence[str]) -> Rule:
    operator = "equals" if len(texts) == 1 else "in"
    cells = {"attribute": name, "operator": operator, "value": "|".join(texts)}
    said = f"{words.attribute(name)} is {words.listed(texts)}"
    return Rule(TABLE, cells, said, {"attribute": name, "value": texts[0]})


def _range(name: str, lower: float | None, upper: float | None, decimals: int) -> Rule:
    """A rule for numbers from one to another, both included; None: without end."""
    low, high = (words.number(end, decimals) for end in (lower, upper))
    operator = "at_most" if not low else "between" if high else "at_least"
    cells = {"attribute": name, "operator": operator, "lower": low, "upper": high}
    said = f"{words.attribute(name)} {words.span(lower, upper, decimals)}"
    return Rule(TABLE, cells, said, {"attribute": name, "value": low or high})


def count_range(
    measure: Mapping[str, str], said: str, lower: int, upper: int | None, persona: Mapping[str, str]
) -> Rule:
    """A rule for a measure of whole numbers from one to another."""
    ranged = _range(measure["measure"], lower, upper, 0)
    return Rule(TABLE, ranged.cells, said, persona, measure)
