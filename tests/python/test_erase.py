"""A person is erased: from tables, files and bytes, for good; all others stay as they were."""

import csv
import gzip
import json
import shutil
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from scripts.commands import app
from scripts.landing.land import land
from scripts.landing.own_data import land_own
from scripts.privacy.erase import Receipt, erase, past_retention
from scripts.privacy.person import Mentions
from scripts.privacy.subject_access import subject_access
from scripts.run import RunResult, run
from scripts.sales.alerts import alerts
from scripts.sales.call_list import call_lists
from scripts.sales.export import export
from scripts.scoring.build import build
from scripts.shared.errors import UserError
from tests.python.conftest import Warehouse

# Somebody with several leads, a deal, feedback and payments.
SOMEBODY = """
select surviving_lead_id from intermediate.int_lead_identities
where person_lead_count > 1
    and surviving_lead_id in (select lead_id from raw.opportunities)
    and surviving_lead_id in (select lead_id from raw.lead_feedback)
    and surviving_lead_id in (select lead_id from raw.payments)
order by 1 limit 1
"""
SCORES = "select lead_id, score, band, top_reasons from marts.lead_score order by lead_id"


class Erased:
    """A warehouse before and after one of its people was erased."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        ((lead_id,),) = warehouse.query(SOMEBODY)
        self.lead_id = str(lead_id)
        self.leads = [
            str(row[0])
            for row in warehouse.query(
                f"""select lead_id from intermediate.int_lead_identities
                where surviving_lead_id = '{lead_id}' order by 1"""
            )
        ]
        self.versions = warehouse.query(
            f"""select lead_id, created_at, updated_at, email, phone, person_id, first_name
            from raw.leads where lead_id in {(*self.leads, "")} order by all"""
        )
        self.marks = {
            *self.leads,
            *(str(mark) for row in self.versions for mark in row[3:5] if mark),
            *(
                str(row[0])
                for table in ("opportunities", "payments", "lead_feedback", "lead_events")
                for row in warehouse.query(
                    f"""select columns(lambda c: c like '%_id' and c <> 'lead_id'
                        and c <> 'owner_id' and c <> 'rep_id') from raw.{table}
                    where lead_id in {(*self.leads, "")}"""
                )
            ),
        }
        self.email = next(str(row[3]) for row in self.versions if row[3])
        self._leave_traces()
        self.traces_before = set(self.traces())
        self.scores = self.all_scores()
        self.receipt: Receipt = erase([self.leads[-1]])

    def _leave_traces(self) -> None:
        """What a year of use leaves: rejected rows, reports, logs, kept files."""
        folder = self.warehouse.folder
        bad = folder / "bad"
        bad.mkdir()
        write(
            bad / "leads.bad.csv",
            ["lead_id", "created_at", "email"],
            [[self.lead_id, "yesterday", self.email], ["another", "tomorrow", "x@example.com"]],
        )
        (bad / "lead_events.bad.csv").write_text(
            f"event_id,lead_id,event_type,occurred_at\ne1,{self.lead_id},visit,2025-01-01,too,many\n"
        )
        assert land(bad).total.rows_rejected == 3
        shutil.rmtree(bad)
        published = folder / "published"
        (published / "kept").mkdir(exist_ok=True)
        shutil.copy(published / "leads.duckdb", published / "kept/leads.1.duckdb")
        for name, text in (
            ("charts/scores.html", f"<td>{self.lead_id}</td>"),
            ("charts/scores.png", "an image"),
            ("target/failing.json", f'{{"email": "{self.email.upper()}"}}'),
            ("logs/dbt.log", f"a line\nlead {self.lead_id}\nanother line\n"),
            ("tmp/spilled.tmp", "anything"),
            ("lake/raw/leads/1.parquet", "what Spark keeps"),
        ):
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        for destination in ("csv", "jsonl"):
            assert export(destination, send=True).accepted > 500
        assert [*alerts(send=True)]
        # As if somebody told of and called were the person: whoever it is has a deal.
        ((called,),) = self.warehouse.query(
            "select min(lead_id) from marts.nurture_queue where channel = 'phone'"
        )
        with duckdb.connect(str(self.warehouse.file)) as connection:
            connection.execute("update state.alerts_sent set lead_id = ?", [self.lead_id])
        for file in call_lists().folder.glob("*.csv"):
            text = file.read_text("utf-8-sig").replace(str(called), self.lead_id)
            file.write_text(text, "utf-8-sig")
        assert self.email in subject_access(self.lead_id).read_text("utf-8")

    def traces(self) -> Iterator[str]:
        """Files whose bytes name the person, and tables whose rows do."""
        for file in sorted(self.warehouse.folder.rglob("*")):
            if not file.is_file():
                continue
            content = file.read_bytes().lower()
            if any(mark.lower().encode() in content for mark in self.marks):
                yield file.name
            if content[8:12] == b"duck":
                # What DuckDB has compressed can be read through it alone.
                yield from (f"{file.name} {table}" for table in self._tables(file))

    def _tables(self, file: Path) -> Iterator[str]:
        with duckdb.connect(str(file), read_only=True) as connection:
            for schema, table, columns in connection.sql(
                """select schema_name, table_name, list(column_name) from duckdb_columns()
                where schema_name in ('raw', 'intermediate', 'marts', 'state')
                    and data_type in ('VARCHAR', 'JSON') and not starts_with(table_name, 'stg_')
                group by all order by all"""
            ).fetchall():
                named = " or ".join(
                    f"lower({column}) in (from marks) or contains(lower({column}), $2)"
                    for column in columns
                )
                found = connection.execute(
                    f"""with marks as (select unnest($1))
                    select 1 from {schema}.{table} where {named} limit 1""",
                    [[mark.lower() for mark in self.marks], self.email.lower()],
                ).fetchall()
                if found:
                    yield f"{schema}.{table}"

    def all_scores(self) -> list[list[tuple[object, ...]]]:
        """The scores of all others, in the working file and the published ones."""
        found = []
        for file in ("leads.duckdb", "published/leads.duckdb", "published/kept/leads.1.duckdb"):
            with duckdb.connect(str(self.warehouse.folder / file), read_only=True) as connection:
                rows = connection.sql(SCORES).fetchall()
            found.append([row for row in rows if row[0] not in self.leads])
        return found


def write(file: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    file.parent.mkdir(exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])


@pytest.fixture(scope="module")
def erased(
    sample: tuple[Warehouse, RunResult], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Erased]:
    """A copy of the sample, from which somebody was erased."""
    with sample[0].copied(tmp_path_factory.mktemp("erase") / "warehouse") as copy:
        yield Erased(copy)


def test_nothing_of_the_person_is_left_in_any_table_file_or_byte(erased: Erased) -> None:
    before = erased.traces_before
    for trace in (
        *("scores.html", "failing.json", "dbt.log", f"{erased.lead_id}.md"),
        *("leads.duckdb raw.leads", "leads.duckdb raw.rejected_rows", "leads.duckdb raw.payments"),
        *("leads.duckdb state.score_published", "leads.duckdb intermediate.int_lead_profiles"),
        *("leads.duckdb marts.lead_score", "leads.1.duckdb marts.lead_score_history"),
        *("leads.duckdb state.sent", "leads.duckdb state.alerts_sent"),
    ):
        assert trace in before
    assert len([trace for trace in before if trace.startswith("leads.2025-")]) == 2  # what was sent
    assert list(erased.traces()) == []
    for gone in ("charts/scores.png", "tmp/spilled.tmp", "lake"):
        assert not (erased.warehouse.folder / gone).exists()
    assert [trace for trace in before if trace.startswith("calls.")]
    # What a spreadsheet packs cannot be searched.
    assert [*erased.warehouse.folder.glob("call_lists/*.xlsx")] == []
    assert [*erased.warehouse.folder.glob("call_lists/*.csv")]  # of those who are not in it
    assert (erased.warehouse.folder / "logs/dbt.log").read_text() == "a line\nanother line\n"
    for file in (erased.warehouse.folder / "exports").iterdir():
        assert len(file.read_text("utf-8").splitlines()) > 500


def test_all_others_stay_as_they_were(erased: Erased) -> None:
    assert erased.all_scores() == erased.scores
    assert len(erased.scores[0]) > 500
    assert erased.warehouse.query("select count(*) > 500 from staging.stg_raw__leads") == [(True,)]
    assert erased.warehouse.query(
        "select original_row like 'another%' from raw.rejected_rows where file = 'leads.bad.csv'"
    ) == [(True,)]


def test_the_receipt_counts_and_names_nobody(erased: Erased) -> None:
    receipt = erased.receipt
    assert receipt.leads == len(erased.leads) > 1
    rows = receipt.rows_erased["leads.duckdb"]
    assert rows["raw.leads"] == len(erased.versions)
    assert rows["raw.rejected_rows"] == 2
    assert receipt.rows_erased["published/kept/leads.1.duckdb"]["marts.lead_score"] == 1
    logs, *exported = sorted(receipt.lines_erased, reverse=True)
    assert logs == "logs/dbt.log" and [name.split("/")[0] for name in exported] == ["exports"] * 2
    assert {*receipt.lines_erased.values()} == {1}
    assert receipt.rows_left == 0
    text = receipt.file.read_text("utf-8")
    assert json.loads(text)["erasure_id"] == receipt.erasure_id
    assert not any(mark.lower() in text.lower() for mark in erased.marks)


def test_a_landing_does_not_bring_the_person_back(erased: Erased, tmp_path: Path) -> None:
    first = erased.versions[0]
    write(
        tmp_path / "leads.again.csv",
        ["lead_id", "created_at", "email", "city"],
        [
            [erased.lead_id, first[1], erased.email, "Elsewhere"],
            ["renamed", first[1], f" {erased.email.upper()}", "Elsewhere"],
            ["stranger", first[1], "stranger@example.com", "Elsewhere"],
            ["returned", f"{datetime.now().year + 1}-01-01", erased.email, "Elsewhere"],
            [erased.lead_id, "yesterday", erased.email, "Elsewhere"],
        ],
    )
    write(
        tmp_path / "lead_events.again.csv",
        ["event_id", "lead_id", "event_type", "occurred_at"],
        [[f"again{lead}", lead, "visit", "2025-01-01"] for lead in (*erased.leads, "stranger")],
    )
    deal = next(mark for mark in sorted(erased.marks) if mark.startswith("o"))
    write(
        tmp_path / "opportunity_stages.again.csv",
        ["opportunity_id", "stage", "entered_at"],
        [[deal, "proposal", "2025-01-01"], ["new_deal", "proposal", "2025-01-01"]],
    )
    landed = {result.entity: result for result in land(tmp_path).entities}
    query = erased.warehouse.query
    assert query("select lead_id from raw.leads where city = 'Elsewhere' order by 1") == [
        ("returned",),
        ("stranger",),
    ]
    assert query("select lead_id from raw.lead_events where event_id like 'again%'") == [
        ("stranger",)
    ]
    assert landed["opportunity_stages"].rows_landed == 1
    # Rows that are kept out are counted, and those set aside leave no text.
    assert (landed["leads"].rows_read, landed["leads"].rows_duplicate) == (5, 2)
    assert query(
        """select value, original_row, reason is not null from raw.rejected_rows
        where file = 'leads.again.csv'"""
    ) == [(None, "", True)]


def test_own_data_in_the_place_of_the_sample_do_not_bring_the_person_back(
    erased: Erased, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(erased.warehouse.file, tmp_path / "leads.duckdb")
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "leads.duckdb"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    header = ["lead_id", "created_at", "city"]
    rows = [[name, "2025-01-01", "Elsewhere"] for name in (*erased.leads, "stranger")]
    write(tmp_path / "own/leads.csv", header, rows)
    land_own(tmp_path / "own")
    query = Warehouse(tmp_path).query
    assert query("select lead_id from raw.leads") == [("stranger",)]
    assert query("select count(*) > 0 from state.suppressions") == [(True,)]


def test_before_anything_is_landed_or_built_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "leads.duckdb"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    duckdb.connect(tmp_path / "leads.duckdb").close()
    for command in (subject_access, lambda lead_id: erase([lead_id])):
        with pytest.raises(UserError, match=r"^nothing was landed yet$"):
            command("a")
    with pytest.raises(UserError, match="was not built yet"):
        past_retention(30)
    with pytest.raises(UserError, match=r"nothing was landed in .*; land a folder first"):
        build(lambda *_: None)


def test_who_was_not_heard_of_for_too_long_is_past_retention(erased: Erased) -> None:
    ((lead_id, clock),) = erased.warehouse.query(
        """select lead_id, clock_date from raw.leads, intermediate.int_clock
        where lead_id in (select lead_id from marts.lead_lifecycle where customer_at is null)
        and lead_id not in (select lead_id from raw.lead_events)
        and lead_id not in (select lead_id from raw.opportunities)
        and lead_id not in (select lead_id from raw.lead_feedback)
        and lead_id in (
            select surviving_lead_id from intermediate.int_lead_identities
            where person_lead_count = 1
        )
        order by greatest(created_at, updated_at), lead_id limit 1"""
    )
    ((heard,),) = erased.warehouse.query(
        f"""select max(greatest(created_at, updated_at))::date from raw.leads
        where lead_id = '{lead_id}'"""
    )
    assert isinstance(clock, date) and isinstance(heard, date)
    silent = (clock - heard).days
    assert lead_id in past_retention(silent - 1)
    assert lead_id not in past_retention(silent)
    assert past_retention(100_000) == past_retention() == []
    with pytest.raises(UserError, match="retention_days is -1"):
        past_retention(-1)
    seen = {
        str(row[0])
        for row in erased.warehouse.query(
            f"""select distinct surviving_lead_id from raw.lead_events
            inner join intermediate.int_lead_identities using (lead_id)
            where occurred_at::date >= date '{clock}' - 30"""
        )
    }
    assert seen and seen.isdisjoint(past_retention(30))


def test_whoever_is_not_held_cannot_be_erased(erased: Erased) -> None:
    for lead_id in (erased.lead_id, "nobody"):
        with pytest.raises(UserError, match="is held"):
            erase([lead_id])
        with pytest.raises(UserError, match="is held"):
            subject_access(lead_id)


def test_what_changed_hands_goes_with_whom_it_was_of_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event that was a's by mistake is b's, and a deal that b handed on is a's."""
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "leads.duckdb"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    write(
        tmp_path / "1/leads.csv",
        ["lead_id", "created_at", "region"],
        [["a", "2025-01-01", ""], ["b", "2025-01-01", "Far North"]],
    )
    events = ["event_id", "lead_id", "event_type", "occurred_at"]
    deals = ["opportunity_id", "lead_id", "created_at", "updated_at", "stage"]
    write(tmp_path / "1/lead_events.1.csv", events, [["e", "a", "page_view", "2025-01-02"]])
    write(tmp_path / "2/lead_events.2.csv", events, [["e", "b", "page_view", "2025-01-02"]])
    changed = ["d", "a", "2025-01-03", "2025-01-05", "won"]
    write(tmp_path / "1/opportunities.1.csv", deals, [changed])
    opened = ["d", "b", "2025-01-03", "2025-01-04", "open"]
    write(tmp_path / "2/opportunities.2.csv", deals, [opened])
    land(tmp_path / "1")
    land(tmp_path / "2")
    warehouse = Warehouse(tmp_path)
    erase(["b"])
    assert warehouse.query("select lead_id from raw.lead_events") == []
    assert warehouse.query("select lead_id, stage from raw.opportunities") == [("a", "won")]
    write(tmp_path / "3/opportunities.3.csv", deals, [[*changed[:3], "2025-01-06", "lost"]])
    assert land(tmp_path / "3").total.rows_landed == 1


