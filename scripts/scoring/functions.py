"""What dbt-duckdb does at each start (profiles.yml): checks the seeds, sets up connections."""

import hashlib
import json
import os
import re
from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError
from duckdb import DuckDBPyConnection

from scripts.sales.routing import SALES_FUNCTIONS
from scripts.seeds.check_seeds import check_seeds
from scripts.seeds.overlay import seed_cells
from scripts.shared.errors import UserError
from scripts.shared.modes import keep_private
from scripts.shared.paths import PROJECT
from scripts.shared.statistics import register_functions
from scripts.shared.temporary import spill_folder
from scripts.shared.warehouse import register_text_functions


class Plugin(BasePlugin):
    """Registers functions on every connection that dbt opens.

    `text_key(text)` and `text_words(text)` say which texts are alike; the functions of
    `shared.statistics` measure scores; `macros_hash(names)` is the MD5 of these macros of the
    project and those that they call, so that what they make is made anew when one changes;
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
        register_functions(conn)
        register_functions(conn, SALES_FUNCTIONS)
        conn.create_function("macros_hash", _macros_hash, ["varchar"], "varchar")
        conn.create_function(
            "seed_cells",
            seed_cells,
            ["varchar", "varchar[]"],
            "varchar[][]",
            side_effects=True,  # the file may change between two calls
        )


def _macros_hash(names: str) -> str:
    """MD5 of macros, their ids parted by blanks, and of all that they call, without comments."""
    files = {file.stem: file for file in (PROJECT / "macros").glob("*.sql")}
    texts: dict[str, str] = {}
    asked = [name.split(".")[-1] for name in names.split()]
    for name in asked:
        if name in files and name not in texts:
            text = re.sub(r"(?s)[{]#.*?#[}]", "", files[name].read_text("utf-8"))
            texts[name] = " ".join(text.split())
            asked += re.findall(r"\w+", text)
    return hashlib.md5(json.dumps(texts, sort_keys=True).encode()).hexdigest()
