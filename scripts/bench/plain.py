"""Runs SQL files of plain DuckDB one after the other, and prints the seconds that each took."""

import os
import sys
from time import perf_counter

import duckdb


def main(database: str, *queries: str) -> None:
    """Run each query in the database file, with the threads and memory of the warehouse."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": os.environ.get("LEADS_MEMORY", "4GB"),
        "threads": os.environ.get("LEADS_THREADS", "2"),
    }
    with duckdb.connect(database, config=settings) as connection:
        connection.execute("set enable_progress_bar = false")
        for query in queries:
            began = perf_counter()
            connection.execute(query)
            print(perf_counter() - began)


if __name__ == "__main__":
    main(*sys.argv[1:])
