"""SQL that gives a column of a source the type that a query wants; NULL where a value has none."""

from scripts.landing.contract import to_the_microsecond

# How queries call types that are not DuckDB's: a time as text, so that a day stays a day.
TIME = "time"

_WHOLE_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UINTEGER", "UBIGINT")
_NESTED = ("STRUCT", "MAP", "JSON")


def stored_as(wanted: str) -> str:
    """The type of DuckDB that a wanted one is held in."""
    return "varchar" if wanted == TIME else wanted


def as_wanted(value: str, actual: str, wanted: str) -> str:
    """The value as SQL reads it in the type wanted; `actual` is DuckDB's name of the type it has.

    Whole numbers are no decimal ones (12, not 12.0). As a time they are milliseconds since 1970,
    written as digits too. Times are UTC.
    """
    is_nested = actual.startswith(_NESTED) or actual.endswith("]")
    match wanted:
        case "json":
            return f"try_cast({value} as json)" if actual == "VARCHAR" else f"to_json({value})"
        case "varchar" if is_nested:
            return f"to_json({value})::varchar"
        case "varchar" if actual in ("DOUBLE", "FLOAT"):
            return f"if({value} % 1 = 0, try_cast({value} as hugeint)::varchar, {value}::varchar)"
        case "varchar":
            return value if actual == "VARCHAR" else f"{value}::varchar"
        case "time" if actual == "VARCHAR":
            return f"coalesce({_of_milliseconds(f'try_cast({value} as bigint)')}::varchar, {value})"
        case "time" | "timestamp" if actual in _WHOLE_NUMBERS:
            of_number = _of_milliseconds(value)
            return f"{of_number}::varchar" if wanted == TIME else of_number
        case "time":
            return f"{value}::varchar"
        case "timestamp" if actual == "VARCHAR":
            of_digits = _of_milliseconds(f"try_cast({value} as bigint)")
            return f"coalesce({of_digits}, {_in_utc(f'try_cast({value} as timestamptz)')})"
        case "timestamp" if actual.endswith("_NS"):
            return to_the_microsecond(value, actual)
        case "timestamp" if actual == "TIMESTAMP WITH TIME ZONE":
            return _in_utc(value)
        case _:
            return f"try_cast({value} as {wanted})"


def may_be_none(actual: str, wanted: str) -> bool:
    """Whether a value may have no reading in the type wanted."""
    return wanted not in ("varchar", TIME) and stored_as(wanted).upper() != actual


def _of_milliseconds(value: str) -> str:
    return f"make_timestamp_ms({value})"


def _in_utc(value: str) -> str:
    return f"timezone('UTC', {value})"
