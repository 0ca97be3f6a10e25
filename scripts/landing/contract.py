"""The input contract as Python sees it, and the SQL that checks a file against it.

`models/staging/raw/_raw__sources.yml` is the only definition of entities, keys, columns and types.
"""
# ruff: noqa: S608 (names in SQL come from the contract or are c0, c1 …; text goes through `literal`)

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml
from babel.numbers import list_currencies

from scripts.shared.errors import UserError
from scripts.shared.paths import PROJECT
from scripts.shared.settings import project_var

SOURCES = PROJECT / "models/staging/raw/_raw__sources.yml"

# Refunds and credit notes. No other number may be negative.
SIGNED = {("payments", "amount"), ("marketing_spend", "amount")}

# A regular expression, as Python and DuckDB read it, of what is an email address.
_ADDRESS = r"[^@ \t\n\r\f\x00]*@[^@ \t\n\r\f\x00]*\.[^@ \t\n\r\f\x00]*"

# Numbers as programs write them, and the codes and signs that may stand beside an amount.
_PLAIN = r"[+-]?\d+(\.\d+)?"
_CODES = " ".join(sorted(list_currencies()))
_CURRENCY = r"[\s\p{Zs}]*(?:\p{Sc}|[A-Z]{3})[\s\p{Zs}]*"

# Numbers as people write them, once all blanks and apostrophes are one mark (\x27): without marks
# between groups of digits, or with those of one kind. A comma before three digits alone, as in
# 1,250, may be a mark or a decimal one: such a number is none of these.
_UNGROUPED = r"[+-]?(\d+([.,]\d+)?|[.,]\d+)([Ee][+-]?\d{1,3})?"
_BY_BLANKS = r"[+-]?[1-9]\d{0,2}(\x27\d{3})+([.,]\d+)?"
_BY_POINTS = r"[+-]?[1-9]\d{0,2}((\.\d{3})+,\d+|(\.\d{3}){2,})"
_BY_COMMAS = (  # the last as in India
    r"[+-]?([1-9]\d{0,2}((,\d{3})+\.\d+|(,\d{3}){2,})|[1-9]\d?(,\d{2})+,\d{3}(\.\d+)?)"
)
_TWO_NUMBERS = r"[+-]?[1-9]\d{0,2}[.,]\d{3}"

# A number of a file that says that its commas are decimal ones.
_WITH_COMMA = r"[+-]?((\d+|[1-9]\d{0,2}((\.\d{3})+|(\x27\d{3})+))(,\d+)?|,\d+)([Ee][+-]?\d{1,3})?"

# Order of the parts of a date, as a file may say it, and how DuckDB reads them.
DATE_ORDERS = {"dmy": "%d.%m.%Y", "mdy": "%m.%d.%Y"}

