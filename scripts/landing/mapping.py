"""What the files of a folder are, where their names and headers are not the contract's.

`mapping.yml` beside the files says it, for a nightly job too; the command line says it once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from scripts.landing.contract import DATE_ORDERS, Entity, Reading, read_contract
from scripts.landing.sums import SUMMABLE
from scripts.shared.errors import UserError

NAME = "mapping.yml"

_READING = ("time_zone", "decimal", "dates")
_OF_FOLDER = (*_READING, "sum", "whole", "files")
_OF_FILE = ("entity", "columns", "constants", "leave_out", *_READING, "sum")
_DECIMALS = ("comma", "point")
_DATES = ("iso", *DATE_ORDERS)


@dataclass(frozen=True)
class Options:
    """What is said of all files: how they are written, and what the folder holds of its entities.

    Rows of the entities `sum` that have the same key are added; of the entities `whole` the folder
    holds all rows, and each of `whole_files` all that a file of its name ever held. Raises
    UserError where there is no such zone, entity and so on.
    """

    time_zone: str | None = None
    decimal: str | None = None
    dates: str | None = None
    sum: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    whole_files: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no file can be read by."""
        _reading({name: getattr(self, name) for name in _READING})
        for name in self.sum:
            _one_of("sum", name, SUMMABLE)
        for name in self.whole:
            entities = read_contract().values()
            _one_of("whole", name, [e.name for e in entities if "is_deleted" in e.column_names])

    def over(self, other: "Options") -> "Options":
        """These, and what else the other says."""
        return Options(
            self.time_zone or other.time_zone,
            self.decimal or other.decimal,
            self.dates or other.dates,
            (*self.sum, *other.sum),
            (*self.whole, *other.whole),
            (*self.whole_files, *other.whole_files),
        )

    def reading(self, file_format: str) -> Reading:
        """How files of a format are written that say nothing of it themselves.

        Programs write Parquet, and the numbers of JSON: what is said of all files is not of those.
        """
        if file_format == "parquet":
            return Reading()
        decimal = self.decimal if file_format in ("csv", "tsv") else None
        return Reading(self.time_zone, decimal, self.dates)


@dataclass(frozen=True)
class FilePlan:
    """What a file is: its entity, which of its columns is which of the contract, how it is written.

    `columns` and `leave_out` name the file's columns in lower case. `where` names the place that
    says so.
    """

    entity: Entity
    reading: Reading = field(default_factory=Reading)
    is_summed: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    leave_out: tuple[str, ...] = ()
    where: str = ""

    def target(self, name: str) -> str:
        """What a column of the file is called here; the contract's names are known in any case."""
        known = name.lower() if name.lower() in self.entity.column_names else name
        return self.columns.get(name.lower(), known)

    def knows(self, name: str) -> bool:
        """Whether a column of the file is one of the contract."""
        return self.target(name.strip()) in self.entity.column_names

    @property
    def digest(self) -> str:
        """What differs where the same file is to be read otherwise; empty where nothing is said."""
        said = repr(
            (self.reading, self.is_summed, self.columns, self.constants, self.leave_out),
        )
        return "" if said == repr((Reading(), False, {}, {}, ())) else said


@dataclass(frozen=True)
class FolderMapping:
    """What the `mapping.yml` of a folder says; nothing where there is none."""

    file: Path
    options: Options = field(default_factory=Options)
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def key(self, name: str) -> str | None:
        """The key under which a file is listed: its name, else the first pattern that fits it."""
        fitting = [key for key in self.files if fnmatchcase(name.lower(), key.lower())]
        return next((k for k in self.files if k.lower() == name.lower()), next(iter(fitting), None))

    def refuse_absent(self, names: Iterable[str]) -> None:
        """Raises UserError where it lists a file by name that the folder has not got."""
        present = {name.lower() for name in names}
        for key in self.files:
            if key.lower() not in present and not {*"*?["} & {*key}:
                raise UserError(f"{self.file} lists the file {key!r}, which is not there.")

    def plan(self, path: Path, file_format: str, options: Options) -> FilePlan | None:
        """What a file is, with what the command line or the whole folder says of it.

        None where nothing tells its entity. Raises UserError, which names file and key, where an
        entry says what cannot be.
        """
        key = self.key(path.name)
        entry = self.files.get(key or "", {})
        named = path.name.lower().split(".")[0]
        with _told_in(where := f"{self.file}: {key}" if key else ""):
            _refuse_keys(entry, _OF_FILE)
            if "entity" not in entry and named not in read_contract():
                return None
            name = _one_of("entity", entry.get("entity", named), read_contract())
            entity = read_contract()[name]
            is_summed = _truth("sum", entry.get("sum", str(name in options.sum).lower()))
            if is_summed:
                _one_of("sum", name, SUMMABLE)
            columns = _targets(entity, "columns", entry)
            constants = _targets(entity, "constants", entry, are_keys=True)
            targets = Counter([*columns.values(), *constants])
            if twice := [target for target, count in targets.items() if count > 1]:
                raise UserError(f"{twice[0]} is filled by more than one column or constant.")
            of_all = options.reading(file_format)
            own = _reading({k: entry.get(k) or getattr(of_all, k) for k in _READING})
            leave_out = tuple(name.strip().lower() for name in _list("leave_out", entry))
        return FilePlan(entity, own, is_summed, columns, constants, leave_out, where)


