"""KPIs of the published marts, as `models/marts/funnel/_funnel__metrics.yml` defines them."""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import combinations
from typing import Any, cast

import duckdb
import numpy as np
import pandas as pd
from metricflow_semantic_interfaces.implementations.semantic_manifest import (
    PydanticSemanticManifest,
)
from metricflow_semantic_interfaces.type_enums.aggregation_type import AggregationType
from numpy.typing import NDArray
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from scripts.kpis.files import write
from scripts.kpis.metrics import Metrics
from scripts.kpis.report import (
    DIMENSIONS,
    EVERY_MONTH,
    EVERY_SLICE,
    TOO_EARLY,
    Issue,
    Kpi,
    KpiReport,
    Number,
    Slice,
)
from scripts.kpis.unknown import Unknown, find_unknown
from scripts.shared import paths
from scripts.shared.errors import UserError
from scripts.shared.faults import known
from scripts.shared.statistics import Statistic, bootstrap, wilson
from scripts.shared.warehouse import unopened

SAVED_QUERY = "kpis"
METHODS = ("period", "cohort")
GROUP_BY = {"month": "metric_time__month", "channel": "channel", "region": "region"}
# Known of a period alone, not of a channel or region; it gives a month without anything a row.
OF_PERIOD = "days_covered"
MONTHS_SHOWN = 3
KPIS_BY_SLICE = (
    "leads",
    "lead_to_opportunity_rate",
    "lead_to_customer_rate",
    "customers",
    "revenue",
    "cac",
    "clv_to_cac",
)

# Growth has no metric: MetricFlow would shift months by joining the time spine (ADR 0003).
GROWTH = {
    "revenue_growth_month": ("Revenue growth on the month before", 1),
    "revenue_growth_year": ("Revenue growth on the year before", 12),
}

Samples = Mapping[str, Mapping[Slice, NDArray[np.float64]]]


@dataclass(frozen=True)
class ValuesOf:
    """The values whose median or mean a KPI is: of a metric, for each of an entity."""

    metric: str
    of: str
    statistic: Statistic


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
    too_early_when: str | None
    needs: str | None
    has_wilson: bool
    values: ValuesOf | None
    numerator: str | None
    denominator: str | None
    inputs: tuple[str, ...]

    @property
    def metrics(self) -> set[str]:
        """The metrics that a row of the report is made of."""
        named = (self.metric, self.numerator, self.denominator, self.too_early_when, *self.inputs)
        return {name for name in named if name}


def kpis(by: Sequence[str] = ("month",), method: str | None = None) -> KpiReport:
    """Compute the KPIs of the published file, in total and for each combination of `by`.

    `by` holds any of month, channel and region; `method` is period (what happened in the month) or
    cohort (what became of the month's leads), None for both. Writes kpis.csv, kpis.json and two
    wide tables to the KPI folder if that is all there is, else files of a name of their own.
    Raises UserError for another `by` or `method`, and where nothing has been built or
    published yet, BusyError where another program has the published file open for writing.
    """
    for name in by:
        if name not in GROUP_BY:
            raise UserError(f"cannot report by {name!r}; choose from {', '.join(GROUP_BY)}")
    if method not in (None, *METHODS):
        raise UserError(f"there is no method {method!r}; choose from {', '.join(METHODS)}")
    metrics = Metrics()
    definitions = [d for d in _definitions(metrics.manifest) if method in (None, d.method)]
    names = sorted({name for definition in definitions for name in definition.metrics})
    labels = {m.name: _words(m.label or m.name) for m in metrics.manifest.metrics}
    dimensions = [name for name in GROUP_BY if name in by]
    try:
        with _published() as connection:
            first_day, last_day = connection.sql(
                "select min(date_day), max(date_day) from marts.calendar"
            ).fetchall()[0]
            basis = _basis(connection, definitions)
            samples = _samples(connection, metrics, definitions, dimensions)
            issues = _issues(connection)
            results = {
                _slice_of(result): result
                for group_by in _subsets(dimensions)
                for result in _query(connection, metrics, names, group_by)
            }
    except duckdb.Error as error:
        file, cause = paths.published_file(), str(error).splitlines()[0]
        sentence = f"{file} gives no KPIs: {cause} Build and publish: make run"
        raise UserError(known(error, file) or sentence) from error
    rows = [
        row
        for where, result in results.items()
        for row in _rows(definitions, where, result, samples, basis, labels)
    ]
    parts = _parts(metrics.manifest)
    unknown = find_unknown(
        results,
        {name: labels[name] for name in names if name in parts[name]},
        basis["unknown_slice_share"],
    )
    rows = _with_unknown([*rows, *_growth(rows)], definitions, unknown, parts)
    rows = _with_issues(rows, definitions, issues, metrics.manifest)
    main = {part for d in definitions if d.kpi in KPIS_BY_SLICE for part in parts[d.metric]}
    main &= {definition.metric for definition in definitions}
    report = KpiReport(
        # Stable: within a slice and period the KPIs keep the order of the saved query.
        rows=tuple(sorted(rows, key=lambda row: (row.channel, row.region, row.period))),
        choices=_choices(metrics.manifest, basis),
        issues=issues,
        unknown={where: unknown.text(where, main) for where in results},
        first_day=first_day,
        last_day=last_day,
        folder=paths.kpi_folder(),
        name=_file_name(dimensions, method),
    )
    write(report)
    return report