# Text as every reader gives it → without outer space and invisible marks, typed; NULL where it is
# not of that type.
MACROS = (
    rf"""
create or replace temp macro is_address(x) as
    contains(x, '@') and regexp_full_match(x, '{_ADDRESS}');
create or replace temp macro landed_id(x) as case
    when is_address(x) then 'email-' || sha256(x)[:16] else x
end;
"""
    + r"""
create or replace temp macro cleaned(x) as case
    when x >= '!' and x < chr(127) and strlen(x) = length(x)
        and not (suffix(x, ' ') or suffix(x, chr(9)) or suffix(x, chr(10)))
        and not (suffix(x, chr(12)) or suffix(x, chr(13)))
        then x
    else nullif(regexp_replace(x, '^[\s\p{Z}\p{Cf}]+|[\s\p{Z}\p{Cf}]+$', '', 'g'), '')
end;
create or replace temp macro as_time(x) as case
    when regexp_full_match(x, '\d{4}-\d\d-\d\d([T ]\d\d:\d\d:\d\d(\.\d+)?Z?)?')
        then try_cast(x as timestamp)
    when regexp_full_match(
        x,
        '\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)?'
    )
        then make_timestamp(epoch_us(try_cast(
            regexp_replace(x, '([T ]\d\d:\d\d)(Z|[+-].*)?$', '\1:00\2') as timestamptz
        )))
end;
create or replace temp macro as_date(x) as case
    when regexp_full_match(x, '\d{4}-\d\d-\d\d') then try_cast(x as date)
end;
create or replace temp macro as_truth(x) as case
    when lower(x) in ('true', 't', 'yes', '1') then true
    when lower(x) in ('false', 'f', 'no', '0') then false
end;
create or replace temp macro in_utc(x, zone) as make_timestamp(epoch_us(timezone(zone, x)));
create or replace temp macro as_time_of(x, zone) as case
    when regexp_full_match(x, '\d{4}-\d\d-\d\d[T ][\d:.]+') then in_utc(as_time(x), zone)
    else as_time(x)
end;
create or replace temp macro evenly_spaced(x) as regexp_replace(
    regexp_replace(x, '^(\d+).(\d+).(\d+),?[\s\p{Z}]*([\d:.]*)', '\1.\2.\3 \4'),
    '[\s\p{Z}]*([AaPp])\.?[\s\p{Z}]?([Mm])\.?$', ' \1\2'
);
create or replace temp macro as_iso(x, form) as coalesce(case
    when regexp_full_match(x, '\d{1,2}[./-]\d{1,2}[./-]\d{4}')
        then strftime(try_strptime(evenly_spaced(x), form || ' '), '%Y-%m-%d')
    when regexp_full_match(x, '\d{1,2}[./-]\d{1,2}[./-]\d{4},?[\s\p{Z}]+\d{1,2}:\d\d.*')
        then strftime(
            try_strptime(evenly_spaced(x), [
                form || ' %H:%M', form || ' %H:%M:%S', form || ' %H:%M:%S.%f',
                form || ' %I:%M %p', form || ' %I:%M:%S %p'
            ]),
            '%Y-%m-%d %H:%M:%S.%f'
        )
end, x);
"""
    + rf"""
create or replace temp macro evenly_marked(x) as
    regexp_replace(replace(x, '−', '-'), '[\p{{Zs}}’]', chr(39), 'g');
create or replace temp macro is_two_numbers(x, mark) as
    contains(x, mark) and regexp_full_match(evenly_marked(x), '{_TWO_NUMBERS}');
create or replace temp macro ungrouped(x) as list_transform([evenly_marked(x)], lambda y: case
    when regexp_full_match(y, '{_BY_COMMAS}') then replace(y, ',', '')
    when regexp_full_match(y, '{_BY_POINTS}') then replace(replace(y, '.', ''), ',', '.')
    when regexp_full_match(y, '{_BY_BLANKS}') then replace(replace(y, chr(39), ''), ',', '.')
    when regexp_full_match(y, '{_UNGROUPED}') then replace(y, ',', '.')
end)[1];
create or replace temp macro as_number(x) as case
    when regexp_full_match(x, '{_PLAIN}') then x
    when not is_two_numbers(x, ',') then ungrouped(x)
end;
create or replace temp macro as_whole(x) as case
    when regexp_full_match(x, '[+-]?\d+') then try_cast(x as bigint)
    when is_two_numbers(x, ',') then try_cast(replace(evenly_marked(x), ',', '') as bigint)
    when not is_two_numbers(x, '.') then list_transform(
        [try_cast(as_number(x) as decimal(38, 18))],
        lambda y: case when y % 1 = 0 then try_cast(y as bigint) end
    )[1]
end;
create or replace temp macro currency_beside(x) as case
    when regexp_full_match(x, '{_PLAIN}') then null
    when contains(x, '€') then 'EUR'
    when regexp_extract(x, '\p{{Sc}}') <> '' then regexp_extract(x, '\p{{Sc}}')
    when contains('{_CODES}', nullif(regexp_extract(x, '[A-Z]{{3,}}'), ''))
        then regexp_extract(x, '[A-Z]{{3,}}')
end;
create or replace temp macro without_currency(x) as case
    when currency_beside(x) is null then x
    when regexp_matches(x, '^[+−-]?{_CURRENCY}')
        then regexp_replace(x, '^([+−-]?){_CURRENCY}', '\1')
    else regexp_replace(x, '{_CURRENCY}$', '')
end;
create or replace temp macro as_money(x) as case
    when regexp_full_match(x, '{_PLAIN}') then x
    else list_transform([without_currency(x)], lambda y: as_number(y))[1]
end;
create or replace temp macro as_number_by_comma(x) as list_transform(
    [evenly_marked(x)],
    lambda y: case when regexp_full_match(y, '{_WITH_COMMA}')
        then replace(replace(replace(y, '.', ''), chr(39), ''), ',', '.')
    end
)[1];
create or replace temp macro as_whole_by_comma(x) as list_transform(
    [try_cast(as_number_by_comma(x) as decimal(38, 18))],
    lambda y: case when y % 1 = 0 then try_cast(y as bigint) end
)[1];
create or replace temp macro as_money_by_comma(x) as list_transform(
    [without_currency(x)], lambda y: as_number_by_comma(y)
)[1];
"""
)

