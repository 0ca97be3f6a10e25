"""Rules of today that stay in a proposal: those that someone locked, or all that a person wrote."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import duckdb
import numpy as np
from scipy.sparse import csr_matrix, diags

from scripts.quality.point_tables import RULE_TABLES, PointModel, Row, fired_units, read_rows
from scripts.quality.proposing.choice import Chosen, ended, started
from scripts.quality.proposing.known import Past
from scripts.quality.proposing.logistic import logistic
from scripts.quality.proposing.table import START
from scripts.shared.statistics import Numbers

Keep = Literal["locked", "written"]

# How the reasons end that a proposal writes: what stands otherwise a person wrote.
_PROPOSED = re.compile(r"\([0-9.]+% of [0-9,]+ (won|with an opportunity)\)$")
_PREFIX = "kept_"


@dataclass(frozen=True)
class Kept:
    """Rows that stay, by table, as today's model has them, with their groups.

    `points` are what they give each lead, within the bounds of the groups. What all a person's
    rules make of a persona only the build can tell, so that it has none unless `is_plain`.
    """

    rows: Mapping[str, list[Row]]
    groups: Sequence[Row]
    points: Numbers
    is_plain: bool = True

    @property
    def asked(self) -> set[str]:
        """The attributes and event keys that they give points for: these have their rules."""
        return {
            row.get("attribute") or row["event_key"]
            for rows in self.rows.values()
            for row in rows
            if row.get("effect", "points") == "points"
        }

    def of(self, model: str) -> dict[str, list[Row]]:
        """The rows by table, for a model of this name."""
        return {
            table: [row | {"score_model": model} | {name: _kept_name(row[name]) for name in
                    ("rule_id", "score_group")} for row in rows]
            for table, rows in self.rows.items()
        }  # fmt: skip

    @property
    def own_groups(self) -> list[Row]:
        """The groups by the names that they have in a proposal."""
        return [row | {"score_group": _kept_name(row["score_group"])} for row in self.groups]


def read_kept(
    connection: duckdb.DuckDBPyConnection, live: PointModel, past: Past, keep: Keep | None
) -> Kept:
    """What stays of the live model."""
    rows = {
        table: [
            row
            for row in read_rows(table)
            if row["score_model"] == live.name and _is_kept(row, keep)
        ]
        for table in RULE_TABLES
    }
    stay = {
        (table, row["rule_id"].strip(), row["region"].strip())
        for table, of in rows.items()
        for row in of
    }
    named = {row["score_group"].strip() for of in rows.values() for row in of}
    groups = [
        row for row in read_rows("score_groups")
        if row["score_model"] == live.name and row["score_group"].strip() in named
    ]  # fmt: skip
    if not stay:
        return Kept(rows, groups, np.zeros(len(past.leads.lead_id)))
    stays = [float((rule.table, rule.rule_id, rule.region) in stay) for rule in live.rules]
    units = fired_units(connection, live, past.leads.lead_id, past.day) @ diags(stays)
    free = replace(live, min_score=-np.inf, max_score=np.inf)
    points = free.scores(csr_matrix(units), live.points)
    return Kept(rows, groups, points, is_plain=keep != "written")


def with_kept(past: Past, chosen: Chosen, kept: Kept) -> Chosen:
    """What was chosen beside the rules that stay: their points are as they are.

    So it is the points chosen that are made larger or smaller, until both together tell most.
    """
    if not kept.points.any():
        return chosen
    taught = past.taught
    own = chosen.units @ chosen.points
    columns = np.column_stack([kept.points, own])[:taught] / 10
    found = logistic(columns, past.converted, np.full(2, 1e-3))
    scale = found.slopes[1] / found.slopes[0] if found.slopes[0] > 0 else 1.0
    points = np.sign(chosen.points) * np.maximum(
        1, np.round(np.abs(chosen.points) * min(1.0, scale))
    )
    sums = chosen.units @ points + kept.points
    start = started(sums[:taught])
    most = ended(sums[:taught] + start)
    return replace(
        chosen, points=points, start=start, most=most, scores=np.clip(sums + start, 0, most)
    )


def _is_kept(row: Row, keep: Keep | None) -> bool:
    if row["locked"].strip() == "yes":
        return keep is not None
    is_proposed = row["rule_id"].strip() == START or _PROPOSED.search(row["reason"].strip())
    return keep == "written" and not is_proposed


def _kept_name(name: str) -> str:
    return _PREFIX + name.strip().removeprefix(_PREFIX)
