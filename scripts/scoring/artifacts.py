"""What dbt leaves in its target folder."""

import json
from typing import Any

from scripts.shared import paths
from scripts.shared.errors import UserError


def read_artifact(name: str) -> Any:  # noqa: ANN401 (as dbt wrote it)
    """A JSON file of dbt, such as manifest.json.

    Raises UserError where there is none, and where it is no whole JSON, as while dbt writes it.
    """
    file = paths.target_folder() / name
    if not file.is_file():
        raise UserError(f"dbt left no {file}; build the project first: make run")
    try:
        return json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise UserError(f"{file} is not whole; if dbt is at work, wait for its end") from error