_NUMBER = r"U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\)"
# No other time is taken, be it that no calendar has it.
_IN_REACH = "{x} >= '1900-01-01' and {x} < '2201-01-01'"
_TIME = r"DATE|TIMESTAMP.*"

# Type of the contract → types of a Parquet file that need no way through text, and the cast.
_CASTS = {
    "timestamp": (_TIME, f"case when {_IN_REACH} then {{moment}} end"),
    "date": (_TIME, f"case when {_IN_REACH} and {{moment}} = {{x}}::date then {{x}}::date end"),
    "boolean": ("BOOLEAN", "{x}"),
    "bigint": (_NUMBER, "case when {x} = trunc({x}) then try_cast({x} as bigint) end"),
    "decimal": (_NUMBER, "try_cast({x} as {type})"),
}

# A text of a time that is no longer than 2024-12-31 has no time of day.
_DAY = 10

# Type of the contract → cast from text.
_PARSERS = {
    "varchar": "{x}",
    "timestamp": "as_time({x})",
    "date": "as_date({x})",
    "boolean": "as_truth({x})",
    "bigint": "as_whole{by}({x})",
    "decimal": "try_cast({number}{by}({x}) as {type})",
    "json": "case when json_valid({x}) then {x}::json end",
}

NO_OBJECT = "is not a JSON object, or has a key twice"

_FORMS = {
    "timestamp": "is not an ISO 8601 time, such as 2024-05-31T09:30:00Z, from 1900 to 2200",
    "date": "is not a date, such as 2024-05-31, from 1900 to 2200",
    "boolean": "is not one of true, false, yes, no, 1, 0",
    "bigint": "is not a whole number such as 500, or might be two, as 1.500 might be",
    "decimal": "is not a number such as 1234.5, or has too many digits",
    "json": "is not valid JSON",
}

# Words in place of an id, in lower case.
_NO_ID = (
    *("null", "none", "nil", "undefined", "nan", "na", "n/a", "<na>", "(null)", "(none)", "\\n"),
    *("-", "--", "–", "—", "''", '""'),
)

# What spreadsheets leave of ids: a rounded number (as programs do of long ones), #REF! and its kin
# in any language, and what stands in a column too narrow. An id such as 12E5 is none of these.
# All of it begins with a character below the colon.
_LOST_ID = (
    r"[+-]?\d{1,3}([.,]\d+[Ee][+-]?\d+|[Ee]\+\d+)"
    r"|#[¡¿]?[\p{L}\d/_]+[!?]|#N/[AD]|#N[AV]|##+"
)


@dataclass(frozen=True)
class Column:
    """A column of an entity; `data_type` is DuckDB's, in lower case."""

    name: str
    data_type: str
    required: bool
    default: str | None
    accepted: tuple[str, ...]
    pattern: str | None
    form: str | None
    below: int | None

    @property
    def kind(self) -> str:
        """The type without its digits."""
        return self.data_type.split("(")[0]

    @property
    def is_id(self) -> bool:
        """Whether it tells people and things apart; then an email address lands as `landed_id`."""
        return self.kind == "varchar" and self.name.endswith("_id")


