"""Scores other days, leads and seeds: the SQL of the last build runs again beside the live file.

`explain` and `whatif` share it. The models that what is replaced reaches are made anew in a scratch
file, in which all others are as the live file has them. Nothing live is written.
"""
# ruff: noqa: S608 (names in SQL come from dbt's manifest and are quoted)

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from duckdb import DuckDBPyConnection

from scripts.scoring.artifacts import read_artifact
from scripts.seeds.check_seeds import seed_files
from scripts.seeds.overlay import SEEDS, have_same_rows, load_seed
from scripts.shared import paths
from scripts.shared.errors import UserError
from scripts.shared.interface import LANDED_EVENTS, LAST_BUILD, LEAD_PROFILES, LIVE_MODELS
from scripts.shared.temporary import temporary_folder
from scripts.shared.warehouse import (
    attached,
    built_file,
    connect,
    quote_identifier,
    register_text_functions,
)

# The schema-qualified name under which the scratch file has the live one.
LIVE = "_live"

# The days of the past on which a score can rise: what looks at one day leaves them out.
HISTORY_DATES = tuple(f"int_history_dates__{kind}" for kind in ("accounts", "events", "leads"))
# The file beside a scratch in memory: its name must not be the live file's.
SCRATCH = "_scratch.duckdb"

# A build rolls up the days of new events; here it is all days where anything is made of events.
_NEW_EVENTS = "int_new_events"
_DAYS_TO_ROLL_UP = "int_days_to_roll_up"
_ALL_DAYS = f"""
select lead_id, occurred_at::date as event_date, max(landing_seq) as landing_seq
from {LANDED_EVENTS}
group by all
"""

# A build scores past days of leads that are due; here those of all leads are.
DUE = "int_history_due"
ALL_LEADS = f"""
select lead_id, score_model, '' as inputs_hash, date '1900-01-01' as history_from_date
from (select distinct lead_id from {LEAD_PROFILES})
cross join {LIVE_MODELS}
"""

# What changes when a file does: its place, time of change and size.
FileState = tuple[str, int, int]

# Files of seeds that a process found to be as a warehouse has them; most are, and stay so.
_AS_LIVE: set[tuple[FileState, str, bytes]] = set()


@dataclass(frozen=True)
class Node:
    """A raw table, seed or model of the last build; a raw table has no SQL."""

    name: str
    relation: str
    is_view: bool
    parents: tuple[str, ...]
    compiled: Path | None


