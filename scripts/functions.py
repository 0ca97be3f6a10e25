"""What dbt-duckdb does at each start (profiles.yml): checks the seeds, sets up connections."""

import hashlib
import os
from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError
from duckdb import DuckDBPyConnection

from scripts.check_seeds import check_seeds
from scripts.errors import UserError
from scripts.modes import keep_private
from scripts.paths import PROJECT
from scripts.seeds import seed_cells
from scripts.statistics import register_statistics
from scripts.temporary import spill_folder
from scripts.warehouse import register_text_functions


class Plugin(BasePlugin):
    """Registers functions on every connection that dbt opens.

    `text_key(text)` and `text_words(text)` say which texts are alike; the functions of
    scripts.statistics measure scores; `macros_hash()` is the MD5 of
    the project's macros, so that what they make is made anew when one changes;
    `seed_cells(file, columns)` are the rows of a seed, each a list of text.
    """

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Refuse faulty seeds, and a warehouse of a name that SQL cannot tell apart, before any
        model runs, as an error that dbt shows in its own way.
        """
        try:
            keep_private()
            check_seeds(
                PROJECT / (os.environ.get("LEADS_SEEDS") or "seeds"),
                allow_protected={"True": True, "False": False}.get(
                    str(plugin_config["allow_protected"])
                ),
            ).raise_for_errors()
        except UserError as error:
            raise DbtRuntimeError(str(error)) from error

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Have DuckDB put aside what memory does not hold where all of this project is put."""
        config["temp_directory"] = str(spill_folder(PROJECT / creds.path))

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Register the functions."""
        register_text_functions(conn)
        register_statistics(conn)
        conn.create_function("macros_hash", _macros_hash, [], "varchar")
        conn.create_function(
            "seed_cells",
            seed_cells,
            ["varchar", "varchar[]"],
            "varchar[][]",
            side_effects=True,  # the file may change between two calls
        )


def _macros_hash() -> str:
    files = sorted((PROJECT / "macros").glob("*.sql"))
    return hashlib.md5(b"".join(file.read_bytes() for file in files)).hexdigest()