@dataclass(frozen=True)
class Entity:
    """A table of the contract; `key` names the columns that tell its rows apart."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """The contract's columns, in its order."""
        return tuple(column.name for column in self.columns)

    @property
    def held_at(self) -> str:
        """SQL of when a landed version came to hold, as macros/version_at.sql has it; NULL: untold.

        One without updated_at takes the place of the one that was current when it landed.
        """
        if "updated_at" not in self.column_names:
            return "null::timestamp"
        last = f"max(updated_at) over (partition by {', '.join(self.key)} order by landing_seq)"
        return f"coalesce(updated_at, {last})"

    @property
    def amounts(self) -> tuple[str, ...]:
        """The columns that are in the row's currency, where it can have one."""
        is_money = "currency" in self.column_names
        return tuple(c.name for c in self.columns if is_money and c.kind == "decimal")


@dataclass(frozen=True)
class Reading:
    """How a file writes what can be written in several ways; None: as the contract has it.

    A time without a zone is of `time_zone` (IANA; UTC). `decimal` may be comma or point, `dates`
    iso or a key of DATE_ORDERS, beside which ISO 8601 is read.
    """

    time_zone: str | None = None
    decimal: str | None = None
    dates: str | None = None

    def parser(self, kind: str) -> str:
        """The cast from text to a type of the contract, with {x} and, for numbers, {number}."""
        iso = (
            f"as_iso({{x}}, {literal(DATE_ORDERS.get(self.dates or ''))})"
            if self.has_orders
            else "{x}"
        )
        if kind == "timestamp" and self.time_zone:
            return f"as_time_of({iso}, {literal(self.time_zone)})"
        text = iso if kind in ("timestamp", "date") else "{x}"
        return _PARSERS[kind].replace("{x}", text).replace("{by}", self.by_comma)

    @property
    def has_orders(self) -> bool:
        """Whether dates are also read that are not ISO 8601."""
        return self.dates in DATE_ORDERS

    @property
    def by_comma(self) -> str:
        """The end of the names of macros that read numbers."""
        return "_by_comma" if self.decimal == "comma" else ""

    def form(self, kind: str) -> str:
        """What to say of a value that is not of a type."""
        if self.has_orders and kind in ("timestamp", "date"):
            example = "31.12.2024" if self.dates == "dmy" else "12/31/2024"
            return f"is neither a date such as {example} nor one of ISO 8601, from 1900 to 2200"
        if self.by_comma and kind == "decimal":
            return _FORMS[kind].replace("1234.5", "1234,5")
        return _FORMS[kind]


AS_THE_CONTRACT_HAS_IT = Reading()


@dataclass(frozen=True)
class Check:
    """What is wrong with a row for which the SQL condition `fails` holds, and what that costs it.

    It is the row where its key or what it must have cannot be read, else the cell of the column.
    """

    column: str | None
    fails: str
    reason: str
    costs_row: bool


@dataclass(frozen=True)
class Field:
    """A column of a file: its place, counted from 0, its name and DuckDB's type.

    One that is not used is read and left out.
    """

    place: int
    name: str
    data_type: str
    is_used: bool = True

    @property
    def column(self) -> str:
        """Its name in the relation."""
        return f"c{self.place}"

    @property
    def is_nested(self) -> bool:
        """Whether its values are lists or have parts."""
        pattern = r".*\[\d*\]|(STRUCT|MAP|UNION)\(.*"
        return re.fullmatch(pattern, self.data_type, re.DOTALL) is not None

    @property
    def text(self) -> str:
        """SQL of the value as trimmed text; NULL where empty.

        A time that DuckDB holds but can't write is told in microseconds since 1970.
        """
        if self.data_type in ("FLOAT", "DOUBLE"):
            return rf"regexp_replace({self.column}::varchar, '\.0$', '')"
        if self.is_nested:
            unwritten = "'(holds a time too far away)'"
            return f"""case when {self.column} is not null
                then coalesce(try(to_json({self.column})::varchar), {unwritten}) end"""
        if self.data_type.startswith("TIMESTAMP"):
            since_1970 = _microseconds(self.column, self.data_type)
            return f"coalesce(try({self.column}::varchar), {since_1970}::varchar)"
        return f"cleaned({self.column}::varchar)"

    @property
    def words(self) -> str:
        """As `text`, where no number is meant: NaN, as pandas has what is missing, is NULL."""
        if self.data_type in ("FLOAT", "DOUBLE"):
            return f"case when not isnan({self.column}) then {self.text} end"
        return self.text


