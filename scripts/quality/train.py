"""Trains the predictor: gradient boosting whose trees look at one feature each.

Such a model is a sum of one curve a feature (a generalized additive model), so it is written down
as terms, a row for each feature and range of values: the dbt project adds them up for every lead,
in SQL, and each prediction's reasons are its largest terms. Calibration is Platt's (a logistic
curve of the sum), which keeps the order of leads and needs few of them.
"""
# ruff: noqa: S608 (names of tables are those of `interface`)

import hashlib
import json
import math
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from scripts.quality.evaluation import LEAST_OF_EACH, Leads, looks_known_afterwards
from scripts.scoring.champion import champion
from scripts.shared import paths
from scripts.shared.errors import UserError
from scripts.shared.interface import (
    CLOCK,
    DATA_END,
    PREDICTION_DATES,
    PREDICTION_FEATURES,
    PREDICTOR_TERMS,
    PREDICTORS,
    SCORED_DAYS,
)
from scripts.shared.statistics import (
    Change,
    Flags,
    Measures,
    Numbers,
    brier_score,
    compare,
    measure,
)
from scripts.shared.warehouse import connect, reading

# The first part of the leads by creation is fitted on, the next calibrates, the last is held out.
_FIT_UNTIL, _CALIBRATE_UNTIL = 0.6, 0.8
# A feature of fewer rows of the part that is fitted on tells nothing that would hold.
_LEAST_ROWS = 30
# Of so many rows a predictor that is only compared learns nearly as much in a third of the time.
_ROWS_TO_COMPARE = 30_000

_ROWS = f"""
select dates.lead_id, dates.score_date, dates.created_date,
    coalesce(lifecycle.customer_at::date <= dates.score_date + $days::integer, false) as converted,
    scores.score::double as champion_score
from {PREDICTION_DATES} as dates
inner join marts.lead_lifecycle as lifecycle using (lead_id)
cross join {DATA_END} as data_end
left join {SCORED_DAYS} as scores
    on scores.lead_id = dates.lead_id and scores.score_date = dates.score_date
    and scores.score_model = $champion and scores.is_measured
where dates.is_training
    and dates.score_date + $days::integer <= data_end.last_date
    and coalesce(least(lifecycle.customer_at, lifecycle.lost_at)::date > dates.score_date, true)
order by dates.created_date, dates.lead_id, dates.score_date
"""
_FEATURES = f"""
select features.lead_id, features.score_date, features.feature, features.value
from {PREDICTION_FEATURES} as features
inner join {PREDICTION_DATES} as dates using (lead_id, score_date)
where dates.is_training
"""
_TERMS = ("feature", "lower_bound", "upper_bound", "log_odds")


@dataclass(frozen=True)
class Predictor:
    """A trained predictor: where it lies, what it learned from, how it does on leads held out.

    `measures` are of rows (a lead on a day) of leads held out, so that intervals are a little
    narrow, a lead having several; `linear` those of a logistic
    regression on the same features, `champion` of the champion's score, on the days it was measured
    on, and `over_champion` what the predictor's AUC is above it there.
    """

    predictor_hash: str
    file: Path
    known_until: date
    outcome_days: int
    fitted_on: tuple[date, date]
    calibrated_on: tuple[date, date]
    held_out: tuple[date, date]
    features: tuple[str, ...]
    refused: tuple[str, ...]
    measures: Measures
    brier_score: float
    linear: Measures
    champion: Measures
    over_champion: Change


