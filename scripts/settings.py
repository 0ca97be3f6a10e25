"""What dbt_project.yml sets for the scripts as well."""

from typing import Any

import yaml

from scripts.paths import PROJECT


def project_var(name: str) -> Any:  # noqa: ANN401 (as the file has it)
    """A var of dbt_project.yml, of whatever type it has there."""
    return yaml.safe_load((PROJECT / "dbt_project.yml").read_text("utf-8"))["vars"][name]
