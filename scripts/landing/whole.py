"""Deletes what a folder lacks that holds all rows of an entity.

A deletion is a version: the current one again, deleted and without a day, which takes its place.
Those are noted in `raw.absent_versions`, so that a row that comes back is news.
"""
# ruff: noqa: S608 (names in SQL come from the contract)

from collections.abc import Sequence
from datetime import datetime

from duckdb import DuckDBPyConnection

from scripts.landing.contract import Check, Entity


def unread_keys(
    connection: DuckDBPyConnection, entity: Entity, file_number: int, failures: Sequence[Check]
) -> int:
    """How many rows of a file in `incoming_<entity>` do not say which record they are.

    `failures` are the checks by whose numbers, counted from 1, rows were set aside.
    """
    of_key = [
        number
        for number, check in enumerate(failures, start=1)
        if check.column is None or check.column in entity.key
    ]
    is_missing = " or ".join(f"{name} is null" for name in entity.key)
    ((count,),) = connection.execute(
        f"""select count(*) from incoming_{entity.name}
        where file_number = $1 and ({is_missing} or status in (from unnest($2)))""",
        [file_number, of_key],
    ).fetchall()
    return int(count)


def delete_absent(
    connection: DuckDBPyConnection,
    entity: Entity,
    last_seq: int,
    landed_at: datetime,
    came_in: Sequence[str] | None,
) -> int:
    """Deletes the records whose keys `incoming_<entity>` lacks; returns how many.

    They are all, or where files are named those whose current version came in one of them. Their
    deletions are numbered from `last_seq` on. The entity has the column is_deleted.
    """
    key = ", ".join(entity.key)
    has_dates = "updated_at" in entity.column_names
    deleted = "replace (true as is_deleted{})".format(", null as updated_at" if has_dates else "")
    ((rows,),) = connection.execute(
        f"""insert into raw.{entity.name} by name
        with versions as (
            select *, {entity.held_at} as held_at from raw.{entity.name} as landed
            anti join incoming_{entity.name} as present using ({key})
        ),
        current_versions as (
            from versions
            qualify row_number() over (
                partition by {key} order by held_at desc nulls last, landing_seq desc
            ) = 1
        ),
        files as (
            select file, last_landing_seq from raw.landings
            where entity = '{entity.name}' and rows_landed > 0
        ),
        concerned as (
            select current_versions.* from current_versions
            asof left join files on current_versions.landing_seq <= files.last_landing_seq
            where $3::varchar[] is null or files.file in (from unnest($3::varchar[]))
        )
        select
            * exclude (held_at, landing_seq, landed_at) {deleted},
            $1 + row_number() over (order by landing_seq) as landing_seq,
            $2 as landed_at
        from concerned where is_deleted is not true""",
        [last_seq, landed_at, came_in],
    ).fetchall()
    connection.execute(
        f"""insert into raw.absent_versions
        select '{entity.name}', landing_seq from raw.{entity.name} where landing_seq > $1""",
        [last_seq],
    )
    return int(rows)