@cache
def read_contract() -> dict[str, Entity]:
    """The entities by name, in the order of the file.

    Raises UserError where a name or a type is not one that SQL may be built from.
    """
    tables = yaml.load(SOURCES.read_text("utf-8"), yaml.CSafeLoader)["sources"][0]["tables"]
    return {table["name"]: _entity(table) for table in tables}


def _entity(table: Mapping[str, Any]) -> Entity:
    columns = tuple(_column(column) for column in table["columns"])
    key = tuple(table["config"]["meta"]["key"])
    for name in (table["name"], *(column.name for column in columns)):
        if not re.fullmatch("[a-z][a-z_]*", name):
            raise UserError(f"{SOURCES.name}: the name {name!r} may hold a-z and _ alone.")
    if not set(key) <= {column.name for column in columns}:
        raise UserError(f"{SOURCES.name}: a key column of {table['name']} is not declared.")
    return Entity(table["name"], key, columns)


def _column(column: Mapping[str, Any]) -> Column:
    data_type = column["data_type"].replace(" ", "").lower()
    if not re.fullmatch("|".join(_PARSERS).replace("decimal", r"decimal\(\d+,\d+\)"), data_type):
        raise UserError(f"{SOURCES.name}: {column['name']} has the unknown type {data_type!r}.")
    meta = column.get("config", {}).get("meta", {})
    return Column(
        name=column["name"],
        data_type=data_type,
        required=meta.get("required", False),
        default=meta.get("default"),
        accepted=tuple(meta.get("accepted", ())),
        pattern=meta.get("pattern"),
        form=meta.get("form"),
        below=meta.get("below"),
    )


def checks(
    entity: Entity, broken: str | None, reading: Reading = AS_THE_CONTRACT_HAS_IT
) -> list[Check]:
    """What can be wrong with a row; `broken` is the condition that it is no row at all.

    Raises UserError where the var email_ids is neither hash nor refuse.
    """
    if (email_ids := project_var("email_ids")) not in ("hash", "refuse"):
        raise UserError(f"email_ids is {email_ids!r}; it may be hash or refuse")
    found = [Check(None, broken, NO_OBJECT, costs_row=True)] if broken else []
    for column in entity.columns:
        costs_row = column.required or column.name in entity.key
        found += [
            Check(column.name, fails, reason, costs_row)
            for fails, reason in _faults(entity, column, email_ids, reading)
        ]
    return found