def read_mapping(folder: Path) -> FolderMapping:
    """What the folder's `mapping.yml` says.

    Raises UserError, which names file and key, where it is no YAML or says what cannot be.
    """
    file = folder / NAME
    if not file.is_file():
        return FolderMapping(file)
    try:
        said = yaml.load(file.read_text("utf-8-sig"), _TextLoader)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        cause = " ".join(str(error).split())
        raise UserError(f"{file} is no YAML that can be read: {cause}") from error
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}.") from error
    with _told_in(str(file)):
        said = _section("the file", said)
        _refuse_keys(said, _OF_FOLDER)
        entries = _section("files", said.get("files"))
        files = {name: _section(name, entry) for name, entry in entries.items()}
        zone, decimal, dates = (said.get(key) or None for key in _READING)
        options = Options(zone, decimal, dates, _list("sum", said), _list("whole", said))
        return FolderMapping(file, options, files)


class _TextLoader(yaml.BaseLoader):
    """YAML of which all values are texts, and no key stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping. Raises YAMLError where a key stands there twice."""
        keys = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        if twice := [key for key, count in keys.items() if count > 1]:
            raise yaml.YAMLError(f"the key {twice[0]!r} stands there twice")
        return super().construct_mapping(node, deep)


@contextmanager
def _told_in(where: str) -> Iterator[None]:
    """Puts before a UserError the place that it tells of."""
    try:
        yield
    except UserError as error:
        raise UserError(f"{where}: {error}" if where else str(error)) from error


def _one_of(key: str, name: object, among: Iterable[str]) -> str:
    """The name. Raises UserError where it is none of these."""
    if not isinstance(name, str) or name not in [*among]:
        raise UserError(f"{key} is {name!r}; it may be one of {', '.join(among)}.")
    return name


def _refuse_keys(said: Mapping[str, Any], known: Iterable[str]) -> None:
    for key in said:
        if key not in known:
            raise UserError(f"{key!r} is nothing that can be said; it may be {', '.join(known)}.")


def _section(key: str, said: object) -> dict[str, Any]:
    """A part of the mapping that has keys itself; empty where nothing stands there."""
    if not isinstance(said or {}, dict):
        raise UserError(f"{key} must be keys and values, each as `key: value` on its line.")
    return dict(said) if isinstance(said, dict) else {}


def _list(key: str, said: Mapping[str, Any]) -> tuple[str, ...]:
    names = said.get(key) or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise UserError(f"{key} must be a list, such as [one, two].")
    return tuple(names)


def _truth(key: str, text: object) -> bool:
    return _one_of(key, str(text).lower(), ("true", "false")) == "true"


def _targets(
    entity: Entity, key: str, entry: Mapping[str, Any], are_keys: bool = False
) -> dict[str, str]:
    """Columns of the file → the contract's, or, where those `are_keys`, those → texts."""
    pairs = _section(key, entry.get(key))
    for name, value in pairs.items():
        target = name if are_keys else value
        _one_of(f"{key}: {name}", target, entity.column_names)
        if not isinstance(value, str):
            raise UserError(f"{key}: {name} must be one text.")
    return pairs if are_keys else {name.strip().lower(): pairs[name] for name in pairs}


def _reading(said: Mapping[str, str | None]) -> Reading:
    for key, known in (("decimal", _DECIMALS), ("dates", _DATES)):
        if said[key] is not None:
            _one_of(key, said[key], known)
    zone = said["time_zone"]
    if zone is not None and zone not in _zones():
        raise UserError(f"time_zone {zone!r} is no IANA time zone, such as Europe/Berlin.")
    return Reading(**said)


@cache
def _zones() -> frozenset[str]:
    """The time zones that DuckDB knows."""
    with duckdb.connect() as connection:
        return frozenset(
            name for (name,) in connection.sql("select name from pg_timezone_names()").fetchall()
        )


NO_OPTIONS = Options()