def _file_name(dimensions: Sequence[str], method: str | None) -> str:
    """`kpis` for the whole report, which BI reads; a look at less says what it shows."""
    if (*dimensions,) == (*GROUP_BY,) and not method:
        return "kpis"
    split = f"by_{'_'.join(dimensions)}" if dimensions else "in_total"
    return ".".join(filter(None, ("kpis", split, method)))


def _words(label: str) -> str:
    """A label inside a sentence: Customers as customers, MQLs as it is."""
    return label[0].lower() + label[1:] if label[1:2].islower() else label


def _parts(manifest: PydanticSemanticManifest) -> dict[str, frozenset[str]]:
    """Of each metric those it is made of that add up over channels and regions."""
    metrics = {metric.name: metric for metric in manifest.metrics}
    sums = {
        measure.name
        for model in manifest.semantic_models
        for measure in model.measures
        if measure.agg is AggregationType.SUM
    }

    @cache
    def parts(name: str) -> frozenset[str]:
        of = metrics[name].type_params
        if of.measure:
            return frozenset({name} if of.measure.name in sums else ())
        inputs = [metric.name for metric in (of.numerator, of.denominator) if metric]
        inputs += [metric.name for metric in of.metrics or ()]
        return frozenset().union(*(parts(name) for name in inputs))

    return {name: parts(name) for name in metrics}


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
                too_early_when=meta.get("too_early_when"),
                needs=meta.get("needs"),
                has_wilson=meta.get("interval") == "wilson",
                values=ValuesOf(**meta["values"]) if "values" in meta else None,
                numerator=ratio.numerator.name if ratio.numerator else None,
                denominator=ratio.denominator.name if ratio.denominator else None,
                inputs=tuple(metric.name for metric in ratio.metrics or ()),
            )
        )
    return definitions


def _issues(connection: duckdb.DuckDBPyConnection) -> tuple[Issue, ...]:
    found = connection.sql(
        """select issue, entity, count(*), min(record_id || ' (' || detail || ')')
        from marts.data_issues group by all order by all"""
    ).fetchall()
    return tuple(Issue(*row) for row in found)


def _with_unknown(
    rows: Iterable[Kpi],
    definitions: Iterable[Definition],
    unknown: Unknown,
    parts: Mapping[str, frozenset[str]],
) -> list[Kpi]:
    """The rows, whose notes say where much of what their number is made of has no slice."""
    made_of = {
        (d.kpi, d.method): parts[d.values.metric if d.values else d.metric] for d in definitions
    }
    made_of |= {(kpi, "period"): parts["revenue"] for kpi in GROWTH}

    @cache
    def told(kpi: str, method: str, where: Slice) -> str:
        return unknown.text(where, made_of[kpi, method], most=1)

    return [
        replace(row, note=_joined(row.note, told(row.kpi, row.method, row.slice)))
        if row.value is not None
        else row
        for row in rows
    ]


