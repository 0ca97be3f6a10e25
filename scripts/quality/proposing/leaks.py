"""What a proposal must not use: columns filled in after the outcome, protected ones, ids, texts.

A column that was filled in afterwards tells itself by foretelling too well, by values with which
nearly all convert, by being empty until then, or by being empty for leads too young to have come
that far. The bounds are those at which, of 40 honest columns of nine data sets, none was refused.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.stats import rankdata

from scripts.quality.evaluation import looks_known_afterwards
from scripts.quality.point_tables import read_rows
from scripts.quality.proposing.bins import FINE_BINS, LEAST_LEADS
from scripts.quality.proposing.known import Column, EventDays, Past, Places, counted
from scripts.quality.proposing.logistic import logistic
from scripts.shared.statistics import Numbers, measure
from scripts.shared.text import text_words

# AUC of a column alone, out of fold; of whether it is filled in; by how much less it is filled in
# for new leads; and what it adds to the AUC of all others.
_AUC, _FILLED_AUC, _FILLED_APART, _GAIN = 0.80, 0.65, 0.30, 0.03
# From here on a person is asked.
_AUC_TO_ASK, _FILLED_AUC_TO_ASK = 0.75, 0.60
# Share of the wins with values with which nearly all convert.
_PURE_WINS, _PURE_WINS_TO_ASK = 0.25, 0.05
_PSEUDO = 5.0
_MOST_TEXTS = 300
# Texts of which so large a share differs are one lead's own; so long ones are free text.
_OWN, _LONG = 0.5, 40
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4}")
_ID_WORDS = {"id", "ids", "uuid", "guid", "number", "no", "nr", "key", "hash", "token", "index"}
# A column that tells so large a share of what a protected one says stands in for it.
_STANDS_IN = 0.5


@dataclass(frozen=True)
class Finding:
    """A column or event key that is refused, or that a person should look at, and why."""

    name: str
    is_refused: bool
    why: str


def protected() -> dict[str, str]:
    """The words of names of what must not be scored, each with the reason, as the seed says."""
    return {row["attribute_words"]: row["reason"] for row in read_rows("protected_attributes")}


def untrusted(past: Past, protected: Mapping[str, str]) -> list[Finding]:
    """What must not be used, or should be looked at, and why; `protected` is as that gives it."""
    findings = refused_by_name(past.columns, protected, past)
    named = {finding.name for finding in findings}
    findings += filled_afterwards(past, [of for of in past.columns if of.name not in named])
    return findings + events_afterwards(past, past.events)


def refused(findings: Iterable[Finding]) -> set[str]:
    """The names that must not be used."""
    return {finding.name for finding in findings if finding.is_refused}


def refused_by_name(
    columns: Sequence[Column], protected: Mapping[str, str], past: Past
) -> list[Finding]:
    """Columns that must not be scored, whatever they tell: protected ones, stand-ins, ids.

    `protected` has the words of names, and why they are protected.
    """
    found: dict[str, str] = {}
    for column in columns:
        why = protected_reason(column.name, protected)
        if why:
            found[column.name] = f"is protected ({why})"
        elif own := _of_one_lead(column):
            found[column.name] = own
    guarded = [
        column for column in columns if found.get(column.name, "").startswith("is protected")
    ]
    for column in columns:
        for other in guarded:
            if column.name not in found and _share_told(column, other, past) >= _STANDS_IN:
                found[column.name] = f"stands in for {other.name}, which is protected"
    return [Finding(name, True, why) for name, why in found.items()]


def protected_reason(name: str, protected: Mapping[str, str]) -> str:
    """Why an attribute of this name is protected, as check-seeds tells it; else empty."""
    said = text_words(re.sub("(?<=[a-z])(?=[A-Z])", " ", name)) or ""
    for words, reason in protected.items():
        word = text_words(words)
        if word and word in said:
            return reason or words
    return ""


def _of_one_lead(column: Column) -> str:
    """Whether what stands there is a lead's own: an id, a date, free text."""
    leads = column.leads_by_text
    filled = int(leads.sum())
    differing = int((leads > 0).sum()) / max(1, filled)
    if filled < LEAST_LEADS:
        return ""
    named_id = bool(_ID_WORDS & set((text_words(column.name) or "").split()))
    if column.is_numeric:
        whole = column.decimals == 0 and differing > 0.9
        order = np.arange(len(column.places))[~column.is_missing]
        numbers = column.number_of_leads()[~column.is_missing]
        known = ~np.isnan(numbers)
        if whole and (named_id or abs(_rank_correlation(order[known], numbers[known])) > 0.9):
            return "is an id: nearly every lead has a number of its own"
        return ""
    shown = [text for text, of in zip(column.texts, leads.tolist(), strict=True) if of][:1000]
    if sum(bool(_DATE.match(text)) for text in shown) > 0.9 * len(shown):
        return "is a date"
    if differing > _OWN:
        if sum(map(len, shown)) > _LONG * len(shown):
            return "is free text: nearly every lead has its own"
        if named_id or differing > 0.9:
            return "is an id: nearly every lead has one of its own"
    return ""


