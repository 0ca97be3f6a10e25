"""KPIs of the published marts, as `models/marts/funnel/_funnel__metrics.yml` defines them."""

import csv
import io
import json
import math
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from statistics import NormalDist
from typing import Any, cast

import duckdb
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
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from scripts import paths
from scripts.errors import UserError

SAVED_QUERY = "kpis"
METHODS = ("period", "cohort")
GROUP_BY = {"month": "metric_time__month", "channel": "channel", "region": "region"}
# Known of a period alone, not of a channel or region; it gives a month without anything a row.
OF_PERIOD = "days_covered"
EVERY_MONTH, EVERY_SLICE = "all", "(all)"
MONTHS_SHOWN = 3
KPIS_BY_SLICE = (
    "leads",
    "lead_to_opportunity_rate",
    "lead_to_customer_rate",
    "customers",
    "revenue",
    "cac",
)

# Growth has no metric: MetricFlow would shift months by joining the time spine (ADR 0003).
GROWTH = {
    "revenue_growth_month": ("Revenue growth on the month before", 1),
    "revenue_growth_year": ("Revenue growth on the year before", 12),
}

Number = int | float | None


@dataclass(frozen=True)
class Definition:
    """A metric of the report: its name in MetricFlow and what the report says about it."""

    metric: str
    kpi: str
    label: str
    method: str
    unit: str
    note: str
    too_early: str
    numerator: str | None
    denominator: str | None


@dataclass(frozen=True)
class Kpi:
    """One KPI for a period, channel and region.

    `period` is YYYY-MM or `all`; `channel` and `region` are `(all)` where the row is not split by
    them. `unit` is count, money (reporting currency), rate (0.1 is 10 %) or days. `lower` and
    `upper` are the 95 % Wilson interval of a cohort rate.
    """

    kpi: str
    label: str
    method: str
    period: str
    channel: str
    region: str
    value: Number
    lower: Number
    upper: Number
    numerator: Number
    denominator: Number
    unit: str
    note: str


@dataclass(frozen=True)
class KpiReport:
    """All KPIs, the choices that they rest on, the days that they cover, and where they lie."""

    rows: tuple[Kpi, ...]
    choices: Mapping[str, str]
    first_day: date | None
    last_day: date | None
    csv_file: Path
    json_file: Path


def kpis(by: Sequence[str] = ("month",), method: str | None = None) -> KpiReport:
    """Compute the KPIs of the published file, in total and for each combination of `by`.

    `by` holds any of month, channel and region; `method` is period (what happened in the month) or
    cohort (what became of the month's leads), None for both. Writes kpis.csv and kpis.json to the
    KPI folder. Raises UserError for another `by` or `method`, and where nothing has been built or
    published yet.
    """
    for name in by:
        if name not in GROUP_BY:
            raise UserError(f"cannot report by {name!r}; choose from {', '.join(GROUP_BY)}")
    if method not in (None, *METHODS):
        raise UserError(f"there is no method {method!r}; choose from {', '.join(METHODS)}")
    manifest = _semantic_manifest()
    definitions = [d for d in _definitions(manifest) if method in (None, d.method)]
    engine = MetricFlowEngine(SemanticManifestLookup(manifest), cast(SqlClient, _Dialect()))
    named = {n for d in definitions for n in (d.metric, d.numerator, d.denominator)}
    metrics = sorted(name for name in named if name)
    dimensions = [name for name in GROUP_BY if name in by]
    try:
        with _published() as connection:
            first_day, last_day = connection.sql(
                "select min(date_day), max(date_day) from marts.calendar"
            ).fetchall()[0]
            basis = _rows_by_column(connection.sql("from marts.kpi_basis"))[0]
            rows = [
                row
                for size in range(len(dimensions) + 1)
                for group_by in combinations(dimensions, size)
                for result in _query(connection, engine, metrics, group_by)
                for row in _rows(definitions, result)
            ]
    except duckdb.Error as error:
        file, cause = paths.published_file(), str(error).splitlines()[0]
        raise UserError(f"{file} gives no KPIs: {cause} Build and publish: make run") from error
    rows += _growth(rows)
    report = KpiReport(
        # Stable: within a slice and period the KPIs keep the order of the saved query.
        rows=tuple(sorted(rows, key=lambda row: (row.channel, row.region, row.period))),
        choices=_choices(manifest, basis),
        first_day=first_day,
        last_day=last_day,
        csv_file=paths.kpi_folder() / "kpis.csv",
        json_file=paths.kpi_folder() / "kpis.json",
    )
    _write(report)
    return report


