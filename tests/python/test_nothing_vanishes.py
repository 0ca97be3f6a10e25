"""What goes in comes out or is named: rows of files, and records on their way to the marts."""

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import duckdb
import pytest

from scripts.landing.contract import Column, Entity, read_contract
from scripts.landing.land import LandResult, land
from scripts.landing.sums import SUMMABLE
from tests.python.test_incremental import landings
from tests.universe import CLOCK, Row, universe
from tests.warehouse import build

NOW = datetime(2025, 1, 1)
GOOD = {"decimal": "12.5000", "bigint": "7", "boolean": "true", "json": '{"a":1}'}
UNREADABLE = {"timestamp": "31.31.2024", "date": "soon", "decimal": "a lot", "bigint": "1.5",
              "boolean": "perhaps", "json": "{a"}  # fmt: skip
FATES = ("new", "new", "repeat", "update", "same key", "bad key", "bad cell")
Texts = dict[str, str]


@dataclass
class File:
    """A file made up of rows whose fate is known: what is good of it, and the lines of the rest.

    `seen` has the good rows by their key, in the order of the file.
    """

    entity: Entity
    name: str
    rows: list[Texts] = field(default_factory=list)
    seen: dict[tuple[str, ...], list[Texts]] = field(default_factory=lambda: defaultdict(list))
    bad_rows: set[int] = field(default_factory=set)
    bad_cells: set[tuple[int, str]] = field(default_factory=set)
    before: int = 0
    after: int = 0

    def add(self, row: Texts, is_bad: bool = False, emptied: str | None = None) -> None:
        """A row, which is set aside, or lands without the cell that is `emptied`."""
        self.rows.append(row)
        if is_bad:
            self.bad_rows.add(self.last_line)
            return
        if emptied:
            self.bad_cells.add((self.last_line, emptied))
        landed = row if not emptied else row | {emptied: ""}
        self.seen[tuple(row[name] for name in self.entity.key)].append(landed)

    @property
    def last_line(self) -> int:
        return self.before + 1 + len(self.rows)

    @property
    def text(self) -> str:
        stream = io.StringIO(newline="")
        writer = csv.DictWriter(stream, self.entity.column_names, lineterminator="\n")
        stream.write(f"Report of {self.entity.name}\n" * self.before)
        writer.writeheader()
        writer.writerows(self.rows)
        stream.write("\nThese are all.\n" if self.after else "")
        return stream.getvalue()


def made_up(random: Random, entity: Entity, night: int, known: Sequence[Texts]) -> File:
    """A file of a night, with rows of the one before, `known`, among its own."""
    file = File(entity, f"{entity.name}.{night}.csv")
    file.before, file.after = random.choice([0, 0, 2]), random.choice([0, 0, 1])
    # Of an entity that needs but one column what is in one cell is a row.
    file.after *= sum(column.required for column in entity.columns) > 1
    good = list(known)
    for number in range(25):
        fate = random.choice(FATES) if good else "new"
        row = new_row(random, entity, f"{night}-{number}")
        if fate == "bad key":
            name = random.choice([c for c in entity.columns if c.required]).name
            file.add(row | {name: random.choice(["", "\0"])}, is_bad=True)
        elif fate == "bad cell" and (names := optional(entity)):
            column = random.choice(names)
            file.add(row | {column.name: UNREADABLE[column.kind]}, emptied=column.name)
        else:
            if fate != "new":
                row = dict(random.choice(good))
            if fate in ("update", "same key"):
                row |= changed(random, entity, is_dated=fate == "update")
            file.add(row)
            good.append(row)
    return file


def new_row(random: Random, entity: Entity, own: str) -> Texts:
    """A good row, its key its own; what need not be there may be missing."""
    row = {}
    for column in entity.columns:
        is_needed = column.required or column.name in entity.key
        if is_needed or random.random() < 0.5:
            row[column.name] = value(random, column, own if is_needed else "x")
        else:
            row[column.name] = ""
    return row


def value(random: Random, column: Column, own: str) -> str:
    if column.accepted:
        return random.choice(column.accepted)
    if column.kind == "varchar":
        return "EUR" if column.pattern else own
    day = f"2024-{random.randint(1, 9):02}-{random.randint(1, 28):02}"
    if column.data_type == "decimal(18,3)":
        return "12.500"
    return GOOD.get(column.kind) or (f"{day} 10:00:00" if column.kind == "timestamp" else day)


