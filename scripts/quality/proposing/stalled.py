"""Candidates among pairs of events: leads that did one thing, and not yet what follows from it.

The first of two steps may be a good sign alone and a bad one in company of the second: who was
called and has no offer yet is worse off than who was not called. No single rule says so without
turning its sign; a segment of both conditions does.
"""

from collections.abc import Iterator
from itertools import permutations

import numpy as np

from scripts.quality.proposing import words
from scripts.quality.proposing.attributes import TABLE, block_of
from scripts.quality.proposing.bins import LEAST_GAIN, LEAST_LEADS
from scripts.quality.proposing.blocks import ENGAGEMENT, NO_RULE, Block, Cut, Rule, cut
from scripts.quality.proposing.known import Past, counted
from scripts.shared.statistics import Flags

# A step follows from another where so large a share of its leads did the other too.
_FOLLOWS = 0.95
# What so large a share of the leads did is no step: not to have done the other says as much.
_USUAL = 0.95
# Among so many event keys, those of most leads, pairs are looked for.
_MOST_KEYS = 30


def stalled_blocks(past: Past) -> Iterator[Block]:
    """A block of one rule for each pair of steps after the first of which leads convert less."""
    did = _leads_by_key(past)
    taken: set[str] = set()
    for first, second in permutations(did, 2):
        stands = did[first] & ~did[second]
        if not _is_step(did[first], did[second], stands, past.taught):
            continue
        name = words.unique(words.slug(f"{first} without {second}"), taken)
        block = _block(past, stands, name, first, second)
        if block and block.gain >= LEAST_GAIN and block.weights[0] < 0:
            yield block


def _leads_by_key(past: Past) -> dict[str, Flags]:
    """Whether each lead had an event of a key, of the keys that most leads had."""
    did = {}
    for key, days in past.events.items():
        did[key] = np.zeros(len(past.leads.lead_id), dtype=bool)
        did[key][days.place] = True
    usual = {key: int(of[: past.taught].sum()) for key, of in did.items()}
    keys = sorted(did, key=lambda key: (-usual[key], key))[:_MOST_KEYS]
    return {key: did[key] for key in keys if LEAST_LEADS <= usual[key] <= _USUAL * past.taught}


def _is_step(first: Flags, second: Flags, stands: Flags, taught: int) -> bool:
    """Whether the second follows from the first, and enough leads stand between the two."""
    went_on = (first & second)[:taught].sum() >= _FOLLOWS * second[:taught].sum()
    return bool(went_on and LEAST_LEADS <= stands[:taught].sum() <= taught - LEAST_LEADS)


def _block(past: Past, stands: Flags, name: str, first: str, second: str) -> Block | None:
    bins = stands.astype(np.int64)
    counts = counted(bins, 2, past)

    def cut_of(part: int) -> Cut | None:
        enough = counts.leads[part].min() >= LEAST_LEADS
        return cut([[1]], NO_RULE, counts, part) if enough else None

    rule = _rule(past, name, first, second)
    title = f"{first} without {second}"
    return block_of(past, title, ENGAGEMENT, bins, counts, cut_of, lambda _: rule)


def _rule(past: Past, name: str, first: str, second: str) -> Rule:
    """A rule on a segment: an event of the first key, and none of the second."""
    did, missed = (words.event(key, past.described.get(key, "")) for key in (first, second))
    said = f"{did}, but not yet: {missed}"
    measure = {
        "measure": words.slug(f"{second} count ever"),
        "statistic": "count",
        "event_key": second,
        "window_days": "",
        "description": f"{missed}: how often",
    }
    segment = [
        {"segment": name, "event_key": first, "description": did},
        {"segment": name, "attribute": measure["measure"], "operator": "at_most", "upper": "0",
         "description": f"and not yet: {missed}"},
    ]  # fmt: skip
    cells = {"attribute": f"in_segment:{name}", "operator": "equals", "value": "yes"}
    given = {"event_key": first, "occurrences": "1"}
    return Rule(TABLE, cells, said, given, measure, segment)