def train() -> Predictor:
    """Train the predictor on the warehouse's past and put it in the warehouse and a file beside.

    It tells who becomes a customer within the var outcome_days, on days not before the warehouse
    clock, up to which it knows what became of leads. The same past gives the same
    bytes. Raises UserError, and leaves an earlier predictor as it is, with fewer than 40 leads that
    converted or 40 that did not, over all or in one of the three parts.
    """
    with reading() as connection:
        days = _outcome_days(connection)
        rows = connection.execute(_ROWS, {"days": days, "champion": champion(connection)}).df()
        _refuse_too_little(rows)
        found = connection.sql(_FEATURES).df()
        ((clock,),) = connection.sql(f"select clock_date from {CLOCK}").fetchall()
    fitted, calibrated = _splits(rows)
    converted = rows["converted"].to_numpy(dtype=bool)
    names, matrix, refused = _matrix(rows, found, converted, fitted)
    base, terms, boosted = _boost(names, matrix, converted, fitted)
    calibration = LogisticRegression(C=np.inf).fit(
        boosted[fitted:calibrated, np.newaxis], converted[fitted:calibrated]
    )
    slope, intercept = float(calibration.coef_[0, 0]), float(calibration.intercept_[0])
    if slope <= 0:
        raise UserError("not available: what was learned from earlier leads fails on later ones")
    linear = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000)).fit(
        matrix[:fitted], converted[:fitted]
    )
    held = converted[calibrated:]
    probability = 1 / (1 + np.exp(-(slope * boosted[calibrated:] + intercept)))
    score = rows["champion_score"].to_numpy()[calibrated:]
    scored = ~np.isnan(score)
    content = terms.to_csv(index=False) + repr((base, slope, intercept, days))
    predictor_hash = hashlib.sha256(content.encode()).hexdigest()
    created = rows["created_date"].dt.date
    result = Predictor(
        predictor_hash,
        paths.warehouse_file().parent / "predictors" / f"{predictor_hash[:16]}.json",
        clock,
        days,
        (created.iloc[0], created.iloc[fitted - 1]),
        (created.iloc[fitted], created.iloc[calibrated - 1]),
        (created.iloc[calibrated], created.iloc[-1]),
        tuple(names),
        tuple(refused),
        measure(held, boosted[calibrated:]),
        brier_score(held, probability),
        measure(held, linear.decision_function(matrix[calibrated:])),
        measure(held[scored], score[scored]),
        compare(held[scored], boosted[calibrated:][scored], score[scored]),
    )
    _write(result, terms, base, slope, intercept)
    return result


def predicted(
    connection: duckdb.DuckDBPyConnection, leads: Leads, day: int, outcome: str
) -> dict[str, Numbers]:
    """The log odds of the leads held out at the end of `day`, by a predictor of the others alone.

    It learns of no lead created since the first that is held out, and of some 30,000 rows; NaN is
    a lead of which training has no row. Under a name of its own; nothing for another outcome than
    customers, and where there is too little to train it.
    """
    if outcome != "customer":
        return {}
    days = _outcome_days(connection)
    rows = connection.execute(_ROWS, {"days": days, "champion": champion(connection)}).df()
    before = leads.created_date[leads.first_held_out]
    taught = int((rows["created_date"] < before).sum())
    converted = rows["converted"].to_numpy(dtype=bool)
    if min(converted[:taught].sum(), (~converted[:taught]).sum()) < LEAST_OF_EACH:
        return {}
    is_told = (rows["score_date"] - rows["created_date"]).dt.days == day
    is_told &= rows.index >= taught
    is_used = is_told | (rows.index % math.ceil(taught / _ROWS_TO_COMPARE) == 0)
    rows, converted = rows[is_used].reset_index(drop=True), converted[is_used]
    taught = int((rows["created_date"] < before).sum())
    names, matrix, _ = _matrix(rows, connection.sql(_FEATURES).df(), converted, taught)
    _, _, odds = _boost(names, matrix, converted, taught)
    found = pd.Series(odds, index=pd.MultiIndex.from_frame(rows[["lead_id", "score_date"]]))
    held = slice(leads.first_held_out, None)
    days_of = pd.to_datetime(leads.created_date[held]) + pd.Timedelta(days=day)
    asked = pd.MultiIndex.from_arrays([leads.lead_id[held], days_of])
    told = found.reindex(asked).to_numpy(dtype=np.float64)
    return {"predictor (train)": np.asarray(told)}


def _outcome_days(connection: duckdb.DuckDBPyConnection) -> int:
    ((days,),) = connection.sql("select max(outcome_days) from marts.score_quality").fetchall()
    if days is None:
        raise UserError("not available: no lead had the time to become a customer yet")
    return int(days)


def _refuse_too_little(rows: pd.DataFrame) -> None:
    """Leads, not rows, count: a lead is there on several days."""
    outcomes = rows.groupby("lead_id")["converted"].max()
    wins = int(outcomes.sum())
    losses = len(outcomes) - wins
    if min(wins, losses) < LEAST_OF_EACH:
        raise UserError(
            f"not available: {wins} leads became customers in time and {losses} did not; "
            f"it takes {LEAST_OF_EACH} of each"
        )


