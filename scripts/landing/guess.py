"""Guesses what files are, from headers and values, as a `mapping.yml` to start from."""
# ruff: noqa: S608 (what SQL is built from comes from the contract)

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb
from rapidfuzz import fuzz, process

from scripts.landing.contract import MACROS, Column, Entity, Reading, literal, read_contract
from scripts.landing.frame import vocabulary
from scripts.landing.land import is_passed_over
from scripts.landing.mapping import NAME
from scripts.landing.sampling import first_rows
from scripts.landing.sources import FORMATS, format_of, readable
from scripts.landing.sums import SUMMABLE
from scripts.shared.errors import UserError
from scripts.shared.temporary import temporary_folder

# How sure a guess must be to be written, in percent, and how sure it is of words that are alike,
# of those that are listed, and where it is in doubt.
_LEAST = 70
_SURE, _LISTED, _ALIKE, _DOUBT = 100, 95, 0.9, 50
_LEAST_ALIKE = 85

# What the columns that an entity must have weigh beside the others and the file's name.
_REQUIRED, _NAMED = 4.0, 1.5

_TIMES, _NUMBERS = ("timestamp", "date"), ("decimal", "bigint")
_READINGS = {
    **dict.fromkeys(_TIMES, (Reading(), Reading(dates="dmy"), Reading(dates="mdy"))),
    **dict.fromkeys(_NUMBERS, (Reading(), Reading(decimal="comma"))),
}

_HEADING = (
    "# A start, guessed by `python -m scripts map` from headers and values: look at what is less",
    "# sure. What may stand here is told in docs/operations.md.",
    "# time_zone: Europe/Berlin  # of times without a zone; as it is, they are UTC",
)

Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Guess:
    """What is guessed of a thing, and how sure it is in percent."""

    what: str
    is_what: str
    percent: int


@dataclass(frozen=True)
class FileGuess:
    """What a file is taken for; without an entity where nothing is known of it.

    `columns` are the file's that are taken for one of the contract, `options` how it is written.
    `rest` are its other columns, `missing` what the entity must have and the file lacks.
    """

    name: str
    entity: Guess | None
    columns: tuple[Guess, ...] = ()
    options: tuple[Guess, ...] = ()
    rest: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class MapResult:
    """The mapping that was written, and what it guesses of each file."""

    file: Path
    files: tuple[FileGuess, ...]


def write_mapping(folder: Path) -> MapResult:
    """Writes the folder's `mapping.yml` as a start.

    Raises UserError where there is one already, or no file that could be landed, or one that cannot
    be read.
    """
    file = folder / NAME
    if file.exists():
        raise UserError(f"{file} is there already: edit it, or put it aside to have it made anew.")
    if not folder.is_dir():
        raise UserError(f"There is no folder {folder} to map.")
    with readable(folder):
        paths = [path for path in sorted(folder.iterdir()) if _is_candidate(path)]
    if not paths:
        raise UserError(f"{folder} has no file of the formats {', '.join(FORMATS)}.")
    with closing(duckdb.connect()) as connection, temporary_folder() as scratch:
        connection.execute("set TimeZone = 'UTC';" + MACROS)
        guesses = tuple(_guess(connection, path, first_rows(path, scratch)) for path in paths)
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(_as_yaml(guesses))
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}.") from error
    return MapResult(file, guesses)


def _is_candidate(path: Path) -> bool:
    return path.is_file() and not is_passed_over(path.name) and bool(format_of(path.name))


def _guess(connection: duckdb.DuckDBPyConnection, path: Path, rows: Rows) -> FileGuess:
    """What a file is: the entity of which its columns, and its name, say the most."""
    header = [*dict.fromkeys(name for row in rows for name in row)]
    values = {name: [row[name] for row in rows if row.get(name)] for name in header}
    named = read_contract().get(path.name.lower().split(".")[0])
    candidates = [
        (entity, _columns(connection, entity, values))
        for entity in ([named] if named else read_contract().values())
    ]
    entity, columns = max(candidates, key=lambda found: _weight(path.name, *found))
    found = {guess.is_what: guess.percent for guess in columns}
    required = [column.name for column in entity.columns if column.required]
    sureness = sum(found.get(name, 0) for name in required) // len(required)
    if named or sureness >= _LEAST // 2:
        return FileGuess(
            path.name,
            Guess(path.name, entity.name, _SURE if named else sureness),
            columns,
            tuple(_options(connection, entity, columns, values)),
            tuple(name for name in header if name not in {guess.what for guess in columns}),
            tuple(name for name in required if name not in found),
        )
    return FileGuess(path.name, None)


def _weight(file_name: str, entity: Entity, columns: Sequence[Guess]) -> float:
    """How much says that a file is of an entity, in columns that fit."""
    found = {guess.is_what: guess.percent / 100 for guess in columns}
    required = [column.name for column in entity.columns if column.required]
    share = sum(found.get(name, 0) for name in required) / len(required)
    names = [_words(entity.name), *vocabulary()["entities"].get(entity.name, ())]
    alike = max(fuzz.token_set_ratio(_words(file_name.split(".")[0]), name) for name in names)
    return sum(found.values()) + _REQUIRED * share + _NAMED * (alike / 100) ** 2


