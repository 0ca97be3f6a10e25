"""A scoring model as its point tables say, and the scores that other points would give.

The engine of the scores is the dbt project; what is computed here from stored units is held
against its results each time.
"""
# ruff: noqa: S608 (names of tables are those of `interface`)

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_matrix

from scripts.seeds.check_seeds import check_seeds, seed_files
from scripts.seeds.checks import files
from scripts.seeds.overlay import SEEDS, have_same_rows, load_seed, overlay
from scripts.shared.errors import UserError
from scripts.shared.interface import (
    DAYS_TO_SCORE,
    EVALUATED_FACTORS,
    EVALUATION_DATES,
    FACTORS,
    GOLDEN_ATTRIBUTES,
    RULES,
    SCORED_DAYS,
    SCORES,
)
from scripts.shared.statistics import Numbers
from scripts.shared.warehouse import tables_of

RULE_TABLES = ("attribute_points", "event_points", "inactivity_points")

Row = dict[str, str]

# Of all leads on a day on which the models are measured; of personas at the clock.
_UNITS_OF_LEADS = f"""
select lead_id, rule_id, rule_region, units::double as units
from {EVALUATION_DATES}
inner join {EVALUATED_FACTORS} using (lead_id, score_date)
inner join {RULES} using (score_model, rule_id, lead_region)
where score_model = $model and scored_day = $day
"""
_SCORES_OF_LEADS = f"""
select lead_id, raw_score::double as raw_score, score::double as score
from {EVALUATION_DATES}
inner join {SCORED_DAYS} using (lead_id, score_date)
where score_model = $model and scored_day = $day
"""
_UNITS_OF_PERSONAS = f"""
select lead_id, rule_id, rule_region, units::double as units
from {FACTORS}
inner join {DAYS_TO_SCORE} as days using (observation_id)
inner join {RULES} as rules using (rule_number)
where rules.score_model = $model and lead_id in (select lead_id from {GOLDEN_ATTRIBUTES})
"""
_SCORES_OF_PERSONAS = f"""
select lead_id, raw_score::double as raw_score, score::double as score
from {SCORES}
where score_model = $model and lead_id in (select lead_id from {GOLDEN_ATTRIBUTES})
"""


@dataclass(frozen=True)
class Rule:
    """A row of a point table."""

    table: str
    rule_id: str
    region: str
    score_group: str
    points: float
    min_points: float
    max_points: float
    is_locked: bool
    decays: bool
    reason: str

    @property
    def name(self) -> str:
        """The rule's id, with its region where the row has one."""
        return f"{self.rule_id} ({self.region})" if self.region else self.rule_id


@dataclass(frozen=True)
class PointModel:
    """A scoring model: its rules, and the bounds and weight of each group and of the score."""

    name: str
    rules: tuple[Rule, ...]
    groups: Mapping[str, tuple[float, float, float]]
    min_score: float
    max_score: float
    is_rescaled: bool

    @property
    def points(self) -> Numbers:
        """Today's points of each rule."""
        return np.array([rule.points for rule in self.rules], dtype=float)

    def scores(self, units: csr_matrix, points: Numbers) -> Numbers:
        """The score of each row of `units` (leads × rules) with these points for the rules.

        A rescaled model's raw score, which ranks leads alike.
        """
        total = np.zeros(units.shape[0])
        for group, (lowest, highest, weight) in self.groups.items():
            columns = [n for n, rule in enumerate(self.rules) if rule.score_group == group]
            total += _rounded(weight * np.clip(self._sum(units, points, columns), lowest, highest))
        return total if self.is_rescaled else np.clip(total, self.min_score, self.max_score)

    def _sum(self, units: csr_matrix, points: Numbers, columns: list[int]) -> Numbers:
        """The points of some rules, each rounded and bounded where it fired."""
        part = units[:, columns].tocsc(copy=True)
        for place, column in enumerate(columns):
            rule, span = self.rules[column], slice(*part.indptr[place : place + 2])
            given = _rounded(part.data[span] * points[column])
            part.data[span] = np.clip(given, rule.min_points, rule.max_points)
        return _rounded(np.asarray(part.sum(axis=1)).ravel())


def refuse_unbuilt(connection: duckdb.DuckDBPyConnection) -> None:
    """Raises UserError where the seeds, which must be sound, are not those of the last build."""
    changed = [
        name
        for name, built in tables_of(connection, "seeds").items()
        if not have_same_rows(connection, load_seed(connection, seed_file(name)), built)
    ]
    if changed:
        raise UserError(
            f"the warehouse was built with other rows of {', '.join(changed)}; build it again"
        )