def optional(entity: Entity) -> list[Column]:
    return [
        column
        for column in entity.columns
        if not column.required and column.name not in entity.key and column.kind in UNREADABLE
    ]


def changed(random: Random, entity: Entity, is_dated: bool) -> Texts:
    """Other values of a row that keeps its key."""
    columns = [c for c in entity.columns if c.name not in (*entity.key, "updated_at")]
    found = {c.name: value(random, c, f"other {random.random()}") for c in columns[-2:]}
    if is_dated and "updated_at" in entity.column_names:
        found["updated_at"] = f"2024-10-{random.randint(1, 28):02} 10:00:00"
    return found


@pytest.mark.parametrize("seed", range(10))
def test_each_row_of_a_file_lands_is_known_or_is_set_aside(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "leads.duckdb"))
    random = Random(seed)
    entities = random.sample([*read_contract().values()], 4)
    known: dict[str, list[Texts]] = defaultdict(list)
    for night in range(2):
        folder = tmp_path / f"night{night}"
        folder.mkdir()
        files = [made_up(random, entity, night, known[entity.name]) for entity in entities]
        summed = [f.entity.name for f in files if f.entity.name in SUMMABLE and seed % 2]
        (folder / "mapping.yml").write_text(f"sum: {json.dumps(summed)}\n")
        for file in files:
            (folder / file.name).write_text(file.text)
        landing = land(folder, NOW + timedelta(days=night))
        with duckdb.connect(str(tmp_path / "leads.duckdb")) as connection:
            for file in files:
                check(connection, file, landing, file.entity.name in summed)
                good = [row for rows in file.seen.values() for row in rows]
                known[file.entity.name] += random.sample(good, min(len(good), 5))


def check(
    connection: duckdb.DuckDBPyConnection, file: File, landing: LandResult, is_summed: bool
) -> None:
    """Each row and each cell is where it has to be."""
    ((number, read, landed, duplicate, rejected),) = connection.execute(
        """select landing_id, rows_read, rows_landed, rows_duplicate, rows_rejected
        from raw.landings where file = ?""",
        [file.name],
    ).fetchall()
    told = f"select line, column_name from raw.{{}} where landing_id = {number}"
    assert read == len(file.rows) == landed + duplicate + rejected
    rows, cells = (connection.sql(told.format(of)).fetchall() for of in TOLD)
    assert (len(rows), {line for line, _ in rows}) == (rejected, file.bad_rows)
    assert (len(cells), {*cells}) == (len(file.bad_cells), file.bad_cells)
    framed = {name: lines for name, lines in landing.framed}
    first_after = file.last_line + 2
    lines = (*range(1, file.before + 1), *([first_after] if file.after else []))
    assert framed.get(file.name, ()) == lines
    (result,) = [result for result in landing.entities if result.entity == file.entity.name]
    assert result.rows_replaced + result.rows_added <= duplicate
    if is_summed:
        assert result.rows_added == sum(len(rows) - 1 for rows in file.seen.values())
        check_sums(connection, file)
    else:
        missing = sum(1 for _ in lost(connection, file))
        assert missing <= result.rows_replaced


TOLD = ("rejected_rows", "rejected_cells")


def lost(connection: duckdb.DuckDBPyConnection, file: File) -> Iterator[Texts]:
    """The good rows of a file whose content is not in raw: undated, and before one that is."""
    names = [name for name in file.entity.column_names if name != "updated_at"]
    texts = ", ".join(f"coalesce({name}::varchar, '')" for name in names)
    landed = {*connection.sql(f"select {texts} from raw.{file.entity.name}").fetchall()}
    for rows in file.seen.values():
        found = [tuple(row[name] for name in names) in landed for row in rows]
        assert found[-1], rows[-1]
        for row, is_there in zip(rows, found, strict=True):
            if not is_there:
                assert not row.get("updated_at"), row
                yield row


def check_sums(connection: duckdb.DuckDBPyConnection, file: File) -> None:
    """The last landed row of each key has the sum of the file's."""
    (column, *_), key = SUMMABLE[file.entity.name], file.entity.key
    sums = {
        values[:-1]: values[-1]
        for values in connection.sql(
            f"""select {", ".join(f"{name}::varchar" for name in key)}, {column}
            from raw.{file.entity.name} order by landing_seq"""
        ).fetchall()
    }
    for of_key, rows in file.seen.items():
        assert float(sums[of_key]) == sum(float(row[column]) for row in rows)


