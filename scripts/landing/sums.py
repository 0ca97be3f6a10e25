"""Adds rows of a file with the same key, where the file says that its rows are parts of a sum."""
# ruff: noqa: S608 (names in SQL come from the contract)

from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from scripts.landing.contract import Entity
from scripts.shared.errors import UserError
from scripts.shared.warehouse import first_row

# Entities whose rows may be parts of a sum, and the columns that are added.
SUMMABLE = {
    "marketing_spend": ("amount", "impressions", "clicks"),
    "web_traffic": ("visitors",),
}

# The status of a row that was added to another one of its file.
ADDED = 255


def add_up(connection: DuckDBPyConnection, entity: Entity, files: Sequence[tuple[int, str]]) -> int:
    """Adds the good rows of `incoming_<entity>` of the same key and file to the last of them.

    `files` are the numbers and names of those to add up. Attributes stay where all rows have the
    same. Returns how many rows were added to another; they have the status ADDED. Raises UserError
    where the rows of a key are in several currencies, or the sum is more than the contract has.
    """
    if not files:
        return 0
    columns = SUMMABLE[entity.name]
    sums = ", ".join(f"sum({name}) as {name}" for name in columns)
    connection.execute(
        f"""create or replace temp table sums as
        select file_number, {", ".join(entity.key)}, {sums}, {_same("attributes")} as attributes,
            max(rowid) as row_id, count(*) as parts,
            {_several("currency") if "currency" in entity.column_names else "false"} as is_mixed
        from incoming_{entity.name}
        where status is null and file_number in (from unnest($1))
        group by all having count(*) > 1""",
        [[number for number, _ in files]],
    )
    _refuse(connection, entity, dict(files))
    changes = ", ".join(f"{name} = sums.{name}" for name in (*columns, "attributes"))
    same_key = " and ".join(f"new.{name} = sums.{name}" for name in ("file_number", *entity.key))
    connection.execute(
        f"""update incoming_{entity.name} as new set status = {ADDED} from sums
        where status is null and {same_key} and new.rowid <> row_id;
        update incoming_{entity.name} as new set {changes} from sums where new.rowid = row_id"""
    )
    ((added,),) = connection.sql("select coalesce(sum(parts - 1), 0) from sums").fetchall()
    return int(added)


def _same(name: str) -> str:
    """SQL of the value of a column where all rows have the same."""
    is_same = f"count(distinct {name}::varchar) = 1 and count({name}) = count(*)"
    return f"case when {is_same} then any_value({name}) end"


def _several(name: str) -> str:
    """SQL of whether a column has several values, none being one."""
    has_none = f"count({name}) between 1 and count(*) - 1"
    return f"(count(distinct upper({name})) > 1 or {has_none})"


def _refuse(connection: DuckDBPyConnection, entity: Entity, files: dict[int, str]) -> None:
    below = {column.name: column.below for column in entity.columns if column.below}
    too_much = " or ".join(f"abs({name}) >= {below[name]}" for name in SUMMABLE[entity.name])
    found = first_row(
        connection,
        f"select file_number, is_mixed, ({', '.join(entity.key)})::varchar from sums "
        f"where is_mixed or {too_much} order by all limit 1",
    )
    if found:
        number, is_mixed, key = found
        cause = "are in several currencies" if is_mixed else "add up to more than can be held"
        raise UserError(f"{files[number]}: the rows of {key} {cause}, so that they have no sum.")
