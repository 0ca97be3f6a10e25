"""Single models on tables that a test makes up: the SQL that dbt compiled for the sample.

    with Models(folder, sample) as models:
        models.table("intermediate.int_reps", rows)
        models.run("intermediate/sales/int_routing_pools")

A run of dbt takes seconds, this milliseconds, so that many worlds can be tried.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pandas as pd

from scripts.sales.routing import SALES_FUNCTIONS
from scripts.shared.statistics import register_functions
from scripts.shared.warehouse import register_text_functions


class Models:
    """A database of the name that compiled SQL has, with the functions that models call."""

    def __init__(self, folder: Path, target: Path) -> None:
        """`target` is dbt's target folder, where the models were compiled."""
        self.compiled = target / "compiled/leads/models"
        self.connection = duckdb.connect(str(folder / "leads.duckdb"))
        register_text_functions(self.connection)
        register_functions(self.connection)
        register_functions(self.connection, SALES_FUNCTIONS)
        for schema in ("intermediate", "seeds", "marts", "state"):
            self.connection.execute(f"create schema {schema}")

    def __enter__(self) -> "Models":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def table(
        self, name: str, rows: Sequence[Mapping[str, object]] | pd.DataFrame, **types: str
    ) -> None:
        """A table of these rows, in place of an earlier one; `types` by column, in their order."""
        frame = (
            rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows), columns=[*types])
        )
        columns = ", ".join(f"{column}::{kind} as {column}" for column, kind in types.items())
        self.connection.register("frame", frame)
        self.connection.execute(f"create or replace table {name} as select {columns} from frame")
        self.connection.unregister("frame")

    def run(self, model: str) -> None:
        """Make the table of a model, named by its path, such as marts/sales/lead_assignments."""
        sql = (self.compiled / f"{model}.sql").read_text("utf-8")
        schema, name = model.split("/")[0], model.split("/")[-1]
        self.connection.execute(f"create or replace table {schema}.{name} as {sql}")

    def rows(self, sql: str) -> list[dict[str, object]]:
        """The rows of a query."""
        found = self.connection.execute(sql)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
