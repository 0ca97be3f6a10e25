"""The seeds and their columns, as `models/seeds/` describes them to people, dbt and the checks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

import yaml

from scripts.shared.paths import PROJECT

DESCRIPTIONS = PROJECT / "models/seeds"
PROFILES = PROJECT / "models/intermediate/people/_people__models.yml"

# Columns of the profile that no rule can look at.
_NOT_SCORED = {
    "lead_id",
    "valid_from_date",
    "valid_until_date",
    "created_at",
    "is_deleted",
    "has_objected",
    "is_current",
    "lead_url",
    "consent_basis",
    "attributes",
}

# Attributes besides: what is known of the account, and what depends on the score date.
_OTHER_ATTRIBUTES = (
    "account.domain",
    "account.name",
    "account.industry",
    "account.employee_count",
    "account.annual_revenue",
    "account.currency",
    "account.country",
    "tenure_days",
    "first_event_key",
)


@dataclass(frozen=True, eq=False)
class Column:
    """A column of a seed and what may stand in it: the `meta` of the column in `models/seeds/`.

    `kind` is text, words, name, number, whole, date, attribute, field or event_key. `min`, `max`
    and `decimals` bound numbers; `above` is a bound that is not reached itself. `refers_to` is the
    seed that has the value in its column of the same name; `not_below` the column of the same row
    that holds the lower end; `accepted_by` gives the accepted values by the value of another one.
    There is one object of each column, so that it can be a key.
    """

    name: str
    kind: str = "text"
    required: bool = False
    accepted: list[str] = field(default_factory=list)
    accepted_by: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)
    refers_to: str | None = None
    not_below: str | None = None
    pattern: str | None = None
    form: str = ""
    min: int | None = None
    max: int = 1_000_000
    above: int | None = None
    decimals: int = 4
    description: str = ""

    @property
    def least(self) -> Decimal:
        """The least number that may stand there; with `above`, the next one below."""
        if self.above is not None:
            return Decimal(self.above)
        default = 1 if self.kind == "whole" else -self.max
        return Decimal(default if self.min is None else self.min)


@dataclass(frozen=True)
class Seed:
    """A seed: its place, the columns that tell its rows apart, all columns, and their types."""

    path: str
    description: str
    key: list[str]
    columns: dict[str, Column]
    types: dict[str, str]

    @property
    def name(self) -> str:
        """The name by which models know it."""
        return self.file_name.removesuffix(".csv")

    @property
    def file_name(self) -> str:
        """The name by which a file is taken for this seed."""
        return self.path.split("/")[1]


@cache
def read_seeds() -> dict[str, Seed]:
    """All seeds of the project by name."""
    seeds = {}
    for file in sorted(DESCRIPTIONS.glob("*.yml")):
        folder = file.name.removeprefix("_").split("__")[0]
        for seed in yaml.load(file.read_text("utf-8"), yaml.CSafeLoader)["seeds"]:
            columns = {column["name"]: Column(**_meta(column)) for column in seed["columns"]}
            key = seed["config"]["meta"]["key"]
            types = seed["config"]["column_types"]
            seeds[seed["name"]] = Seed(
                f"{folder}/{seed['name']}.csv", seed["description"].strip(), key, columns, types
            )
    return seeds


def _meta(column: dict[str, Any]) -> dict[str, Any]:
    meta = column.get("config", {}).get("meta", {})
    return {"name": column["name"], "description": column["description"], **meta}


@cache
def profile_attributes() -> tuple[str, ...]:
    """The attributes that do not depend on seeds."""
    models = yaml.load(PROFILES.read_text("utf-8"), yaml.CSafeLoader)["models"]
    profile = next(model for model in models if model["name"] == "int_lead_profiles")
    columns = (column["name"] for column in profile["columns"])
    return (*(name for name in columns if name not in _NOT_SCORED), *_OTHER_ATTRIBUTES)