def _joined(*notes: str) -> str:
    return "; ".join(filter(None, notes))


def _with_issues(
    rows: Iterable[Kpi],
    definitions: Iterable[Definition],
    issues: Iterable[Issue],
    manifest: PydanticSemanticManifest,
) -> list[Kpi]:
    """The rows, whose notes count the faults of what their KPI rests on, by words in its name."""
    metas = (model.config.meta for model in manifest.semantic_models if model.config)
    words = {word: set(names) for meta in metas for word, names in meta.get("rests_on", {}).items()}
    metrics = {definition.kpi: definition.metrics for definition in definitions}
    told: dict[str, str] = {}
    for kpi in {row.kpi for row in rows}:
        named = " ".join((kpi, *metrics.get(kpi, ())))
        entities = set().union(*(names for word, names in words.items() if word in named))
        told[kpi] = ", ".join(
            f"{issue.records:,} × {issue.issue} in {issue.entity}"
            for issue in issues
            if issue.entity in entities
        )
    return [replace(row, note=_joined(row.note, told[row.kpi])) for row in rows]


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
    try:
        connection = duckdb.connect(str(file), read_only=True)
    except duckdb.IOException as error:
        raise unopened(file, error) from error
    connection.execute("set enable_progress_bar = false")
    return connection


def _basis(
    connection: duckdb.DuckDBPyConnection, definitions: Iterable[Definition]
) -> Mapping[str, Any]:
    """The row of kpi_basis. Raises UserError where it does not tell what is known."""
    basis = _rows_by_column(connection.sql("from marts.kpi_basis"))[0]
    asked = {f"has_{definition.needs}" for definition in definitions if definition.needs}
    asked |= {"unknown_slice_share"}
    if missing := sorted(asked.difference(basis)):
        file = paths.published_file()
        raise UserError(
            f"{file} is of an older version, without {missing[0]}; build and publish: make run"
        )
    return basis


def _query(
    connection: duckdb.DuckDBPyConnection,
    metrics: Metrics,
    names: Sequence[str],
    group_by: Sequence[str],
) -> list[dict[str, Any]]:
    """One row a slice, keyed by metric and by dimension."""
    asked = [name for name in names if name != OF_PERIOD or set(group_by) <= {"month"}]
    query = metrics.sql(asked, [GROUP_BY[name] for name in group_by])
    return _rows_by_column(connection.sql(query))


def _samples(
    connection: duckdb.DuckDBPyConnection,
    metrics: Metrics,
    definitions: Iterable[Definition],
    dimensions: Sequence[str],
) -> Samples:
    """The values behind medians and means, by metric and slice."""
    asked = sorted({(d.values.metric, d.values.of) for d in definitions if d.values})
    samples = {}
    for metric, entity in asked:
        query = metrics.sql([metric], [entity, *(GROUP_BY[name] for name in dimensions)])
        table = connection.sql(query).df()
        table = table.rename(columns={column: name for name, column in GROUP_BY.items()})
        table = table.dropna(subset=[metric])
        if "month" in table:
            table["month"] = table["month"].dt.strftime("%Y-%m")
        samples[metric] = {
            _slice(dict(zip(group_by, keys, strict=True))): values
            for group_by in _subsets(dimensions)
            for keys, values in _grouped(table, metric, group_by)
        }
    return samples


def _grouped(
    table: pd.DataFrame, metric: str, group_by: Sequence[str]
) -> Iterator[tuple[tuple[str, ...], NDArray[np.float64]]]:
    if not group_by:
        yield (), table[metric].to_numpy(dtype=np.float64)
        return
    for keys, part in table.groupby(list(group_by))[metric]:
        yield cast(tuple[str, ...], keys), part.to_numpy(dtype=np.float64)