def test_who_was_set_aside_can_be_told_and_erased(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "leads.duckdb"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    header = ["lead_id", "created_at", "email"]
    rows = [["a1", "2025-01-01", "a@x.example"], ["b1", "some day", "b@x.example"]]
    write(tmp_path / "1/leads.csv", header, rows)
    event = ["e", "c1", "page_view", "2025-01-02"]
    header = ["event_id", "lead_id", "event_type", "occurred_at"]
    write(tmp_path / "1/lead_events.csv", header, [event])
    write(tmp_path / "1/opportunity_leads.csv", ["opportunity_id", "lead_id"], [["o", "d1"]])
    land(tmp_path / "1")
    warehouse = Warehouse(tmp_path)
    assert "opportunity_leads: 1 rows" in subject_access("d1").read_text("utf-8")
    assert "b@x.example" in subject_access("b1").read_text("utf-8")
    assert "page_view" in subject_access("c1").read_text("utf-8")
    (tmp_path / "kpis").mkdir()
    (tmp_path / "kpis/kept.csv.gz").write_bytes(gzip.compress(b"c1"))
    assert "kpis/kept.csv.gz" in erase(["b1", "c1", "d1"]).files_erased
    assert not (tmp_path / "kpis/kept.csv.gz").exists()
    assert warehouse.query("select lead_id from raw.leads") == [("a1",)]
    assert warehouse.query("from raw.rejected_rows") == []
    assert warehouse.query("from raw.lead_events") == []
    assert warehouse.query("from raw.opportunity_leads") == []
    write(tmp_path / "2/leads.csv", ["lead_id", "created_at"], [["b1", "2025-01-01"]])
    assert land(tmp_path / "2").total.rows_landed == 0
    with pytest.raises(UserError, match="is held"):
        erase(["b1"])


def test_a_text_that_others_have_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a table of texts says of one is kept where spend, a seed or another lead has it."""
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "leads.duckdb"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    header = ["lead_id", "created_at", "region", "country", "city", "industry"]
    one = ["a", "2025-01-01", "North", "Peru", "Lima", "Mining"]
    other = ["b", "2025-01-01", "", "", "", "mining"]
    write(tmp_path / "leads.csv", header, [one, other])
    header = ["spend_date", "channel", "region", "amount"]
    write(tmp_path / "marketing_spend.csv", header, [["2025-01-01", "fairs", "NORTH", "9"]])
    land(tmp_path)
    words = ["north", "peru", "lima", "mining"]
    with duckdb.connect(str(tmp_path / "leads.duckdb")) as connection:
        connection.sql("create schema seeds; create table seeds.names as select 'Peru' as name")
        connection.sql("create schema intermediate")
        connection.execute("create table intermediate.words as select unnest($1) as word", [words])
    erase(["a"])
    left = Warehouse(tmp_path).query("from intermediate.words order by all")
    assert left == [("mining",), ("north",), ("peru",)]


def test_a_report_stays_in_its_folder(erased: Erased, tmp_path: Path) -> None:
    write(tmp_path / "leads.odd.csv", ["lead_id", "created_at"], [["../../odd", "2025-01-01"]])
    land(tmp_path)
    file = subject_access("../../odd")
    assert file.parent == erased.warehouse.folder / "subject_access"
    assert file.stat().st_mode & 0o077 == 0


def test_a_mention_is_a_whole_word() -> None:
    mentions = Mentions(["l7", "jane@example.com", "+49 30 1234"])
    assert mentions('{"lead":"L7"}')
    assert mentions("see https://example.com/?email=Jane@Example.com.")
    assert mentions("call +49 30 1234")
    assert not mentions("l70,xl7,l7b,jane@example.community")
    assert not mentions(None)


@pytest.mark.slow
def test_the_next_build_leaves_all_others_as_they_were(erased: Erased) -> None:
    """Ranks and totals aside, nobody's score depends on the person who is gone."""
    build(lambda done, total, name: None)
    rows = erased.warehouse.query(SCORES)
    known = [row for row in rows if row[0] not in ("stranger", "returned", "../../odd")]
    assert known == erased.scores[0]


def test_a_run_erases_who_is_past_retention_before_it_publishes(
    erased: Erased, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scripts.run.build", lambda progress, only: None)
    monkeypatch.setattr("scripts.privacy.erase.project_var", {"retention_days": 300}.__getitem__)
    old = past_retention()
    published = "select count(*) from marts.lead_score where lead_id in (select unnest($1))"
    with duckdb.connect(str(erased.warehouse.folder / "published/leads.duckdb")) as before:
        ((shown,),) = before.execute(published, [old]).fetchall()
    assert 0 < shown <= len(old)
    run(None)
    assert past_retention() == []
    with duckdb.connect(str(erased.warehouse.folder / "published/leads.duckdb")) as after:
        assert after.execute(published, [old]).fetchall() == [(0,)]
        assert after.sql("select count(*) > 0 from marts.lead_score").fetchall() == [(True,)]


def test_the_days_of_a_country_bind_where_they_are_the_shorter(erased: Erased) -> None:
    def with_days(days: int) -> set[str]:
        with duckdb.connect(str(erased.warehouse.file)) as connection:
            connection.execute("update seeds.retention set retention_days = $1", [days])
        return {*past_retention(200)} - {*past_retention(300)}

    french = {
        str(row[0])
        for row in erased.warehouse.query(
            """select lead_id from intermediate.int_lead_profiles
            where is_current and country in ('FR', 'IT')"""
        )
    }
    kept, shortened = with_days(1000), with_days(200)
    assert kept & french and kept - french == shortened
    with_days(1000)


@pytest.mark.slow
def test_the_command_erases_who_is_past_retention(
    erased: Erased, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ["erase", "--past-retention"]
    refused = CliRunner().invoke(app, asked)
    assert isinstance(refused.exception, UserError)
    assert "nobody is past" in str(refused.exception)
    monkeypatch.setattr("scripts.privacy.erase.project_var", {"retention_days": 200}.__getitem__)
    ((leads,),) = erased.warehouse.query(
        f"""select count(*) from intermediate.int_lead_identities
        where surviving_lead_id in {tuple(past_retention())}"""
    )
    done = CliRunner().invoke(app, asked)
    assert (done.exit_code, past_retention()) == (0, [])
    assert f"erased: {leads:,} leads" in done.output
