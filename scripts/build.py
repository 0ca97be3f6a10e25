"""Runs `dbt build`, telling how far it is."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from scripts.errors import UserError
from scripts.paths import PROJECT
from scripts.seeds import seed_path

Progress = Callable[[int, int, str], None]


def build(progress: Progress) -> None:
    """Build seeds, models and tests of the project in the working file.

    `progress` is told the number of the node that starts, the number of nodes and its name. Raises
    UserError with dbt's words where a node fails; what depends on it is not built.
    """
    command = [str(Path(sys.executable).with_name("dbt")), "--log-format", "json", "build"]
    errors = []
    with subprocess.Popen(
        command,
        cwd=PROJECT,
        env={**os.environ, "LEADS_SEEDS": seed_path()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as dbt:
        assert dbt.stdout is not None
        for line in dbt.stdout:
            if not line.startswith("{"):
                errors.append(line.rstrip())
                continue
            event = json.loads(line)
            data = event["data"]
            if event["info"]["name"] == "LogStartLine":
                progress(data["index"], data["total"], data["node_info"]["node_name"])
            elif event["info"]["level"] == "error":
                errors.append(event["info"]["msg"].strip())
    if dbt.returncode:
        raise UserError("dbt could not build the marts. " + "\n".join(filter(None, errors)))