def _faults(
    entity: Entity, column: Column, email_ids: str, reading: Reading
) -> Iterator[tuple[str, str]]:
    """The conditions under which a column has no value that can land, each with the reason."""
    name, given = column.name, f"given_{column.name}"
    if column.required:
        yield f"{given} is null", "is missing"
    if column.is_id and email_ids == "refuse":
        yield f"is_address({given})", "is an email address, not an id"
    if column.kind == "decimal":
        number = f"{given}::varchar"
        if name in entity.amounts:
            beside, number = f"currency_beside({number})", f"without_currency({number})"
            is_other = f"{beside} <> upper(currency) and length(currency) = 3"
            # Of other signs each is that of several currencies.
            is_known = f"(length({beside}) = 3 or upper(currency) = 'EUR')"
            yield f"{is_other} and {is_known}", "is in another currency than the row says"
        fails = f"{name} is null and is_two_numbers({number}, ',')"
        yield fails, "might be two numbers: write it as 1250 or as 1.25"
    if column.kind in _FORMS:
        fails = f"{given} is not null and {name} is null"
        if column.kind in ("timestamp", "date"):
            fails += f" or not ({_IN_REACH.format(x=name)})"
        yield fails, reading.form(column.kind)
    if column.kind in ("bigint", "decimal") and (entity.name, name) not in SIGNED:
        yield f"{name} < 0", "is negative"
    if column.kind == "varchar":
        yield f"contains({name}, chr(0))", "has a NUL character"
        if name in entity.key:
            ends = f"(suffix({name}, '}}') or suffix({name}, ']'))"
            fails = f"{ends} and {name}[1] in ('{{', '[') and json_valid({name})"
            yield fails, "is a list or an object, not an id"
    if column.is_id:
        words = ", ".join(map(literal, _NO_ID))
        longest = max(map(len, _NO_ID))
        fails = f"length({name}) <= {longest} and lower({name}) in ({words})"
        yield fails, "is a word for no id: leave the cell empty"
        fails = f"{name} < ':' and regexp_full_match({name}, {literal(_LOST_ID)})"
        yield fails, "is what a spreadsheet left of an id: export that column as text"
    if column.below:
        yield f"abs({name}) >= {int(column.below)}", f"is {column.below:,} or more"
    if column.pattern:
        fails = f"not regexp_full_match({name}, {literal(column.pattern)})"
        yield fails, f"is not {column.form}"
    if column.accepted:
        accepted = ", ".join(map(literal, column.accepted))
        yield f"{name} not in ({accepted})", f"is not one of {', '.join(column.accepted)}"


def checked(
    entity: Entity,
    relation: str,
    fields: Sequence[Field],
    broken: str | None,
    reading: Reading = AS_THE_CONTRACT_HAS_IT,
) -> str:
    """A query over `relation` that adds the contract's columns, attributes, status and faults.

    `date_only` names the times that were given as a day, without a time of day.

    The status is NULL where a row can land, else the place in `checks`, counted from 1, of the
    first that it failed. `faults` lists that place alone, else the first of each cell that was
    emptied; NULL where nothing is wrong. `fields` are the relation's columns, named c0, c1 and so
    on; those that the contract does not know become attributes.
    """
    used = [field for field in fields if field.is_used]
    known = {field.name: field for field in used if field.name in entity.column_names}
    extras = sorted((field for field in used if field.name not in known), key=lambda f: f.name)
    given, typed, unsaid = [], [], set()
    for column in entity.columns:
        source, value = _cast(entity, column, known.get(column.name), reading)
        if value == f"null::{column.data_type}":
            unsaid.add(column.name)
        given.append(f"{source} as given_{column.name}")
        typed.append(f"{value} as {column.name}")
    given += [f"{field.words} as extra_{field.place}" for field in extras]
    numbered = list(enumerate(checks(entity, broken, reading), start=1))
    tested = [f"{_first(n for n in numbered if n[1].costs_row)} as status"]
    emptied, faults = [], []
    for name in entity.column_names:
        failed = [n for n in numbered if n[1].column == name and not n[1].costs_row]
        if failed and name not in unsaid:
            tested.append(f"{_first(failed)} as fault_{name}")
            emptied.append(f"case when fault_{name} is null then {name} end as {name}")
            faults.append(f"fault_{name}")
    of_cells = f"""when coalesce({", ".join(faults)}) is not null
        then list_filter([{", ".join(faults)}], lambda fault: fault is not null)"""
    return f"""
        with given as (select *, {", ".join(given)} from {relation}),
        typed as (select *, {", ".join(typed)} from given),
        tested as (select *, {", ".join(tested)} from typed)
        select
            * {f"replace ({', '.join(emptied)})" if emptied else ""},
            {_attributes(extras)} as attributes,
            {_date_only(entity, known)} as date_only,
            case when status is not null then [status] {of_cells if faults else ""} end as faults
        from tested
    """


