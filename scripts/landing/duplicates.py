"""Which rows of a landing say something new.

A version with updated_at is new unless its content is among the key's versions, or is, but for the
updated_at, that of the dated one that held before. One without it
takes the place of the one before: of several in a row the last of a file counts. Where a dated one
of its file follows, it is held against all versions, as that one is. Where none does, it is new
unless it has the content of the version before it, or its file said the same when it last landed:
an unchanged row of a changed file is no news against files that landed since. What a file said is
the version that was current when it landed, or the one noted in `raw.overruled_versions`. Of a key
that was deleted because a whole folder lacked it, all but its deletion is news.
"""
# ruff: noqa: S608 (names in SQL come from the contract)

from collections.abc import Mapping
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from scripts.landing.contract import Entity
from scripts.shared.warehouse import first_row

# The status of a row that says nothing new; those of failed checks count from 1.
DUPLICATE = 0


def mark_duplicates(
    connection: DuckDBPyConnection, entity: Entity, last_seqs: Mapping[int, tuple[str, int]]
) -> dict[int, int]:
    """Gives the good rows of `incoming_<entity>` that say nothing new the status DUPLICATE.

    `last_seqs` tells, by number of the file, its name and the entity's last landing_seq when it
    last landed; files that never did are missing. Returns how many of the rows of each file, by its
    number, say otherwise than the row of their key that counts in their place.
    """
    steps = _Steps(entity)
    connection.execute(f"create or replace temp table repeated_keys as {steps.repeated_keys}")
    connection.execute(f"create or replace temp table known_versions as {steps.known_versions}")
    if not last_seqs and not _is_any_known(connection):
        return {}
    _mark(connection, entity, steps.repeated)
    replaced = connection.execute(steps.replaced).fetchall()
    if steps.has_dates:
        _mark(connection, entity, steps.equal_to_any)
        _mark(connection, entity, steps.dated_anew)
    _mark(connection, entity, steps.equal_to_latest)
    if last_seqs:
        names, seqs = zip(*last_seqs.values(), strict=True)
        connection.execute(
            """create or replace temp table last_landed as
            select unnest($1) as file_number, unnest($2) as file, unnest($3) as last_seq""",
            [list(last_seqs), list(names), list(seqs)],
        )
        connection.execute(f"create or replace temp table said_before as {steps.said_before}")
        _mark(connection, entity, "select row_id from said_before")
        connection.execute(
            f"""delete from raw.overruled_versions
            where entity = '{entity.name}' and file in (select file from last_landed);
            insert into raw.overruled_versions
            select file, '{entity.name}', landing_seq from said_before"""
        )
        _mark(connection, entity, steps.equal_to_latest)
    _mark(connection, entity, steps.equal_to_the_one_before)
    return dict(replaced)


def _is_any_known(connection: DuckDBPyConnection) -> bool:
    """Whether a new row has the key of another, landed or new."""
    query = "from (select 1 from repeated_keys union all select 1 from known_versions) limit 1"
    return first_row(connection, query) is not None


def _mark(connection: DuckDBPyConnection, entity: Entity, row_ids: str) -> None:
    connection.execute(
        f"update incoming_{entity.name} set status = {DUPLICATE} where rowid in ({row_ids})"
    )