def _subsets(dimensions: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Each combination of dimensions, none of them first."""
    for size in range(len(dimensions) + 1):
        yield from combinations(dimensions, size)


def _slice_of(result: Mapping[str, Any]) -> Slice:
    """The slice of a row of a query."""
    month = result.get(GROUP_BY["month"])
    named = {name: result[name] for name in DIMENSIONS if name in result}
    return _slice({**named, "month": month.strftime("%Y-%m")} if month else named)


def _slice(named: Mapping[str, str]) -> Slice:
    period = named.get("month", EVERY_MONTH)
    return period, named.get("channel", EVERY_SLICE), named.get("region", EVERY_SLICE)


def _rows_by_column(result: duckdb.DuckDBPyRelation) -> list[dict[str, Any]]:
    return [dict(zip(result.columns, row, strict=True)) for row in result.fetchall()]


def _rows(
    definitions: Iterable[Definition],
    where: Slice,
    result: Mapping[str, Any],
    samples: Samples,
    basis: Mapping[str, Any],
    labels: Mapping[str, str],
) -> Iterable[Kpi]:
    period, channel, region = where
    for definition in (d for d in definitions if d.metric in result):
        needs = definition.needs
        missing = f"no {needs} were landed" if needs and not basis[f"has_{needs}"] else None
        value, numerator, denominator = (
            _number(result[name]) if name and not missing else None
            for name in (
                definition.metric,
                definition.numerator,
                definition.denominator,
            )
        )
        interval = None
        if definition.has_wilson and numerator is not None and denominator:
            interval = wilson(int(numerator), int(denominator))
        elif definition.values and value is not None:
            values = samples[definition.values.metric][where]
            name = "|".join((definition.metric, *where))
            interval = bootstrap(values, definition.values.statistic, name)
        lower, upper = interval or (None, None)
        note = definition.note if value is not None else _why_missing(definition, result, labels)
        yield Kpi(
            kpi=definition.kpi,
            label=definition.label,
            method=definition.method,
            period=period,
            channel=channel,
            region=region,
            value=value,
            lower=lower,
            upper=upper,
            numerator=numerator,
            denominator=denominator,
            unit=definition.unit,
            note=missing or note.format_map(basis),
        )


def _why_missing(
    definition: Definition, result: Mapping[str, Any], labels: Mapping[str, str]
) -> str:
    """What a KPI without a value lacks: the first thing that is not there."""
    numerator, denominator = definition.numerator, definition.denominator
    sign, of_sign = (
        (definition.too_early_when, 1) if definition.too_early_when else (denominator, 0)
    )
    if definition.too_early and sign and result[sign] == of_sign:
        return definition.too_early
    lacking = [denominator] if denominator and not result[denominator] else []
    needed = (numerator, *definition.inputs)
    lacking += [name for name in needed if name and result[name] is None]
    return f"no {labels[lacking[0]]}" if lacking else "no data in this period"


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
                value, note = now / then - 1, f"compared with {earlier}"
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
        *(
            Text(
                f"data issue: {issue.records:,} × {issue.issue} in {issue.entity}: {issue.example}"
            )
            for issue in report.issues
        ),
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
    unknown = next((report.unknown[row.slice] for row in rows), "")
    title = "; ".join(filter(None, (f"By {dimension}, all months", unknown)))
    table = _table(title, [dimension, *labels.values()])
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
    if row.is_too_early:
        return TOO_EARLY
    return "–" if row.value is None else _formatted(row.value, row.unit)


def _formatted(value: int | float, unit: str) -> str:
    formats = {
        "count": f"{value:,}",
        "rate": f"{value:.1%}",
        "money": f"{value:,.2f}" if abs(value) < 10_000 else f"{value:,.0f}",
    }
    return formats.get(unit, f"{value:,.1f}")


def _interval(row: Kpi) -> str:
    if row.lower is None or row.upper is None:
        return ""
    return f" ({_formatted(row.lower, row.unit)} – {_formatted(row.upper, row.unit)})"