def _rank_correlation(one: Places, other: Numbers) -> float:
    first, second = (rankdata(of) for of in (one, other))
    return float(np.corrcoef(first, second)[0, 1]) if np.ptp(second) else 0.0


def _share_told(column: Column, other: Column, past: Past) -> float:
    """The share of the entropy of another column that this one takes away, bias taken off.

    Miller and Madow's: mutual information is too high by (a - 1) (b - 1) / 2n on the average.
    """
    one, two = (_bins(of)[0] for of in (column, other))
    table = np.zeros((one.max() + 1, two.max() + 1))
    np.add.at(table, (one, two), 1)
    table = table[table.sum(1) > 0][:, table.sum(0) > 0]
    n = table.sum()
    rows, columns = table.sum(1) / n, table.sum(0) / n
    entropy = float(-(columns * np.log(columns)).sum())
    share = table / n
    information = float(
        (share[share > 0] * np.log((share / np.outer(rows, columns))[share > 0])).sum()
    )
    bias = (table.shape[0] - 1) * (table.shape[1] - 1) / (2 * n)
    return (information - bias) / entropy if entropy > 0 else 0.0


def filled_afterwards(past: Past, columns: Sequence[Column]) -> list[Finding]:
    """Columns that seem to be filled in once the outcome is known, and those to be asked about."""
    odds = {column.name: _odds(past, *_bins(column)) for column in columns}
    found = []
    for column in columns:
        signs = _Signs.of(past, column, odds[column.name])
        others = [odds[name] for name in odds if name != column.name]
        why, is_refused = signs.verdict(partial(_gain, past, others, odds[column.name]))
        if why:
            found.append(Finding(column.name, is_refused, why))
    return found


def events_afterwards(past: Past, events: Mapping[str, EventDays]) -> list[Finding]:
    """Event keys that come with the outcome: nearly all leads that have one convert."""
    found = []
    for key, days in events.items():
        has = np.zeros(len(past.leads.lead_id), dtype=np.int64)
        has[days.place] = 1
        taught = has[: past.taught] > 0
        share = float((taught & past.converted).sum() / past.converted.sum())
        if share >= _PURE_WINS and looks_known_afterwards(past.converted[taught], past.converted):
            why = f"nearly all leads with it converted, {share:.0%} of all that did"
            found.append(Finding(key, True, why))
    return found