def _first(numbered: Iterable[tuple[int, Check]]) -> str:
    """SQL of the number of the first of some checks that a row fails."""
    cases = " ".join(f"when {check.fails} then {number}" for number, check in numbered)
    return f"(case {cases} end)::utinyint"


def _cast(entity: Entity, column: Column, field: Field | None, reading: Reading) -> tuple[str, str]:
    """SQL of the value as given, and of the value of the contract's type made from it."""
    name = f"given_{column.name}"
    if (entity.name, column.name) == ("leads", "email"):  # the id is landed without it
        value = "coalesce(given_email, case when is_address(given_lead_id) then given_lead_id end)"
        return field.words if field else "null::varchar", value
    if column.name == "currency":  # an amount may tell it
        amounts = [f"given_{amount}::varchar" for amount in entity.amounts]
        told = ", ".join(
            f"""case when length(currency_beside({amount})) = 3
                and as_money{reading.by_comma}({amount}) is not null
                then currency_beside({amount}) end"""
            for amount in amounts
        )
        return field.words if field else "null::varchar", f"coalesce(given_currency, {told})"
    if field is None:
        return "null::varchar", f"{literal(column.default)}::{column.data_type}"
    types, cast = _CASTS.get(column.kind, ("", ""))
    if re.fullmatch(types, field.data_type):
        if reading.time_zone and re.fullmatch(r"TIMESTAMP(_\w+)?", field.data_type):
            moment = to_the_microsecond(field.column, field.data_type)
            moment = f"in_utc({moment}, {literal(reading.time_zone)})"
            return moment, cast.format(x=name, moment=f"{name}::timestamp")
        moment = to_the_microsecond(name, field.data_type)
        return field.column, cast.format(x=name, moment=moment, type=column.data_type)
    number = "as_money" if column.name in entity.amounts else "as_number"
    value = reading.parser(column.kind).format(x=name, type=column.data_type, number=number)
    if column.is_id:
        value = f"landed_id({value})"
    text = field.words if column.kind == "varchar" else field.text
    return text, f"coalesce({value}, {literal(column.default)})" if column.default else value


def to_the_microsecond(value: str, data_type: str) -> str:
    """SQL of a time to the microsecond: what is finer is cut off, as it is in a text."""
    if data_type.endswith("_NS"):  # a cast rounds in DuckDB 2
        return f"make_timestamp({_microseconds(value, data_type)})"
    return f"{value}::timestamp"


def _microseconds(value: str, data_type: str) -> str:
    """SQL of the microseconds since 1970; of DuckDB 2's nanoseconds with a zone, too."""
    return f"epoch_us({value}{'::timestamp_ns' if data_type.endswith('_NS') else ''})"


def _date_only(entity: Entity, known: Mapping[str, Field]) -> str:
    """SQL of the names of the times that were given as a day; NULL where none was."""
    days = [
        f"case when length(given_{column.name}::varchar) <= {_DAY} "
        f"and {column.name} is not null then {literal(column.name)} end"
        for column in entity.columns
        if column.kind == "timestamp" and column.name in known
        if not known[column.name].data_type.startswith("TIMESTAMP")
    ]
    if not days:
        return "null::varchar"
    names = ", ".join(days)
    return f"case when coalesce({names}) is not null then concat_ws(' ', {names}) end"


def _attributes(extras: Sequence[Field]) -> str:
    """SQL of the JSON object of the extra columns that are set, by name; NULL where none is."""
    if not extras:
        return "null::json"
    names = [f"extra_{field.place}" for field in extras]
    pairs = ", ".join(f"{literal(field.name)}, extra_{field.place}" for field in extras)
    return f"""case when coalesce({", ".join(names)}) is not null
        then json_merge_patch('{{}}', json_object({pairs})) end"""


def landed_id(text: str) -> str:
    """The id as it is landed: of one that is an email address, a hash that does not tell it."""
    if re.fullmatch(_ADDRESS, text):
        return f"email-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    return text


def literal(value: str | None) -> str:
    """A string as SQL."""
    return "null" if value is None else "'" + value.replace("'", "''") + "'"
