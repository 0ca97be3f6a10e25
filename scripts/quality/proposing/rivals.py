"""What a proposal is held against: black boxes on the same leads, seen on the same day.

Of three black boxes each sees every column and event key as a few numbers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler, TargetEncoder
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from scripts.quality.proposing.bins import LEAST_LEADS, LEAST_OF_A_TEXT
from scripts.quality.proposing.known import Past
from scripts.shared.statistics import Change, Flags, Measures, Numbers, compare, measure

# Of so many leads a black box learns, the last ones; more cost minutes and bring little.
_MOST_LEADS = 20_000
_RECENT_DAYS = 7
_MOST_TEXTS = 50  # of a column, the most frequent; the others are one
_SEED = 0


@dataclass(frozen=True)
class Rival:
    """Another score on the leads held out, those that it knows, and the proposal's AUC over its."""

    name: str
    measures: Measures
    over: Change


def rivals(
    past: Past, proposed: Numbers, others: Mapping[str, Numbers]
) -> tuple[tuple[Rival, ...], dict[str, Numbers]]:
    """What the proposed scores of the leads held out are held against, with its scores of them.

    `others` are known scores of these leads, those of today's points first; black boxes follow.
    What must not be used `past` is without.
    """
    converted = past.leads.converted[past.taught :]
    scores = {**others, **dict(black_boxes(past))}
    found = {name: _beside(converted, proposed, name, score) for name, score in scores.items()}
    told = {name: rival for name, rival in found.items() if rival}
    return tuple(told.values()), {name: scores[name] for name in told}


def _beside(converted: Flags, proposed: Numbers, name: str, score: Numbers) -> Rival | None:
    """Another score beside the proposed one; NaN is a lead that it does not know.

    None where it knows fewer than two leads of either outcome.
    """
    known = ~np.isnan(score)
    wins = int(converted[known].sum())
    if min(wins, int(known.sum()) - wins) < 2:
        return None
    own, given, other = converted[known], proposed[known], score[known]
    return Rival(name, measure(own, other), compare(own, given, other))


def black_boxes(past: Past) -> Iterator[tuple[str, Numbers]]:
    """The chances of the leads held out, by each of three that learn from the others."""
    split = past.taught
    numbers, texts = _numbers(past), _texts(past)
    if not numbers.shape[1] + texts.shape[1]:
        return
    seen = np.hstack([numbers, texts])
    taught = slice(max(0, split - _MOST_LEADS), split)
    for name, box in _boxes(numbers.shape[1], seen.shape[1]).items():
        with threadpool_limits(1):  # by which the last digits are the same on any machine
            box.fit(seen[taught], past.leads.converted[taught])
            yield name, box.predict_proba(seen[split:])[:, 1].astype(float)


def _boxes(first_text: int, end: int) -> dict[str, Pipeline]:
    """The three, on columns of numbers up to before `first_text` and of texts after."""
    folds = StratifiedKFold(5, shuffle=True, random_state=_SEED)
    of_rate = TargetEncoder(target_type="binary", cv=folds)
    known = SimpleImputer(strategy="median", add_indicator=True)
    alone = OneHotEncoder(
        min_frequency=LEAST_OF_A_TEXT, max_categories=_MOST_TEXTS,
        handle_unknown="infrequent_if_exist",
    )  # fmt: skip

    def seen(numbers: object, texts: object) -> ColumnTransformer:
        parts = [(numbers, slice(0, first_text)), (texts, slice(first_text, end))]
        return make_column_transformer(*(part for part in parts if part[1].start < part[1].stop))

    return {
        "gradient boosting": make_pipeline(
            seen("passthrough", of_rate),
            HistGradientBoostingClassifier(
                learning_rate=0.05, max_iter=150, max_leaf_nodes=15, min_samples_leaf=LEAST_LEADS,
                l2_regularization=5.0, early_stopping=False, random_state=_SEED,
            ),
        ),
        "logistic regression": make_pipeline(
            seen(known, alone), StandardScaler(with_mean=False),
            LogisticRegression(C=0.05, max_iter=1000),
        ),
        "random forest": make_pipeline(
            seen(known, alone),
            RandomForestClassifier(200, min_samples_leaf=10, n_jobs=-1, random_state=_SEED),
        ),
    }  # fmt: skip


def _numbers(past: Past) -> npt.NDArray[np.float32]:
    """Leads × numbers: those of columns, and of each event key how many, ever and late, and when.

    NaN where there is none.
    """
    size = len(past.leads.lead_id)
    found = [column.number_of_leads() for column in past.columns if column.is_numeric]
    for days in past.events.values():
        found.append(np.log1p(np.bincount(days.place, days.count, size)))
        late = days.age < _RECENT_DAYS
        found.append(np.log1p(np.bincount(days.place[late], days.count[late], size)))
        latest = np.full(size, np.nan)
        first = np.flatnonzero(np.diff(days.place, prepend=-1))
        latest[days.place[first]] = days.age[first]
        found.append(latest)
    used = [of for of in found if np.count_nonzero(~np.isnan(of[: past.taught])) >= LEAST_LEADS]
    return np.column_stack([np.empty((size, 0)), *used]).astype(np.float32)


def _texts(past: Past) -> npt.NDArray[np.int32]:
    """Leads × columns of texts, each text by its number; rare ones share one, none is another."""
    found = []
    for column in past.columns:
        if not column.is_numeric:
            rare = column.leads_by_text < LEAST_OF_A_TEXT
            numbered = np.where(rare, len(column.texts), np.arange(len(column.texts)))
            found.append(np.append(numbered, len(column.texts) + 1)[column.places])
    size = len(past.leads.lead_id)
    return np.column_stack([np.empty((size, 0)), *found]).astype(np.int32)
