"""The text functions of the models, given to DuckDB as a plugin of dbt-duckdb (profiles.yml)."""

from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection
from duckdb.func import FunctionNullHandling

from scripts.text import text_key, text_words


class Plugin(BasePlugin):
    """Registers `text_key(text)` and `text_words(text)` on every connection that dbt opens."""

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Register the functions; they take NULL and may give it."""
        for name, function in (("text_key", text_key), ("text_words", text_words)):
            conn.create_function(
                name, function, ["varchar"], "varchar", null_handling=FunctionNullHandling.SPECIAL
            )
