"""The queries of a connector, and what their comments say of the tables that they read.

`-- wants contact.email varchar: no lead has an address` names a column that the query reads, and
what is lost where it is not there; `contact|contacts` and `is_deleted|archived` name what other
tools call them. `-- wants contact.*: …` takes every other column too, `-- leaves out contact.hs_*:
…` all but these. `-- keeps what is gone: …` says that rows are not deleted because they are no
longer there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scripts.landing.contract import read_contract
from scripts.shared.errors import UserError
from scripts.shared.paths import PROJECT

CONNECTORS = PROJECT / "connectors"
EVERY_OTHER = "*"

_SAID = re.compile(r"-- (wants|leaves out|keeps what is gone)\b")
_WANTS = re.compile(
    r"-- wants (?P<tables>[\w|*]+)\.(?P<columns>[\w|]+|\*)(?: (?P<data_type>\w[\w (),]*))?"
    r"(?:: (?P<otherwise>.+))?"
)
_LEAVES_OUT = re.compile(r"-- leaves out (?P<table>\w+)\.(?P<columns>[\w*]+): .+")
_PREFIX = re.compile(r"^propert(?:y|ies)_(?=.)")


def plain_name(name: str) -> str:
    """A table's or column's name as queries write it, whatever tool landed it.

    Lower case with underscores (Airbyte's `IsDeleted`), one at a time (Salesforce's `__c`), and
    without the prefixes of HubSpot's properties (`property_`, `properties_`).
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    return _PREFIX.sub("", re.sub(r"\W|_+", "_", words).lower(), count=1)


@dataclass(frozen=True)
class Want:
    """A column that a query reads: its table and name, and what other tools call these.

    `otherwise` says what is lost without it; empty in a query that makes a table, which is not
    for a source without it.
    """

    tables: tuple[str, ...]
    columns: tuple[str, ...]
    data_type: str
    otherwise: str

    @property
    def name(self) -> str:
        """How it is told of: table and column."""
        return f"{self.tables[0]}.{self.columns[0]}"


@dataclass(frozen=True)
class Query:
    """A SELECT of a connector, over tables with the columns that it wants.

    `target` is the entity of the contract, or the table, that it gives; `left_out` are patterns of
    columns by table.
    """

    file: Path
    sql: str
    wants: tuple[Want, ...]
    left_out: tuple[tuple[str, str], ...]
    keeps_what_is_gone: bool

    @property
    def target(self) -> str:
        """What it gives: the file's name up to its first point."""
        return self.file.name.split(".")[0]

    @property
    def name(self) -> str:
        """The file's name without its end, such as `lead_events.emails`."""
        return self.file.stem

    def wants_of(self, table: str) -> list[Want]:
        """Its wants of a table, in the order in which they are written."""
        return [want for want in self.wants if want.tables[0] == table]

    @property
    def tables(self) -> list[str]:
        """The tables that it reads, in the order in which it names them."""
        return list(dict.fromkeys(want.tables[0] for want in self.wants))


@dataclass(frozen=True)
class Connector:
    """The queries for one system: `entities` to land, and `shapes` that make tables from others."""

    system: str
    entities: tuple[Query, ...]
    shapes: tuple[Query, ...]
    settings: dict[str, str]


def systems() -> list[str]:
    """The systems that have a connector."""
    return sorted(path.name for path in CONNECTORS.iterdir() if path.is_dir())


@cache
def read_connector(system: str) -> Connector:
    """The connector of a system. Raises UserError where there is none or a line says nothing."""
    folder = CONNECTORS / system
    if system not in systems():
        raise UserError(
            f"there is no connector {system!r}: write one of {', '.join(systems())}, or add "
            f"connectors/{system} as docs/connectors.md says."
        )
    entities = [_read(file) for file in sorted(folder.glob("*.sql"))]
    shapes = [_read(file) for file in sorted((folder / "shapes").glob("*.sql"))]
    for query in entities:
        if query.target not in read_contract():
            raise UserError(
                f"{query.file} gives no entity: its name must begin with one of "
                f"{', '.join(read_contract())}."
            )
    return Connector(system, tuple(entities), tuple(shapes), _settings(folder))


def _settings(folder: Path) -> dict[str, str]:
    """What settings.yml says, which queries read with getvariable; nothing where there is none."""
    file = folder / "settings.yml"
    if not file.is_file():
        return {}
    try:
        said: Any = yaml.safe_load(file.read_text("utf-8")) or {}
    except (ValueError, yaml.YAMLError) as error:
        raise UserError(f"{file} is no YAML that can be read.") from error
    if not isinstance(said, dict) or any(isinstance(said[key], dict | list) for key in said):
        raise UserError(f"{file} must say one value a line, such as currency: EUR.")
    return {str(key): "" if said[key] is None else str(said[key]) for key in said}


def _read(file: Path) -> Query:
    text = file.read_text("utf-8")
    wants: list[Want] = []
    left_out: list[tuple[str, str]] = []
    for number, line in enumerate(map(str.strip, text.splitlines()), start=1):
        if not (said := _SAID.match(line)):
            continue
        if found := _WANTS.fullmatch(line):
            wants.append(
                Want(
                    _names(found["tables"]),
                    _names(found["columns"]),
                    (found["data_type"] or "varchar").lower(),
                    found["otherwise"] or "",
                )
            )
        elif found := _LEAVES_OUT.fullmatch(line):
            left_out.append((found["table"], found["columns"]))
        elif said[1] != "keeps what is gone":
            raise UserError(
                f"{file} line {number} is not as -- wants table.column type: what is lost "
                "without it, or -- leaves out table.columns: why."
            )
    if not wants:
        raise UserError(f"{file} wants nothing: say which columns it reads (-- wants …).")
    keeps = re.search(r"^-- keeps what is gone\b", text, re.MULTILINE) is not None
    return Query(file, text.rstrip().rstrip(";"), tuple(wants), tuple(left_out), keeps)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name if "*" in name else plain_name(name) for name in text.split("|"))


def find(names: Sequence[str], among: Sequence[str]) -> list[str]:
    """Which of the tables there are meant: those of the first name that any is called by.

    A name stands for its plural as well, as tools differ in that; one with * for all that fit.
    """
    for name in names:
        if "*" in name:
            pattern = re.compile(re.escape(name).replace(r"\*", ".*"))
            if found := [table for table in among if pattern.fullmatch(table)]:
                return found
        for spelling in (name, f"{name}s", f"{name[:-1]}ies" if name.endswith("y") else name):
            if spelling in among:
                return [spelling]
    return []
