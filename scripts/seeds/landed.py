"""What the last build tells of seeds: rules that no lead and no event meets, and emptied tables."""
# ruff: noqa: S608 (names of tables are those of `interface`; columns are quoted)

import difflib
from collections.abc import Mapping

from duckdb import DuckDBPyConnection

from scripts.seeds.check_seeds import SeedReport, by_weight
from scripts.seeds.checks.naive_bayes import PERSONAL
from scripts.seeds.checks.tables import Finding, Findings, Table
from scripts.seeds.checks.vocabulary import Vocabulary
from scripts.shared.interface import ALL_EVENT_DAYS, LEAD_PROFILES
from scripts.shared.text import text_key
from scripts.shared.warehouse import quote_identifier, reading, tables_of

# A value that less leads have is not shown: it may be one person's.
_LEAST_LEADS = 5

# Attributes whose values are told by seeds or depend on the day, or are one person's.
_NOT_HELD = {
    *("seniority", "title_role", "department_group", "employee_band", "email_domain_kind"),
    *("is_role_mailbox", "first_event_key", "tenure_days", *PERSONAL),
}

# Values by key, each as it is written, with its leads.
Values = Mapping[str, tuple[str, int]]

_OCCURRED = f"select distinct event_key from {ALL_EVENT_DAYS}"
_LANDED = """
with extra_columns as (
    select '' as owner, attributes from raw.leads
    union all
    select 'account.', attributes from raw.accounts
), entries as (
    select owner, unnest(map_entries(attributes::map(varchar, varchar))) as entry from extra_columns
)
select distinct owner || entry.key from entries where entry.value <> ''
"""


def warnings_for_landed(report: SeedReport) -> tuple[Finding, ...]:
    """The report's warnings but those that the last build settles, with those that it tells.

    It knows which attributes, values and types of events there are, and which tables had rows.
    Raises UserError where it cannot be read, as while a build writes it, or was not built.
    """
    with reading() as warehouse:
        occurred = _names(warehouse, _OCCURRED)
        told = [
            *_never_firing(warehouse, report.tables, occurred),
            *_emptied(warehouse, report.tables),
        ]
    places = {(finding.file, finding.line, finding.column) for finding in told}
    left = [
        finding
        for finding in report.warnings
        if not (finding.about == "landed" and _is_settled(finding, occurred))
        and (finding.file, finding.line, finding.column) not in places
    ]
    return tuple(sorted([*left, *told], key=by_weight))


def _is_settled(finding: Finding, occurred: set[str]) -> bool:
    return finding.column == "attribute" or finding.value in occurred


def _never_firing(
    warehouse: DuckDBPyConnection, tables: Mapping[str, Table], occurred: set[str]
) -> Findings:
    """Rules for which there is no event, no attribute, or no value."""
    known = Vocabulary(tables).attributes
    landed = _names(warehouse, _LANDED) | set(known.values if known else ())
    for name, column, present in (
        ("event_points", "event_key", occurred),
        ("inactivity_points", "requires_event_key", occurred),
        ("attribute_points", "attribute", landed),
    ):
        for row in tables[name]:
            if row[column] not in {*present, ""} and row.cells.get("operator") != "is_missing":
                yield row.warning(column, "never occurs, so the rule never fires")
    yield from _of_no_lead(warehouse, tables["attribute_points"])
    yield from _of_no_lead(warehouse, tables["segments"])


def _of_no_lead(warehouse: DuckDBPyConnection, table: Table) -> Findings:
    """Conditions on values of which no lead ever had any, or that are likely misspelt.

    A guard, which disqualifies or marks as junk, may wait for the first lead that it meets.
    """
    asked: dict[str, Values] = {}
    for row in table:
        attribute = row["attribute"]
        if row["operator"] not in ("equals", "in"):
            continue
        if attribute not in asked:
            asked[attribute] = _values(warehouse, attribute)
        parts = row["value"].split("|") if row["operator"] == "in" else [row["value"]]
        had = asked[attribute]
        lacking = [part for part in parts if text_key(part) not in had]
        others = {key: of for key, of in had.items() if key not in map(text_key, parts)}
        near = {part: alike for part in lacking if (alike := _near(text_key(part) or "", others))}
        is_guard = row.cells.get("effect", "") not in ("", "points")
        if near:
            part, alike = next(iter(near.items()))
            yield row.warning("value", f"asks for {part}, which no {attribute} is; {alike}")
        elif had and len(lacking) == len(parts) and not is_guard:
            yield row.warning("value", f"is no {attribute} that any lead ever had")


def _near(key: str, values: Values) -> str:
    """Those values which are spelt much like a key, each with its leads; '' where there is none."""
    common = {k: v for k, v in values.items() if v[1] >= _LEAST_LEADS}
    close = difflib.get_close_matches(key, common, 2, 0.8)
    return ", ".join(f"{common[k][1]:,} leads have '{common[k][0]}'" for k in close)


def _values(warehouse: DuckDBPyConnection, attribute: str) -> Values:
    """The texts that leads ever had of an attribute of theirs, but for those of `_NOT_HELD`."""
    if attribute in _NOT_HELD or ":" in attribute or "." in attribute:
        return {}
    parameters, expression = {}, quote_identifier(attribute)
    described = warehouse.execute(f"describe {LEAD_PROFILES}").fetchall()
    kind = {name: kind for name, kind, *_ in described}.get(attribute)
    if kind is None:
        parameters = {"attribute": attribute}
        expression = "(attributes::map(varchar, varchar))[$attribute]"  # a name may be any text
    elif kind != "VARCHAR":
        return {}
    found = warehouse.execute(
        f"""select {expression} as value, count(distinct lead_id) from {LEAD_PROFILES}
        where value <> '' group by value order by 2, 1""",
        parameters,
    ).fetchall()
    return {key: (value, leads) for value, leads in found if (key := text_key(value))}


def _emptied(warehouse: DuckDBPyConnection, tables: Mapping[str, Table]) -> Findings:
    """Tables without rows that the last build had rows of."""
    for name, built in tables_of(warehouse, "seeds").items():
        table = tables.get(name)
        if table is None or table.rows or not table.is_readable:
            continue
        ((rows,),) = warehouse.execute(f"select count(*) from {built}").fetchall()
        if rows:
            yield table.warning(f"the table has no rows; the last build had {rows:,}")


def _names(warehouse: DuckDBPyConnection, query: str) -> set[str]:
    return {name for (name,) in warehouse.execute(query).fetchall()}