@dataclass(frozen=True)
class _Signs:
    """What tells of a column that it was filled in afterwards."""

    auc: float
    filled_auc: float
    filled_before: float
    filled_new: float
    pure_wins: float
    pure_texts: str

    @staticmethod
    def of(past: Past, column: Column, odds: Numbers) -> "_Signs":
        missing = column.is_missing[: past.taught]
        filled_auc = 0.5
        if 0 < missing.sum() < len(missing):
            told = measure(past.converted, missing.astype(float)).auc
            filled_auc = max(told, 1 - told)
        newest = round(0.9 * past.taught)
        filled = 1 - float(missing[:newest].mean())
        new = min(1 - float(missing[newest:].mean()), past.filled_young.get(column.name, 1.0))
        wins, texts = _pure(past, column)
        return _Signs(measure(past.converted, odds).auc, filled_auc, filled, new, wins, texts)

    def verdict(self, gain: Callable[[], float]) -> tuple[str, bool]:
        """Why the column is refused or to be asked about, '' for neither; whether it is refused."""
        if self.auc >= _AUC:
            return f"foretells the outcome too well: AUC {self.auc:.2f} by itself", True
        if self.pure_wins >= _PURE_WINS:
            return f"nearly all leads with {self.pure_texts} converted", True
        if self.filled_auc >= _FILLED_AUC:
            return f"whether it is filled in tells the outcome: AUC {self.filled_auc:.2f}", True
        if self.filled_before - self.filled_new >= _FILLED_APART:
            said = f"is filled in for {self.filled_before:.0%} of earlier leads"
            return f"{said}, for {self.filled_new:.0%} of new ones", True
        weak = self.filled_auc >= _FILLED_AUC_TO_ASK or self.pure_wins >= _PURE_WINS_TO_ASK
        if weak and self.auc >= _AUC_TO_ASK and gain() >= _GAIN:
            return "tells what no other column does, as if known only afterwards", True
        if self.filled_auc >= _FILLED_AUC_TO_ASK:
            return f"whether it is filled in tells much: AUC {self.filled_auc:.2f}", False
        if self.pure_wins >= _PURE_WINS_TO_ASK:
            return f"nearly all leads with {self.pure_texts} converted", False
        if self.auc >= _AUC_TO_ASK:
            return f"tells much by itself: AUC {self.auc:.2f}", False
        return "", False


def _bins(column: Column) -> tuple[Places, int]:
    """A bin for each lead: its number's quantile, or its text; rare ones share one."""
    if column.is_numeric:
        numbers = column.number_of_leads()
        known = ~np.isnan(numbers)
        values = np.unique(numbers[known])
        if len(values) > FINE_BINS:
            values = np.unique(np.quantile(numbers[known], np.arange(1, FINE_BINS) / FINE_BINS))
        bins = np.searchsorted(values, np.where(known, numbers, 0), "right")
        return np.where(known, bins, len(values) + 1), len(values) + 2
    common = np.argsort(-column.leads_by_text, kind="stable")[:_MOST_TEXTS]
    of_text = np.full(len(column.texts) + 1, len(common))
    of_text[common] = np.arange(len(common))
    of_text[-1] = len(common) + 1
    return of_text[column.places], len(common) + 2


def _odds(past: Past, bins: Places, number: int) -> Numbers:
    """Log odds of the leads that teach, by the rates of their bins in the other folds."""
    counts = counted(bins, number, past)
    base = counts.wins[0].sum() / counts.leads[0].sum()
    rate = (counts.wins + _PSEUDO * base) / (counts.leads + _PSEUDO)
    rate = np.clip(rate, 1e-3, 1 - 1e-3)
    found: Numbers = np.log(rate / (1 - rate))[past.folds + 1, bins[: past.taught]]
    return found


def _pure(past: Past, column: Column) -> tuple[float, str]:
    """The share of the wins whose values nearly all convert, and a few of these."""
    bins, number = _bins(column)
    taught = bins[: past.taught]
    wins = np.bincount(taught, past.converted, number)
    leads = np.bincount(taught, minlength=number)
    texts, total = [], 0.0
    for place in np.flatnonzero(wins > 0.9 * leads).tolist():
        if looks_known_afterwards(past.converted[taught == place], past.converted):
            total += wins[place]
            texts.append(_text_of(column, place, number))
    return total / float(past.converted.sum()), " or ".join(texts[:3])


def _text_of(column: Column, place: int, number: int) -> str:
    if place == number - 1:
        return "none"
    if column.is_numeric or place == number - 2:
        return "some values"
    common = np.argsort(-column.leads_by_text, kind="stable")
    return str(column.texts[common[place]])


def _gain(past: Past, others: Iterable[Numbers], own: Numbers) -> float:
    """What a column adds to the AUC of all others together."""
    rest = [other for other in others if other.std() > 0]
    if not rest:
        return 0.0
    areas = []
    for columns in (np.column_stack(rest), np.column_stack([*rest, own])):
        found = logistic(columns, past.converted, np.ones(columns.shape[1]))
        areas.append(measure(past.converted, columns @ found.slopes).auc)
    return areas[1] - areas[0]