def wilson(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float] | None:
    """Interval of a binomial rate after Wilson, JASA 22 (1927), 209-212; None without trials."""
    if not trials:
        return None
    z2 = NormalDist().inv_cdf((1 + confidence) / 2) ** 2
    rate = successes / trials
    middle = (rate + z2 / (2 * trials)) / (1 + z2 / trials)
    half = math.sqrt(z2 * (rate * (1 - rate) / trials + z2 / (4 * trials**2))) / (1 + z2 / trials)
    return max(0.0, middle - half), min(1.0, middle + half)


class _Dialect:
    """All that MetricFlow asks of a SQL client when it explains a query instead of running it."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()


def _semantic_manifest() -> PydanticSemanticManifest:
    """The metrics as the last dbt run left them, their tables named without the database."""
    file = paths.target_folder() / "semantic_manifest.json"
    if not file.is_file():
        raise UserError(f"no metric definitions at {file}; build the project first: make run")
    manifest = json.loads(file.read_text(encoding="utf-8"))
    spines = manifest["project_configuration"]["time_spines"]
    for holder in (*manifest["semantic_models"], *spines):
        relation = holder["node_relation"]
        relation["relation_name"] = f'"{relation["schema_name"]}"."{relation["alias"]}"'
    return parse_manifest_from_dbt_generated_manifest(json.dumps(manifest))


def _definitions(manifest: PydanticSemanticManifest) -> list[Definition]:
    """The metrics of the saved query, in its order."""
    metrics = {metric.name: metric for metric in manifest.metrics}
    query = next(query for query in manifest.saved_queries if query.name == SAVED_QUERY)
    definitions = []
    for name in query.query_params.metrics:
        metric = metrics[name]
        meta = metric.config.meta if metric.config else {}
        ratio = metric.type_params
        definitions.append(
            Definition(
                metric=name,
                kpi=meta.get("kpi", name),
                label=metric.label or name,
                method=meta["method"],
                unit=meta["unit"],
                note=meta.get("note", ""),
                too_early=meta.get("too_early", ""),
                numerator=ratio.numerator.name if ratio.numerator else None,
                denominator=ratio.denominator.name if ratio.denominator else None,
            )
        )
    return definitions


def _choices(manifest: PydanticSemanticManifest, basis: Mapping[str, Any]) -> dict[str, str]:
    """What the semantic models say about the choices behind the numbers, with what was chosen."""
    configs = (model.config.meta for model in manifest.semantic_models if model.config)
    return {
        name: text.format_map(basis)
        for meta in configs
        for name, text in meta.get("choices", {}).items()
    }


def _published() -> duckdb.DuckDBPyConnection:
    file = paths.published_file()
    if not file.is_file():
        raise UserError(f"nothing is published at {file}; build and publish first: make run")
    connection = duckdb.connect(str(file), read_only=True)
    connection.execute("set enable_progress_bar = false")
    return connection


def _query(
    connection: duckdb.DuckDBPyConnection,
    engine: MetricFlowEngine,
    metrics: Sequence[str],
    group_by: Sequence[str],
) -> list[dict[str, Any]]:
    """One row a slice, keyed by metric and by dimension."""
    names = [GROUP_BY[name] for name in group_by]
    asked = [m for m in metrics if m != OF_PERIOD or set(group_by) <= {"month"}]
    request = MetricFlowQueryRequest.create(metric_names=asked, group_by_names=names)
    return _rows_by_column(connection.sql(engine.explain(request).sql_statement.sql))


def _rows_by_column(result: duckdb.DuckDBPyRelation) -> list[dict[str, Any]]:
    return [dict(zip(result.columns, row, strict=True)) for row in result.fetchall()]


def _rows(definitions: Iterable[Definition], result: Mapping[str, Any]) -> Iterable[Kpi]:
    month = result.get(GROUP_BY["month"])
    for definition in (d for d in definitions if d.metric in result):
        value, numerator, denominator = (
            _number(result[name]) if name else None
            for name in (
                definition.metric,
                definition.numerator,
                definition.denominator,
            )
        )
        interval = None
        if definition.method == "cohort" and numerator is not None and denominator:
            interval = wilson(int(numerator), int(denominator))
        lower, upper = interval or (None, None)
        yield Kpi(
            kpi=definition.kpi,
            label=definition.label,
            method=definition.method,
            period=month.strftime("%Y-%m") if month else EVERY_MONTH,
            channel=result.get("channel", EVERY_SLICE),
            region=result.get("region", EVERY_SLICE),
            value=value,
            lower=lower,
            upper=upper,
            numerator=numerator,
            denominator=denominator,
            unit=definition.unit,
            note=definition.note if value is not None else _why_missing(definition, result),
        )


def _why_missing(definition: Definition, result: Mapping[str, Any]) -> str:
    """What a KPI without a value lacks."""
    numerator, denominator = definition.numerator, definition.denominator
    if definition.too_early and denominator and result[denominator] == 0:
        return definition.too_early
    lacking = [name for name in (numerator,) if name and result[name] is None]
    lacking += [name for name in (denominator,) if name and not result[name]]
    return "no " + " and no ".join(name.replace("_", " ") for name in lacking or ["data"])


def _growth(rows: Sequence[Kpi]) -> list[Kpi]:
    """Growth of each month's revenue, where both months are complete and the earlier earned."""
    revenues = [row for row in rows if row.kpi == "revenue" and row.period != EVERY_MONTH]
    value_of = {(row.channel, row.region, row.period): row.value for row in revenues}
    complete = {row.period for row in rows if row.kpi == OF_PERIOD and _is_complete(row)}
    growth = []
    for kpi, (label, months) in GROWTH.items():
        for row in revenues:
            earlier = _months_back(row.period, months)
            now, then = row.value, value_of.get((row.channel, row.region, earlier))
            value, note = None, f"no revenue in {earlier} or {row.period}"
            if not {earlier, row.period} <= complete:
                note = f"too early: the data do not cover {earlier} and {row.period} in full"
            elif now is not None and then is not None and then > 0:
                value, note = now / then - 1, f"against {earlier}"
            named = replace(row, kpi=kpi, label=label, unit="rate", note=note)
            growth.append(replace(named, value=value, numerator=now, denominator=then))
    return growth


