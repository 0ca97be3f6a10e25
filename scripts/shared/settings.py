"""What dbt_project.yml sets for the scripts as well."""

from typing import Any

import yaml

from scripts.shared.errors import UserError
from scripts.shared.paths import PROJECT


def project_var(name: str) -> Any:  # noqa: ANN401 (as the file has it)
    """A var of dbt_project.yml, of whatever type it has there.

    Raises UserError where the file is no YAML, or has no such var.
    """
    file = PROJECT / "dbt_project.yml"
    try:
        found = yaml.load(file.read_text("utf-8"), yaml.CSafeLoader)
    except (ValueError, yaml.YAMLError) as error:  # a ValueError for 2025-02-30, too
        cause = " ".join(str(error).split())
        raise UserError(f"{file} is no YAML that can be read: {cause}") from error
    try:
        return found["vars"][name]
    except (KeyError, TypeError) as error:
        raise UserError(f"{file} has no var {name}; write it under vars") from error


def quality_day() -> int:
    """The day after creation whose scores tell quality, where no other is named (a var)."""
    return int(project_var("quality_day"))