# ---------------------------------------------------------------- from raw to the marts


@dataclass
class World:
    """What was landed, by entity and in the order of landing, and the warehouse built of it."""

    raw: dict[str, list[Row]]
    built: duckdb.DuckDBPyConnection

    def column(self, query: str) -> set[str]:
        return {str(value) for (value,) in self.built.sql(query).fetchall()}

    def current(self, entity: str) -> dict[tuple[object, ...], Row]:
        """The current version of each record, by its key; those that are deleted are left out."""
        latest: dict[tuple[object, ...], tuple[str, Row]] = {}
        for row in self.raw[entity]:
            key = tuple(row.get(name) for name in read_contract()[entity].key)
            held_at, _ = latest.get(key, ("", row))
            # One without a day takes the place of the one before.
            made_at = str(row.get("updated_at") or held_at)
            if made_at.ljust(19, "0") >= held_at.ljust(19, "0"):
                latest[key] = (made_at, row)
        return {key: row for key, (_, row) in latest.items() if not row.get("is_deleted")}

    @property
    def told(self) -> set[tuple[str, str]]:
        """Entity and id of what is named in data_issues."""
        rows = self.built.sql("select entity, record_id from marts.data_issues").fetchall()
        return {(entity, record_id) for entity, record_id in rows}

    @property
    def leads(self) -> set[str]:
        """Landed leads, and other names of one, whose person has a row in lead_lifecycle."""
        return self.column(
            """select lead_id from intermediate.int_lead_identities
            where surviving_lead_id in (select lead_id from marts.lead_lifecycle)"""
        )

    @property
    def waiting(self) -> set[str]:
        """Leads that come in after all else was landed."""
        return {
            str(lead["lead_id"])
            for lead in self.raw["leads"]
            if str(lead["created_at"]) > str(lead["landed_at"])
        }

    def is_told(self, entity: str, row: Row) -> bool:
        """Whether the lead that a row names is unknown or waits, and this is told."""
        lead_id = str(row.get("lead_id"))
        return (
            (entity, lead_id) in self.told
            or ("lead_aliases", lead_id) in self.told
            or lead_id in self.waiting
        )


LATER = f"{CLOCK + timedelta(days=40)}T10:00:00"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = universe(21, 60, 2, None, is_odd=True)
    (raw,) = landings(made, 1, Random(21))
    landed_at = raw["leads"][0]["landed_at"]
    nobody: Row = {"alias_id": "nobody's", "lead_id": "stranger", "landed_at": landed_at}
    raw["lead_aliases"].append(nobody)
    of_later: dict[str, Row] = {
        "opportunities": {"opportunity_id": "later", "created_at": LATER, "stage": "open"},
        "payments": {"payment_id": "later", "paid_at": LATER, "amount": "1"},
        "lead_feedback": {"feedback_id": "later", "given_at": LATER, "verdict": "accepted"},
    }
    for entity, row in of_later.items():
        raw[entity].append({**row, "lead_id": "same0", "landed_at": landed_at})
        of_stranger: Row = {**row, read_contract()[entity].key[0]: "strange"}
        of_stranger |= {name: "2024-03-01" for name in row if name.endswith("_at")}
        raw[entity].append({**of_stranger, "lead_id": "stranger", "landed_at": landed_at})
    for entity, day in (("marketing_spend", "spend_date"), ("web_traffic", "traffic_date")):
        number: Row = {"amount": "5"} if entity == "marketing_spend" else {"visitors": "5"}
        for date in ("2024-03-01", LATER[:10]):
            keys = {"channel": "direct", "campaign": "c", "region": "Europe", "cost_type": "media"}
            names = read_contract()[entity].column_names
            of_day: Row = {name: value for name, value in keys.items() if name in names}
            raw[entity].append({**of_day, **number, day: date, "landed_at": landed_at})
    folder = tmp_path_factory.mktemp("world")
    select = ("+path:models/marts",)
    with build(folder, raw, made.seeds, select, reporting_currency="USD") as connection:
        yield World(raw, connection)


def test_each_lead_is_in_the_lifecycle_or_waits(world: World) -> None:
    missing = {str(lead["lead_id"]) for lead in world.raw["leads"]} - world.leads
    assert len(world.leads) > 50
    assert missing <= world.waiting