@dataclass(frozen=True)
class Rescoring:
    """A scratch file named as the live one, since compiled SQL names it, and `LIVE` beside it."""

    connection: DuckDBPyConnection
    nodes: dict[str, Node]
    # What of it is replaced, and by what; all else is a view of what the live file has.
    replaced: dict[str, Literal["table", "view"]] = field(default_factory=dict)

    def replace(self, name: str, query: str, kind: Literal["table", "view"] = "table") -> None:
        """Put the rows of a query in place of what a raw table, seed or model has.

        Those of a view are looked up when they are read.
        """
        relation = self.nodes[name].relation
        if (was := self.replaced.get(name, "view")) != kind:
            self.connection.execute(f"drop {was} if exists {relation}")
        self.connection.execute(f"create or replace {kind} {relation} as {query}")
        self.replaced[name] = kind

    def restore(self, *names: str) -> None:
        """Put what the live file has in place of what was replaced: of these, or of all."""
        for name in self.replaced.keys() & (names or self.replaced.keys()):
            self.replace(name, _as_live(self.nodes[name]), "view")
            del self.replaced[name]

    def remake(self, name: str, query: str | None = None) -> None:
        """Put a model's rows in place of what it has, from its SQL and its parents as they are."""
        self.replace(name, query or _sql(self.nodes[name]))

    def keep(self, name: str, query: str, values: Mapping[str, object] | None = None) -> None:
        """Make a table of the schema `preview`, beside those of the build, from a query's rows."""
        self.connection.execute(f"create or replace table preview.{name} as {query}", values or {})

    def texts(self, query: str) -> list[str]:
        """The rows of a query that has one column of text."""
        return [text for (text,) in self.connection.sql(query).fetchall()]

    def sql(self, name: str) -> str:
        """What dbt compiled for a model. Raises UserError where it is gone."""
        return _sql(self.nodes[name])

    def as_built(self, name: str) -> str:
        """A query of what the live file has of a node."""
        return _as_live(self.nodes[name])

    def changed_seeds(self, folder: Path) -> dict[str, Path]:
        """The files of seeds, a folder's laid over the project's, whose rows are not the live ones.

        They must be sound.
        """
        changed = {}
        for name, file in seed_files(SEEDS, folder).items():
            if name not in self.nodes:  # younger than the last build: no model of that reads it
                continue
            key = (_state(built_file()), name, file.read_bytes())
            if key in _AS_LIVE:
                continue
            rows = load_seed(self.connection, file)
            if have_same_rows(self.connection, rows, f"{LIVE}.{self.nodes[name].relation}"):
                _AS_LIVE.add(key)
            else:
                changed[name] = file
        return changed

    def lay_seeds(self, folder: Path) -> tuple[str, ...]:
        """Put the seeds that are changed in place of the live ones, and name them."""
        changed = self.changed_seeds(folder)
        for name, file in changed.items():
            self.replace(name, f"from {load_seed(self.connection, file)}")
        return (*changed,)

    def nothing_of(self, *names: str) -> dict[str, str]:
        """A query without rows for each of these, to take its place."""
        return {name: f"from ({_as_live(self.nodes[name])}) limit 0" for name in names}

    def reaching(self, results: Collection[str], as_live: Collection[str]) -> set[str]:
        """All that results are made from, but for what only models of `as_live` are."""
        needed = set(results)
        for node in reversed(self.nodes.values()):
            if node.name in needed and node.name not in as_live:
                needed.update(node.parents)
        return needed

    def refuse_missing(self, results: Sequence[str]) -> None:
        """Raise UserError where the last build was of a part, without these models."""
        built = self.connection.sql(
            """select format('"{}"."{}"', schema_name, view_name) from duckdb_views()
            where database_name = current_database()"""
        ).fetchall()
        asked = [self.nodes[name] for name in results if name in self.nodes]
        if missing := [node.name for node in asked if (node.relation,) not in built]:
            file = paths.warehouse_file()
            raise UserError(f"{file} lacks {', '.join(missing)}; build the marts first: make run")

    def run(
        self,
        replaced: Mapping[str, str],
        changed: Collection[str],
        as_live: Collection[str],
        results: Sequence[str],
        views: Collection[str] = (),
    ) -> None:
        """Make anew what the results need of what is reached from what changed.

        `replaced` holds queries that take the place of models, `changed` what has other rows
        already; models of `as_live` stay as they are, and so does what only they reach. Those of
        `views` are looked up when they are read.
        """
        affected = {*changed, *replaced}
        for node in self.nodes.values():
            if node.name not in as_live and affected.intersection(node.parents):
                affected.add(node.name)
        needed = set(results)
        for node in reversed(self.nodes.values()):
            if node.name in needed & affected - set(changed) - set(replaced):
                needed.update(node.parents)
        running = [name for name in self.nodes if name in needed & affected - set(changed)]
        reads_new = any(_NEW_EVENTS in (name, *self.nodes[name].parents) for name in running)
        if reads_new and _DAYS_TO_ROLL_UP not in replaced:
            replaced = {**replaced, _DAYS_TO_ROLL_UP: _ALL_DAYS}
            self.run(replaced, changed, as_live, results, views)
            return
        self.connection.begin()  # one by one each would wait for the disk
        for name in running:
            if name in views:
                self.replace(name, replaced.get(name) or _sql(self.nodes[name]), "view")
            elif name in replaced or not self.nodes[name].is_view:
                self.remake(name, replaced.get(name))
        self.connection.commit()