def _is_complete(row: Kpi) -> bool:
    """Whether days_covered of a month is all its days."""
    if row.period == EVERY_MONTH:
        return False
    return row.value == monthrange(int(row.period[:4]), int(row.period[5:]))[1]


def _months_back(period: str, months: int) -> str:
    year, month = divmod(int(period[:4]) * 12 + int(period[5:]) - 1 - months, 12)
    return f"{year:04}-{month + 1:02}"


def _number(value: int | float | Decimal | None) -> Number:
    return float(value) if isinstance(value, Decimal) else value


def _write(report: KpiReport) -> None:
    rows = [{k: _rounded(v) for k, v in asdict(row).items()} for row in report.rows]
    table = io.StringIO()
    writer = csv.DictWriter(table, [f.name for f in fields(Kpi)], lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: _cell(v) for k, v in row.items()} for row in rows)
    document = {
        "choices": report.choices,
        "first_day": report.first_day and report.first_day.isoformat(),
        "last_day": report.last_day and report.last_day.isoformat(),
        "kpis": rows,
    }
    _replace(report.csv_file, table.getvalue())
    _replace(report.json_file, json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def _rounded(value: object) -> object:
    return round(value, 6) if isinstance(value, float) else value


def _cell(value: object) -> object:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    is_formula = isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{value}" if is_formula else value


def _replace(file: Path, content: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.new")
    new.write_text(content, encoding="utf-8", newline="\n")
    new.replace(file)


def render(report: KpiReport) -> RenderableType:
    """The report for a terminal: all KPIs in total by month, then the main ones by slice."""
    tables = [
        _by_month(report, "period", "What happened in the month"),
        _by_month(report, "cohort", "What became of the month's leads, with 95 % interval"),
        _by_slice(report, "channel"),
        _by_slice(report, "region"),
    ]
    choices = [f"{name}: {text}" for name, text in report.choices.items()]
    head = f"KPIs from {report.first_day} to {report.last_day}"
    return Group(
        Text(head, style="bold"),
        *(table for table in tables if table.row_count),
        Text(),
        *(Text(line, style="dim") for line in choices),
    )


def _by_month(report: KpiReport, method: str, title: str) -> Table:
    rows = [
        row
        for row in report.rows
        if (row.method, row.channel, row.region) == (method, EVERY_SLICE, EVERY_SLICE)
    ]
    months = sorted({row.period for row in rows} - {EVERY_MONTH})[-MONTHS_SHOWN:]
    cells = {(row.kpi, row.period): _shown(row) for row in rows}
    table = _table(title, ["", *months, EVERY_MONTH])
    totals = {row.kpi: _shown(row) + _interval(row) for row in rows if row.period == EVERY_MONTH}
    for kpi, label in {row.kpi: row.label for row in rows}.items():
        shown = (cells.get((kpi, month), "–") for month in months)
        table.add_row(label.removesuffix(" (period)"), *shown, totals.get(kpi, ""))
    return table


def _by_slice(report: KpiReport, dimension: str) -> Table:
    other = "region" if dimension == "channel" else "channel"
    rows = [
        row
        for row in report.rows
        if row.period == EVERY_MONTH
        and getattr(row, dimension) != EVERY_SLICE
        and getattr(row, other) == EVERY_SLICE
        and row.kpi in KPIS_BY_SLICE
        and (row.unit != "rate" or row.method == "cohort")
    ]
    labels = {row.kpi: row.label.replace("-to-", " to ").replace(" ", "\n") for row in rows}
    slices = dict.fromkeys(getattr(row, dimension) for row in rows)
    cells = {(row.kpi, getattr(row, dimension)): _shown(row) for row in rows}
    table = _table(f"By {dimension}, all months", [dimension, *labels.values()])
    for name in slices:
        table.add_row(Text(name), *(cells[kpi, name] for kpi in labels))
    return table


def _table(title: str, columns: Sequence[str]) -> Table:
    table = Table(title=f"\n{title}", title_justify="left", box=None, pad_edge=False)
    table.add_column(columns[0], overflow="fold")
    for column in columns[1:]:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _shown(row: Kpi) -> str:
    if row.value is None:
        return "–"
    formats = {
        "count": f"{row.value:,}",
        "rate": f"{row.value:.1%}",
        "money": f"{row.value:,.2f}" if abs(row.value) < 10_000 else f"{row.value:,.0f}",
        "days": f"{row.value:,.1f}",
    }
    return formats[row.unit]


def _interval(row: Kpi) -> str:
    if row.lower is None or row.upper is None:
        return ""
    return f" ({row.lower:.1%} – {row.upper:.1%})"