def read_point_model(name: str) -> PointModel:
    """The model as the seeds say, those that `LEADS_SEEDS` names laid over.

    Raises UserError where no such model is there, or the seeds are faulty.
    """
    check_seeds(SEEDS, overlay()).raise_for_errors()
    models = {row["score_model"]: row for row in read_rows("score_models")}
    if name not in models:
        raise UserError(f"{name} is no scoring model; it may be {', '.join(sorted(models))}")
    model = models[name]
    return PointModel(
        name,
        tuple(
            Rule(
                table,
                row["rule_id"].strip(),
                row["region"].strip(),
                row["score_group"].strip(),
                _number(row["points"], 0),
                _number(row.get("min_points"), -np.inf),
                _number(row.get("max_points"), np.inf),
                row["locked"].strip() == "yes" or row.get("effect", "points") != "points",
                (row.get("decay") or "none").strip() != "none",
                row["reason"],
            )
            for table in RULE_TABLES
            for row in read_rows(table)
            if row["score_model"] == name
        ),
        {
            row["score_group"]: (
                _number(row["min_points"], -np.inf),
                _number(row["max_points"], np.inf),
                _number(row["weight"], 1),
            )
            for row in read_rows("score_groups")
            if row["score_model"] == name
        },
        _number(model["min_score"], -np.inf),
        _number(model["max_score"], np.inf),
        model["scale"] == "rescale",
    )


def seed_file(name: str) -> Path:
    """The CSV file of a seed, that of the folder `LEADS_SEEDS` where it has one."""
    found = seed_files(SEEDS, overlay())
    if name not in found:
        raise UserError(f"there is no seed {name}.csv")
    return found[name]


def read_rows(name: str) -> list[Row]:
    """The rows of a seed, as text."""
    return files.read_rows(seed_file(name))


def write_rows(name: str, rows: Iterable[Row], folder: Path) -> None:
    """Rows of a seed as a CSV file in `folder`, with the columns and line ends of the seed."""
    with seed_file(name).open(encoding="utf-8", newline="") as stream:
        line_end = "\r\n" if stream.readline().endswith("\r\n") else "\n"
        stream.seek(0)
        columns = csv.DictReader(stream).fieldnames or ()
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator=line_end)
        writer.writeheader()
        writer.writerows(rows)


def write_proposal(folder: Path, seeds: Mapping[str, Sequence[Row]]) -> None:
    """A folder for `LEADS_SEEDS`: these seeds, beside those laid over already, in place of any.

    Raises UserError where they are faulty.
    """
    folder.mkdir(parents=True, exist_ok=True)
    base = overlay()
    others = {file.name: file.read_bytes() for file in seed_files(base).values()} if base else {}
    for file in folder.glob("*.csv"):
        file.unlink()
    for name, content in others.items():
        (folder / name).write_bytes(content)
    for name, rows in seeds.items():
        write_rows(name, rows, folder)
    check_seeds(SEEDS, folder).raise_for_errors()


def fired_units(
    connection: duckdb.DuckDBPyConnection,
    model: PointModel,
    lead_ids: npt.NDArray[np.str_],
    day: int | None,
) -> csr_matrix:
    """The units with which each rule fired, leads × rules, at the end of a day after creation.

    A `day` of None is the clock, where personas are scored too. Raises UserError where the
    warehouse was built with other seeds, since the scores that follow are not those stored.
    """
    parameters: dict[str, object] = {"model": model.name}
    units_query, scores_query = _UNITS_OF_PERSONAS, _SCORES_OF_PERSONAS
    if day is not None:
        parameters["day"] = day
        units_query, scores_query = _UNITS_OF_LEADS, _SCORES_OF_LEADS
    found = connection.execute(units_query, parameters).df()
    stored = connection.execute(scores_query, parameters).df()
    column = {(rule.rule_id, rule.region): place for place, rule in enumerate(model.rules)}
    known = pd.MultiIndex.from_tuples(list(column) or [("", "")])
    places = known.get_indexer(pd.MultiIndex.from_frame(found[["rule_id", "rule_region"]]))
    rows = pd.Index(lead_ids).get_indexer(pd.Index(found["lead_id"]))
    if (places < 0).any():
        raise _stale(model.name)
    counts = rows >= 0
    units = csr_matrix(
        (found["units"].to_numpy()[counts], (rows[counts], places[counts])),
        shape=(len(lead_ids), len(model.rules)),
    )
    expected = stored.set_index("lead_id")["raw_score" if model.is_rescaled else "score"]
    ours = model.scores(units, model.points)
    if not np.allclose(expected.reindex(lead_ids).to_numpy(), ours, atol=0.001):
        raise _stale(model.name)
    return units


def _stale(name: str) -> UserError:
    return UserError(
        f"the points of {name} are not those that the warehouse was built with; build it again"
    )


def _number(text: str | None, missing: float) -> float:
    return float(text) if text and text.strip() else missing


def _rounded(values: Numbers) -> Numbers:
    """To 4 decimals, half away from zero; what floating point lost is within a billionth."""
    return np.sign(values) * np.floor(np.abs(values) * 1e4 + 0.5 + 1e-6) / 1e4