def test_each_other_name_is_a_leads_or_named(world: World) -> None:
    names = {str(alias_id) for (alias_id,) in world.current("lead_aliases")}
    named = {record_id for entity, record_id in world.told if entity == "lead_aliases"}
    later = {
        str(row["alias_id"])
        for row in world.raw["lead_aliases"]
        if str(row.get("linked_at") or "") > LANDED_UNTIL
    }
    assert names & world.leads and named
    assert names - world.leads - later <= named


LANDED_UNTIL = f"{CLOCK + timedelta(days=2)}T23:59:59"


def test_each_deal_is_in_the_mart_or_one_with_another_or_named(world: World) -> None:
    deals = world.current("opportunities")
    known = world.column("select opportunity_id from marts.opportunity")
    ones = dict(
        world.built.sql(
            "select record_id, end_id from intermediate.int_merges where entity = 'opportunities'"
        ).fetchall()
    )
    assert len(known) > 20
    assert known <= {str(deal_id) for (deal_id,) in deals}
    for (deal_id,), row in deals.items():
        if deal_id not in known and ("opportunities", deal_id) not in world.told:
            assert row.get("same_as_opportunity_id"), row
            assert ones[str(deal_id)] in known, row


def test_each_payment_and_sum_of_a_day_is_in_the_funnel_or_named(world: World) -> None:
    payments = world.current("payments")
    paid = world.column("select payment_id from intermediate.int_payments")
    assert paid and paid <= {str(payment_id) for (payment_id,) in payments}
    for (payment_id,), row in payments.items():
        is_told = ("payments", payment_id) in world.told or world.is_told("payments", row)
        assert payment_id in paid or is_told, row
    ((revenue, spend, visitors),) = world.built.sql(
        "select sum(revenue), sum(spend), sum(visitors) from marts.funnel"
    ).fetchall()
    assert revenue == sum(
        float(str(row["amount"])) for key, row in payments.items() if key[0] in paid
    )
    assert (spend, visitors) == (5, 5)
    assert {("marketing_spend", LATER[:10]), ("web_traffic", LATER[:10])} <= world.told


def test_each_event_counts_once_or_its_lead_is_named(world: World) -> None:
    events = world.current("lead_events").values()
    of_known = [row for row in events if row["lead_id"] in world.leads]
    assert 0 < len(of_known) < len(events)
    for row in events:
        assert row["lead_id"] in world.leads or world.is_told("lead_events", row), row
    counted = world.built.sql(
        """select event_key, sum(event_count) from intermediate.int_all_event_days
        where is_landed and follows_event_key is null
            and event_key in ('page_visit', 'email_open', 'email_sent', 'demo_request')
        group by all"""
    ).fetchall()
    assert dict(counted) == Counter(row["event_type"] for row in of_known)


def test_what_the_crm_knows_is_an_event_or_named(world: World) -> None:
    events = world.column("select event_id from intermediate.int_timed_events where not is_landed")
    for (feedback_id,), row in world.current("lead_feedback").items():
        is_event = f"lead_feedback:{feedback_id}" in events and row["lead_id"] in world.leads
        is_named = ("lead_feedback", feedback_id) in world.told
        assert is_event or is_named or world.is_told("lead_feedback", row), row
    deals = {str(deal_id) for (deal_id,) in world.current("opportunities")}
    landed = {str(deal["opportunity_id"]) for deal in world.raw["opportunities"]}
    ends = dict(
        world.built.sql(
            """select opportunity_id, surviving_opportunity_id
            from intermediate.int_current_opportunities"""
        ).fetchall()
    )
    for (deal_id, stage, entered_at), row in world.current("opportunity_stages").items():
        end = ends.get(deal_id, "")
        at = str(entered_at).replace("T", " ")
        is_known = f"opportunity_stage:{end}:{stage}:{at}" in events
        is_named = bool({("opportunity_stages", deal_id), ("opportunities", end)} & world.told)
        assert is_known or is_named or deal_id in landed - deals, row
    pairs = {*world.built.sql(PARTS).fetchall()}
    for (deal_id, lead_id), row in world.current("opportunity_leads").items():
        is_known = (ends.get(deal_id), lead_id) in pairs
        is_named = ("opportunity_leads", deal_id) in world.told
        is_named |= world.is_told("opportunity_leads", row)
        assert is_known or is_named or deal_id in landed - deals, row


PARTS = """
    select parts.opportunity_id, identities.lead_id
    from intermediate.int_opportunity_leads as parts
    inner join intermediate.int_lead_identities as identities
        on parts.lead_id = identities.surviving_lead_id
"""
