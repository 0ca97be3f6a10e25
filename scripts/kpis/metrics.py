"""The project's MetricFlow metrics, and the SQL that answers for them."""

import gc
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from importlib.metadata import version
from typing import cast

from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlClient, SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantic_interfaces.implementations.semantic_manifest import (
    PydanticSemanticManifest,
)
from metricflow_semantics.model.dbt_manifest_parser import (
    parse_manifest_from_dbt_generated_manifest,
)
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

from scripts.scoring.artifacts import read_artifact
from scripts.shared import paths


class Metrics:
    """The metrics as the last dbt run left them, their tables named without the database.

    Raises UserError where dbt has not left any, or is at it.
    """

    def __init__(self) -> None:
        """Read them from dbt's target folder."""
        manifest = read_artifact("semantic_manifest.json")
        spines = manifest["project_configuration"]["time_spines"]
        for holder in (*manifest["semantic_models"], *spines):
            relation = holder["node_relation"]
            relation["relation_name"] = f'"{relation["schema_name"]}"."{relation["alias"]}"'
        self._text = json.dumps(manifest)
        self._engine: MetricFlowEngine | None = None
        self.manifest: PydanticSemanticManifest = parse_manifest_from_dbt_generated_manifest(
            self._text
        )

    def sql(self, metrics: Sequence[str], group_by: Sequence[str]) -> str:
        """The query for metrics by names of MetricFlow, such as metric_time__month.

        Planning one takes MetricFlow most of a second, so the query is kept beside the manifest for
        as long as the metrics and MetricFlow stay what they are.
        """
        asked = [version("metricflow"), self._text, *metrics, "by", *group_by]
        name = sha256("\n".join(asked).encode()).hexdigest()[:32]
        file = paths.target_folder() / "kpi_queries" / f"{name}.sql"
        if not file.is_file():
            file.parent.mkdir(parents=True, exist_ok=True)
            new = file.with_suffix(".new")
            new.write_text(self._planned(metrics, group_by), encoding="utf-8")
            new.replace(file)
        return file.read_text(encoding="utf-8")

    def _planned(self, metrics: Sequence[str], group_by: Sequence[str]) -> str:
        request = MetricFlowQueryRequest.create(
            metric_names=list(metrics), group_by_names=list(group_by)
        )
        with _without_garbage_collection():
            if self._engine is None:
                lookup = SemanticManifestLookup(self.manifest)
                self._engine = MetricFlowEngine(lookup, cast(SqlClient, _Dialect()))
            return self._engine.explain(request).sql_statement.sql


class _Dialect:
    """All that MetricFlow asks of a SQL client when it explains a query instead of running it."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """A plan is millions of small objects that stay; looking through them takes a fifth."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