@contextmanager
def rescoring(*models: str, in_memory: bool = False) -> Iterator[Rescoring]:
    """A scratch file in which all is as the live one has it, or memory in its place.

    Where models are named there is only what they read, in memory too; what that does not hold is
    put aside. Raises UserError where nothing is built yet, or dbt compiled with other vars
    than the build's, or a model is younger than that build.
    """
    live, in_memory = built_file(), in_memory or bool(models)
    nodes = _nodes(paths.target_folder(), _state(paths.target_folder() / "manifest.json"))
    if younger := sorted(set(models) - nodes.keys()):
        raise UserError(
            f"{live} was built before this version of the project, without {', '.join(younger)}; "
            "build it again: make run"
        )
    with (
        temporary_folder() as folder,
        connect(folder / (SCRATCH if in_memory else live.name)) as scratch,
    ):
        if in_memory:
            scratch.execute(f"attach ':memory:' as {quote_identifier(live.stem)}")
            scratch.execute(f"use {quote_identifier(live.stem)}")
        register_text_functions(scratch)
        with attached(scratch, LIVE):
            _refuse_other_vars(scratch)
            _prepare(scratch, _read_by(nodes, models) if models else nodes)
            yield Rescoring(scratch, nodes)
            if in_memory:
                scratch.execute(f"use {quote_identifier(Path(SCRATCH).stem)}")


def _read_by(nodes: dict[str, Node], models: Collection[str]) -> dict[str, Node]:
    """These models, what they read, and what the views among that do."""
    wanted = set(models)
    for node in reversed(nodes.values()):
        if node.name in wanted and (node.name in models or node.is_view):
            wanted.update(node.parents)
    return {name: node for name, node in nodes.items() if name in wanted}


def _refuse_other_vars(scratch: DuckDBPyConnection) -> None:
    """Any command of dbt compiles the models, with vars of its own."""
    compiled = read_artifact("run_results.json")["args"].get("vars", {})
    ((given,),) = scratch.sql(f"select vars from {LIVE}.{LAST_BUILD}").fetchall()
    built = json.loads(json.dumps(yaml.safe_load(given), default=str))
    if built != compiled:
        raise UserError(
            f"dbt last ran with the vars {compiled}, the build with {built}; build it again"
        )


def _state(file: Path) -> FileState:
    status = file.stat() if file.is_file() else None
    return str(file), status.st_mtime_ns if status else 0, status.st_size if status else 0


@lru_cache(maxsize=1)
def _nodes(target: Path, _manifest: FileState) -> dict[str, Node]:
    """The raw tables, seeds and models of the last build by name, parents before children."""
    manifest = read_artifact("manifest.json")
    found: dict[str, Node] = {}

    def visit(unique_id: str) -> str | None:
        node = manifest["nodes"].get(unique_id) or manifest["sources"].get(unique_id)
        if not node or node["resource_type"] not in ("source", "seed", "model"):
            return None
        is_source = node["resource_type"] == "source"
        name = f"{node['schema']}.{node['name']}" if is_source else str(node["name"])
        if name not in found:
            asked = () if is_source else node["depends_on"].get("nodes", ())
            parents = tuple(parent for parent in map(visit, asked) if parent)
            found[name] = Node(
                name,
                f"{quote_identifier(node['schema'])}."
                f"{quote_identifier(node['identifier' if is_source else 'alias'])}",
                not is_source and node["config"]["materialized"] == "view",
                parents,
                None
                if is_source
                else target / "compiled" / node["package_name"] / node["original_file_path"],
            )
        return name

    for unique_id in sorted({**manifest["sources"], **manifest["nodes"]}):
        visit(unique_id)
    return found


def _prepare(scratch: DuckDBPyConnection, nodes: dict[str, Node]) -> None:
    """What is landed and what seeds and models hold, as the live file has it."""
    scratch.begin()  # one by one each view would wait for the disk
    for schema in ("raw", "state", "seeds", "staging", "intermediate", "marts"):
        scratch.execute(f"create schema {schema}")
    built = {
        f"{quote_identifier(schema)}.{quote_identifier(name)}"
        for schema, name in scratch.execute(
            """select schema_name, table_name from duckdb_tables() where database_name = $live
            union all
            select schema_name, view_name from duckdb_views() where database_name = $live""",
            {"live": LIVE},
        ).fetchall()
    }
    for node in nodes.values():
        if node.relation in built:
            scratch.execute(f"create view {node.relation} as {_as_live(node)}")
    scratch.commit()


def _as_live(node: Node) -> str:
    """A query of what the live file has of a node."""
    return _sql(node) if node.is_view else f"from {LIVE}.{node.relation}"


def _sql(node: Node) -> str:
    """What dbt compiled for a model. Raises UserError where it is gone."""
    if node.compiled is None or not node.compiled.is_file():
        raise UserError(f"dbt left no {node.compiled}; build the project first: make run")
    return node.compiled.read_text("utf-8")