def _columns(
    connection: duckdb.DuckDBPyConnection, entity: Entity, values: Mapping[str, Sequence[str]]
) -> tuple[Guess, ...]:
    """Which columns of a file are which of an entity: the surest first, each once."""
    guesses = []
    for column in entity.columns:
        names = vocabulary()["columns"].get(entity.name, {}).get(column.name, ())
        for name, texts in values.items():
            sureness = _alike(_words(name), _words(column.name), names)
            if sureness >= _LEAST:
                sureness *= _fit(connection, column, texts)
            guesses.append(Guess(name, column.name, int(sureness)))
    guesses.sort(key=lambda guess: -guess.percent)
    taken: dict[str, Guess] = {}
    for guess in guesses:
        is_free = guess.is_what not in {other.is_what for other in taken.values()}
        if guess.percent >= _LEAST and guess.what not in taken and is_free:
            taken[guess.what] = guess
    found = {guess.is_what: guess for guess in taken.values()}
    for name, other in vocabulary()["instead"].get(entity.name, {}).items():
        if name not in found and other in found:
            what = found[other].what
            taken[what] = Guess(what, name, _DOUBT)
    return tuple(taken[name] for name in values if name in taken)


def _words(name: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", name.lower()))


def _alike(name: str, column: str, synonyms: Iterable[str]) -> float:
    """How sure it is, in percent, that a header means a column of the contract."""
    if name == column:
        return _SURE
    if name in synonyms:
        return _LISTED
    found = process.extractOne(name, [column, *synonyms], scorer=fuzz.token_sort_ratio)
    return _ALIKE * found[1] if found and found[1] >= _LEAST_ALIKE else 0


def _fit(connection: duckdb.DuckDBPyConnection, column: Column, texts: Sequence[str]) -> float:
    """Which share of values can be one of the column, however it may be written."""
    if not texts:
        return 1
    readings = _READINGS.get(column.kind, (Reading(),))
    return 1 - min(_unread(connection, column, texts, of) for of in readings) / len(texts)


def _unread(
    connection: duckdb.DuckDBPyConnection, column: Column, texts: Sequence[str], reading: Reading
) -> int:
    """How many values cannot be one of the column."""
    parsed = reading.parser(column.kind).format(x="x", type=column.data_type, number="as_money")
    fails = [f"({parsed}) is null"]
    if column.name == "email":
        fails.append("not is_address(x)")
    if column.pattern:
        fails.append(f"not regexp_full_match(x, {literal(column.pattern)})")
    if column.accepted:
        fails.append(f"x not in ({', '.join(map(literal, column.accepted))})")
    ((unread,),) = connection.execute(
        f"select count(*) filter ({' or '.join(fails)}) from unnest($1::varchar[]) as texts (x)",
        [texts],
    ).fetchall()
    return int(unread)


def _options(
    connection: duckdb.DuckDBPyConnection,
    entity: Entity,
    columns: Sequence[Guess],
    values: Mapping[str, Sequence[str]],
) -> Iterator[Guess]:
    """How a file is written, where its values tell; what is in doubt is below the least."""

    def unread(kinds: Sequence[str], reading: Reading) -> int:
        return sum(_unread(connection, column, texts, reading) for column, texts in of(kinds))

    def of(kinds: Sequence[str]) -> list[tuple[Column, Sequence[str]]]:
        typed = {column.name: column for column in entity.columns if column.kind in kinds}
        return [(typed[g.is_what], values[g.what]) for g in columns if g.is_what in typed]

    orders = {order: unread(_TIMES, Reading(dates=order)) for order in ("dmy", "mdy")}
    texts = [text for _, of_column in of(_TIMES) for text in of_column]
    if unread(_TIMES, Reading()) > (fewest := min(orders.values())):
        order = min(orders, key=lambda order: orders[order])
        is_told = orders["dmy"] != orders["mdy"] or all("/" not in text for text in texts)
        share = 100 * (len(texts) - fewest) // len(texts)
        yield Guess("dates", order, share if is_told else _DOUBT)
    as_usual, by_comma = (unread(_NUMBERS, Reading(decimal=mark)) for mark in ("point", "comma"))
    has_commas = any(
        re.search(r"\d,\d{1,2}\D*$|\.\d{3},", text) for _, texts in of(_NUMBERS) for text in texts
    )
    if by_comma < as_usual or (by_comma == as_usual and has_commas):
        yield Guess("decimal", "comma", _LISTED)
    if entity.name in SUMMABLE and _repeats(entity, columns, values):
        yield Guess("sum", "true", _DOUBT)


def _repeats(entity: Entity, columns: Sequence[Guess], values: Mapping[str, Sequence[str]]) -> bool:
    """Whether rows have the same key, as far as the file has it."""
    of_key = [values[guess.what] for guess in columns if guess.is_what in entity.key]
    keys = [*zip(*of_key, strict=False)]
    return len(set(keys)) < len(keys)


def _as_yaml(files: Sequence[FileGuess]) -> str:
    """The mapping, with how sure each guess is beside it."""
    lines = [*_HEADING, "files:"]
    for file in files:
        name = _scalar(file.name)
        if not file.entity:
            lines.append(f"  # {name}: not known; say its entity and columns, or put it elsewhere")
            continue
        lines += [f"  {name}:", f"    entity: {file.entity.is_what}  # {file.entity.percent} %"]
        if file.columns:
            lines.append("    columns:")
        for guess in file.columns:
            lines.append(f"      {_scalar(guess.what)}: {guess.is_what}  # {guess.percent} %")
        for guess in file.options:
            line = f"{guess.what}: {guess.is_what}  # {guess.percent} %"
            lines.append(f"    {line}" if guess.percent >= _LEAST else f"    # {line}: in doubt")
        if file.rest:
            lines.append(f"    # kept as attributes: {', '.join(map(_scalar, file.rest))}")
        for missing in file.missing:
            lines.append(f"    # lacks {missing}, which {file.entity.is_what} must have")
    return "\n".join(lines) + "\n"


def _scalar(text: str) -> str:
    """A text as YAML has it on one line."""
    if re.fullmatch(r"[^\W_](?:[\w .()/-]*[\w)])?", text):
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())