def _splits(rows: pd.DataFrame) -> tuple[int, int]:
    """The first rows of the part that calibrates and of the part held out; no lead is in two."""
    leads = rows["lead_id"].drop_duplicates()
    cuts = [int(leads.index[round(share * len(leads))]) for share in (_FIT_UNTIL, _CALIBRATE_UNTIL)]
    converted = rows["converted"].to_numpy(dtype=bool)
    for part in np.split(converted, cuts):
        if min(part.sum(), (~part).sum()) < 2:
            raise UserError(
                "not available: in a part of the time fewer than two leads bought, or all but one"
            )
    return cuts[0], cuts[1]


def _matrix(
    rows: pd.DataFrame, found: pd.DataFrame, converted: Flags, fitted: int
) -> tuple[list[str], npt.NDArray[np.float64], list[str]]:
    """The features that are frequent enough, rows × features with 0 for none, and those refused."""
    keys = pd.MultiIndex.from_frame(rows[["lead_id", "score_date"]])
    places = keys.get_indexer(pd.MultiIndex.from_frame(found[["lead_id", "score_date"]]))
    found = found.assign(place=places)[places >= 0]
    early = found[found["place"] < fitted]
    names, refused = [], []
    for name, group in early.groupby("feature")["place"]:
        here = group.to_numpy()
        if len(here) < _LEAST_ROWS:
            continue
        if looks_known_afterwards(converted[here], converted[:fitted]):
            refused.append(str(name))
        else:
            names.append(str(name))
    columns = pd.Index(names).get_indexer(pd.Index(found["feature"]))
    known = columns >= 0
    matrix = np.zeros((len(rows), len(names)))
    matrix[found["place"].to_numpy()[known], columns[known]] = found["value"].to_numpy()[known]
    return names, matrix, refused


def _boost(
    names: list[str], matrix: Numbers, converted: Flags, fitted: int
) -> tuple[float, pd.DataFrame, Numbers]:
    """The log odds of a lead without features, the terms, and the log odds of each row."""
    model = HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=150, max_leaf_nodes=4, min_samples_leaf=_LEAST_ROWS,
        l2_regularization=5.0, interaction_cst="no_interactions", early_stopping=False,
        random_state=0,
    ).fit(matrix[:fitted], converted[:fitted])  # fmt: skip
    absent = np.zeros((1, len(names)))
    base = round(float(model.decision_function(absent)[0]), 9)
    found = []
    for column, name in enumerate(names):
        values = np.unique(matrix[:, column])
        probes = np.repeat(absent, len(values), axis=0)
        probes[:, column] = values
        added = np.round(model.decision_function(probes) - base, 9)
        # A range of values with one term; 0 is the lead without the feature, which has none.
        starts = np.flatnonzero(np.r_[True, np.diff(added) != 0])
        middles = (values[starts[1:]] + values[starts[1:] - 1]) / 2
        bounds = [None, *middles.tolist(), None]
        found += [
            (name, lower, upper, float(added[start]))
            for start, lower, upper in zip(starts, bounds, bounds[1:], strict=False)
            if added[start] != 0
        ]
    terms = pd.DataFrame(found, columns=list(_TERMS))
    return base, terms, model.decision_function(matrix)


def _write(
    result: Predictor, terms: pd.DataFrame, base: float, slope: float, intercept: float
) -> None:
    """Put the predictor in place of the one before, in the warehouse and as a file."""
    result.file.parent.mkdir(parents=True, exist_ok=True)
    card = asdict(result) | {
        "file": result.file.name,
        "base_log_odds": base,
        "slope": slope,
        "intercept": intercept,
        "terms": json.loads(terms.to_json(orient="records", double_precision=15)),
    }
    result.file.write_text(json.dumps(card, default=str, indent=1) + "\n", "utf-8")
    predictor = result.predictor_hash
    with connect() as connection:
        connection.begin()
        connection.execute(f"delete from {PREDICTORS}; delete from {PREDICTOR_TERMS}")
        connection.execute(
            f"""insert into {PREDICTORS} by name select ? as predictor_hash,
                ? as known_until, ? as outcome_days, ? as base_log_odds, ? as slope,
                ? as intercept""",
            [predictor, result.known_until, result.outcome_days, base, slope, intercept],
        )
        connection.execute(f"insert into {PREDICTOR_TERMS} select ?, * from terms", [predictor])
        connection.commit()