@dataclass(frozen=True)
class _Steps:
    """SQL of the row_id of the rows to be marked, a step at a time: each sees what is left.

    `repeated_keys` and `known_versions` say, once for all steps, which few rows need a close look.
    """

    entity: Entity

    @property
    def has_dates(self) -> bool:
        return "updated_at" in self.entity.column_names

    @property
    def is_dated(self) -> str:
        return "updated_at is not null" if self.has_dates else "false"

    @property
    def key(self) -> str:
        return ", ".join(self.entity.key)

    @property
    def content(self) -> str:
        return ", ".join((*self.entity.column_names, "attributes"))

    @property
    def same(self) -> str:
        names = (*self.entity.column_names, "attributes")
        return " and ".join(f"known.{name} is not distinct from new.{name}" for name in names)

    @property
    def new(self) -> str:
        return f"(select rowid as row_id, * from incoming_{self.entity.name} where status is null)"

    @property
    def repeated_keys(self) -> str:
        """Keys of several new rows, looked up by hashes: to sort those is half the work."""
        return f"""
            with repeated_hashes as (
                select key_hash from (select hash({self.key}) as key_hash from {self.new})
                qualify key_hash = lag(key_hash) over (order by key_hash)
            )
            select {self.key} from {self.new}
            where hash({self.key}) in (from repeated_hashes)
            group by {self.key} having count(*) > 1"""

    @property
    def known_versions(self) -> str:
        """The landed versions of the new rows' keys: is it its key's last, is it an absence."""
        return f"""
            select
                landing_seq,
                landing_seq = max(landing_seq) over (partition by {self.key}) as is_latest,
                landing_seq in (
                    select landing_seq from raw.absent_versions where entity = '{self.entity.name}'
                ) as is_absence
            from raw.{self.entity.name}
            where ({self.key}) in (select ({self.key}) from {self.new})"""

    @property
    def known(self) -> str:
        versions = "select landing_seq from known_versions"
        return f"(select * from raw.{self.entity.name} where landing_seq in ({versions}))"

    @property
    def latest(self) -> str:
        versions = "select landing_seq from known_versions where is_latest"
        return f"(select * from raw.{self.entity.name} where landing_seq in ({versions}))"

    @property
    def absent_keys(self) -> str:
        """Keys that were last deleted because a whole folder lacked them."""
        versions = "select landing_seq from known_versions where is_latest and is_absence"
        return (
            f"(select ({self.key}) from raw.{self.entity.name} where landing_seq in ({versions}))"
        )

    @property
    def keys_of_several(self) -> str:
        return f"""(
            select ({self.key}) from {self.new}
            where ({self.key}) in (select ({self.key}) from repeated_keys)
            group by {self.key} having count(*) > 1
        )"""

    @property
    def followed(self) -> str:
        """Rows that another one of their key and file follows."""
        return f"""(
            select row_id from {self.new} where ({self.key}) in {self.keys_of_several}
            qualify row_id < max(row_id) over (partition by {self.key}, file_number)
        )"""

    @property
    def repeated(self) -> str:
        """Dated copies, and undated rows that an undated one of their file follows."""
        return f"""
            with of_repeated_keys as (
                select *, {self.is_dated} as is_dated, {self.is_dated} and 1 < row_number() over (
                    partition by {self.content} order by row_id
                ) as is_copy
                from {self.new} where ({self.key}) in {self.keys_of_several}
            )
            select row_id from of_repeated_keys
            qualify is_copy or not is_dated and not lead(is_dated) over (
                partition by {self.key}, file_number, is_copy order by row_id
            )"""

    @property
    def replaced(self) -> str:
        """How many of the repeated rows of a file have no row left there with their content."""
        return f"""
            with of_repeated_keys as (
                select file_number, status, {self.content} from incoming_{self.entity.name}
                where ({self.key}) in (select ({self.key}) from repeated_keys)
            )
            select file_number, count(*)
            from (from of_repeated_keys where status = {DUPLICATE}) as new
            anti join (from of_repeated_keys where status is null) as known
                on known.file_number = new.file_number and {self.same}
            group by file_number"""

    @property
    def equal_to_any(self) -> str:
        return f"""
            select row_id from {self.new} as new
            semi join {self.known} as known on {self.same}
            where ({self.key}) not in {self.absent_keys}
                and ({self.is_dated} or row_id in {self.followed})"""

    @property
    def dated_anew(self) -> str:
        """Dated rows that say what the dated version that held before them says.

        Keys of which there is an undated row are left to the other steps.
        """
        names = [name for name in self.entity.column_names if name != "updated_at"]
        content = ", ".join((*names, "attributes"))
        held_at = f"max(updated_at) over (partition by {self.key} order by landing_seq)"
        return f"""
            with of_several_versions as not materialized (
                select * from {self.new}
                where ({self.key}) in (select ({self.key}) from {self.known})
                    or ({self.key}) in {self.keys_of_several}
            ),
            versions as (
                select
                    -1 as row_id, landing_seq, updated_at, {content},
                    coalesce(updated_at, {held_at}) as held_at
                from {self.known}
                union all
                select row_id, null, updated_at, {content}, updated_at from of_several_versions
                where ({self.key}) not in (
                    select ({self.key}) from of_several_versions where updated_at is null
                )
            ),
            compared as (
                select
                    row_id,
                    lag(updated_at) over held is not null
                    and row({content}) is not distinct from lag(row({content})) over held as is_same
                from versions
                window held as (
                    partition by {self.key} order by held_at nulls first, row_id, landing_seq
                )
            )
            select row_id from compared where is_same and row_id >= 0"""

    @property
    def said_before(self) -> str:
        """Undated rows, all that is new of a key in their file, that it said before; the version.

        They differ from what is current, so that a version of another file has overruled them.
        """
        same_key = " and ".join(f"known.{name} = new.{name}" for name in self.entity.key)
        return f"""
            with said as (
                select new.row_id, new.file, known.*
                from (from {self.new} inner join last_landed using (file_number)) as new
                inner join raw.{self.entity.name} as known
                    on {same_key} and known.landing_seq <= new.last_seq
                left join raw.overruled_versions as overruled
                    on overruled.file = new.file
                    and overruled.entity = '{self.entity.name}'
                    and overruled.landing_seq = known.landing_seq
                where new.row_id in (
                    select max(row_id) from {self.new}
                    where ({self.key}) not in {self.absent_keys}
                    group by {self.key}, file_number having count(*) = 1
                )
                qualify row_number() over (
                    partition by new.row_id
                    order by overruled.landing_seq is null, known.landing_seq desc
                ) = 1
            )
            select known.row_id, known.file, known.landing_seq
            from said as known
            inner join {self.new} as new on known.row_id = new.row_id and {self.same}"""

    @property
    def equal_to_latest(self) -> str:
        return f"""
            select row_id from {self.new} as new
            semi join {self.latest} as known on {self.same}
            where ({self.key}) not in {self.keys_of_several}"""

    @property
    def equal_to_the_one_before(self) -> str:
        return f"""
            with versions as (
                select -1 as row_id, {self.content} from {self.latest}
                where ({self.key}) in {self.keys_of_several}
                union all
                select row_id, {self.content} from {self.new}
                where ({self.key}) in {self.keys_of_several}
            ),
            compared as (
                select
                    row_id,
                    {self.is_dated} as is_dated,
                    row({self.content}) is not distinct from lag(row({self.content})) over (
                        partition by {self.key} order by row_id
                    ) as is_same
                from versions
            )
            select row_id from compared where is_same and row_id >= 0 and not is_dated"""
