"""The sample: the same for the same seed, in the contract's format, believable, nobody's data."""

import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from scripts.landing import sample
from scripts.landing.sample import SampleResult, write_sample
from scripts.shared.errors import UserError
from scripts.shared.paths import PROJECT

LEADS = 5000
Query = Callable[[str], list[tuple[Any, ...]]]


def bytes_of(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> SampleResult:
    return write_sample(tmp_path_factory.mktemp("data") / "sample", LEADS)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a sample of 300 leads, for tests to copy."""
    return write_sample(tmp_path_factory.mktemp("small") / "sample", 300).folder


@pytest.fixture(scope="module")
def query(result: SampleResult) -> Query:
    """Answers from the files; `people` has each lead's latest version, `all_events` each event."""
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    for file in result.folder.rglob("*.*"):
        if file.name != sample.MANIFEST:
            options = ", all_varchar = true" if file.name == "leads.csv" else ""
            reader = {".csv": "read_csv", ".parquet": "read_parquet", ".jsonl": "read_json"}
            table = file.name.rsplit(".", 1)[0].replace(".", "_")
            name = str(file).replace("'", "''")
            connection.execute(
                f"create table {table} as from {reader[file.suffix]}('{name}'{options})"
            )
    connection.execute(
        """create table people as
        select distinct on (lead_id) *, created_at::timestamp as came_at
        from leads where lead_id like 'l%' order by lead_id, updated_at desc;
        create table all_events as
        select distinct * from (from lead_events union all from lead_events_late)"""
    )
    return lambda sql: connection.execute(sql).fetchall()


def number(query: Query, sql: str) -> float:
    return float(query(sql)[0][0])


def auc(query: Query, score: str, outcome: str, source: str) -> float:
    """Area under the ROC curve (Mann and Whitney), ties counted half."""
    return number(
        query,
        f"""with ranked as (
            select outcome, avg(position) over (partition by score) as rank
            from (
                select {score} as score, {outcome} as outcome, row_number() over (order by {score})
                    as position
                from ({source})
            )
        )
        select
            (sum(rank) filter (outcome) - positives * (positives + 1) / 2) / (positives * negatives)
        from ranked, (
            select count_if({outcome}) as positives, count_if(not {outcome}) as negatives
            from ({source})
        )
        group by positives, negatives""",
    )


def test_the_same_seed_and_size_give_the_same_bytes_with_any_number_of_threads(
    result: SampleResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = duckdb.connect
    monkeypatch.setattr(duckdb, "connect", lambda file: connect(file, config={"threads": 1}))
    write_sample(tmp_path / "sample", LEADS)
    assert bytes_of(tmp_path / "sample") == bytes_of(result.folder)


def test_another_seed_gives_other_bytes_in_every_file(small: Path, tmp_path: Path) -> None:
    other = bytes_of(write_sample(tmp_path, 300, seed=43).folder)
    assert bytes_of(small).keys() == other.keys()
    assert not bytes_of(small).items() & other.items()


def test_every_entity_of_the_contract_is_there_with_columns_that_it_knows(
    result: SampleResult, query: Query
) -> None:
    text = (PROJECT / "models/staging/raw/_raw__sources.yml").read_text()
    tables = yaml.safe_load(text)["sources"][0]["tables"]
    # Its leads have no other names.
    tables = [table for table in tables if table["name"] != "lead_aliases"]
    assert set(result.rows) == {table["name"] for table in tables}
    for table in tables:
        columns = {row[0] for row in query(f"describe {table['name']}")}
        known = {column["name"] for column in table["columns"]}
        required = {
            column["name"]
            for column in table["columns"]
            if column.get("config", {}).get("meta", {}).get("required")
        }
        assert columns - known == ({"favourite_integration"} if table["name"] == "leads" else set())
        assert required <= columns


def test_rows_are_counted_by_entity(result: SampleResult, query: Query) -> None:
    assert result.rows["leads"] == number(query, "select count(*) from leads")
    assert result.rows["lead_events"] == number(
        query, "select (select count(*) from lead_events) + (select count(*) from lead_events_late)"
    )
    assert number(query, "select count(*) from people") == LEADS


def test_five_rows_must_be_rejected_at_landing(query: Query) -> None:
    faulty = "lead_id is null or try_cast(created_at as timestamp) is null"
    assert query(f"select lead_id, created_at from leads where {faulty} order by all") == [
        ("x1", "yesterday"),
        ("x2", "2025-13-45"),
        (None, "2025-01-15T09:30:00Z"),
    ]
    assert query("select event_id from lead_events where lead_id is null") == [("x1",)]
    verdicts = "verdict not in ('accepted', 'rejected')"
    assert query(f"select feedback_id from lead_feedback where {verdicts}") == [("x1",)]


def test_one_event_in_a_hundred_is_there_twice_with_the_same_content(query: Query) -> None:
    rows, distinct, ids = query(
        """select count(*), count(distinct lead_events), count(distinct event_id)
        from lead_events"""
    )[0]
    assert distinct == ids
    assert 0.005 < (rows - ids) / ids < 0.015


def test_late_events_happened_days_before_those_with_neighbouring_ids(query: Query) -> None:
    late, share = query(
        """select count(*), avg((neighbour.occurred_at - late.occurred_at > interval 1 day)::int)
        from lead_events_late as late
        asof join (from lead_events where event_id like 'e%') as neighbour
            on late.event_id > neighbour.event_id"""
    )[0]
    assert late > 0.005 * number(query, "select count(*) from lead_events")
    assert share > 0.95  # those that come in after the last day have older neighbours


def test_people_come_again_under_another_id(query: Query) -> None:
    def share(condition: str) -> float:
        """Of all leads, those that are somebody else's second or third, and can be told so."""
        pairs = "from people join truth using (lead_id) join people as first on survivor_lead_id"
        again = f"{pairs} = first.lead_id where lead_id != survivor_lead_id and ({condition})"
        return number(query, f"select count(*) {again}") / LEADS

    merged = "people.merged_into_lead_id is not null"
    chained = "people.merged_into_lead_id != survivor_lead_id"
    same_person = "people.person_id = first.person_id"
    same_email = "people.email != first.email and lower(people.email) = lower(first.email)"
    assert share(merged) > 0.002
    assert share(chained) > 0
    assert share(same_person) > 0.002
    assert share(same_email) > 0.002
    assert 0.01 < share("true") == share(f"{merged} or {same_person} or {same_email}") < 0.03
    assert number(query, f"select count(*) from people where {merged}") / LEADS <= share(merged)


def test_some_leads_have_later_versions_and_some_are_deleted(query: Query) -> None:
    versions = """select count(*) as versions, count(distinct updated_at) as times,
        count(distinct job_title) as titles, bool_or(is_deleted = 'true') as is_deleted
        from leads where lead_id like 'l%' group by lead_id"""
    count, two, promoted_twice, deleted, promoted = query(
        f"""select count(*), count_if(versions = 2), count_if(titles = 3), count_if(is_deleted),
            count_if(titles > 1) from ({versions}) where versions = times"""
    )[0]
    assert count == LEADS
    assert 0.02 < two / LEADS < 0.08
    assert promoted_twice > 0
    assert 0.002 < deleted / LEADS < 0.01
    assert promoted > 0.02 * LEADS


def test_events_are_many_and_unevenly_shared(query: Query) -> None:
    mean, median, most = query(
        """select avg(n), median(n), max(n) from (
            select count(event_id) as n from people left join all_events using (lead_id)
            group by lead_id)"""
    )[0]
    assert 27 < mean < 33
    assert median < 0.75 * mean
    assert most > 200


def test_nothing_happens_after_the_last_day_or_before_the_first(query: Query) -> None:
    for source, moment in [
        ("people", "came_at"),
        ("people", "updated_at"),
        ("all_events", "occurred_at"),
        ("opportunities", "closed_at"),
        ("opportunity_stages", "entered_at"),
        ("payments", "paid_at"),
        ("lead_feedback", "given_at"),
        ("marketing_spend", "spend_date"),
        ("web_traffic", "traffic_date"),
    ]:
        first, last = query(
            f"select min({moment})::date::text, max({moment})::date::text from {source}"
        )[0]
        assert first >= "2024-01-01", source
        assert "2025-06-01" <= last <= "2025-06-30", source


def test_about_one_lead_in_eight_becomes_an_opportunity_and_one_in_twenty_a_customer(
    query: Query,
) -> None:
    stages: dict[str, float] = dict(
        query(
            "select stage, count(*) / (select count(*) from people) from opportunities group by 1"
        )
    )
    assert set(stages) == {"discovery", "proposal", "negotiation", "won", "lost"}
    assert 0.10 < sum(stages.values()) < 0.14
    assert 0.035 < stages["won"] < 0.055
    assert query(
        """select min(days) >= 10 and max(days) <= 121 from (
            select date_diff('day', came_at, closed_at) as days
            from opportunities join people using (lead_id) where is_won)"""
    ) == [(True,)]


def test_the_current_stage_is_the_last_one_entered(query: Query) -> None:
    assert query(
        """select count(*) from opportunities join (
            select opportunity_id, arg_max(stage, entered_at) as last_stage,
                max(entered_at) as entered_at
            from opportunity_stages group by 1
        ) using (opportunity_id)
        where stage = last_stage and updated_at = entered_at
            and (closed_at is not null) = (stage in ('won', 'lost'))
            and (is_won is null) = (closed_at is null)
            and coalesce(is_won, false) = (stage = 'won')"""
    ) == query("select count(*) from opportunities")


def test_the_hidden_propensity_finds_what_becomes_of_a_lead(query: Query) -> None:
    people = "from truth where lead_id = survivor_lead_id"
    assert auc(query, "propensity", "is_opportunity_ever", people) > 0.75
    assert auc(query, "propensity", "is_customer_ever", people) > 0.75
    expected, real = query(f"select sum(propensity), count_if(is_opportunity_ever) {people}")[0]
    assert expected == pytest.approx(real, rel=0.15)


def test_channels_differ_in_volume_quality_and_cost(query: Query) -> None:
    channels = query(
        """select lead_source, count(*), avg(is_opportunity_ever::int) from people
        join truth using (lead_id) where lead_source is not null group by 1"""
    )
    volumes = [volume for _, volume, _ in channels]
    qualities = {channel: quality for channel, _, quality in channels}
    assert len(channels) == 9
    assert max(volumes) > 4 * min(volumes)
    assert qualities["referral"] > 2 * qualities["display"]
    costs: dict[str, Any] = dict(
        query("select channel, sum(amount) from marketing_spend group by 1")
    )
    assert "direct" not in costs
    assert costs["event"] > costs["email"]


def test_what_a_lead_does_in_its_first_month_says_something_about_it(query: Query) -> None:
    first_month = """from (
        select any_value(is_opportunity_ever) as is_opportunity, count(event_id) as engagement
        from people join truth using (lead_id)
        left join all_events
            on people.lead_id = all_events.lead_id and occurred_at < came_at + interval 30 day
            and (event_type in ('demo_request', 'trial_start', 'webinar_attendance')
                or page_url like '%/pricing' or page_url like '%/case-studies/%')
        where people.lead_id = survivor_lead_id and came_at < timestamp '2025-04-01'
            and coalesce(opportunity_at > came_at + interval 30 day, true)
        group by people.lead_id
    )"""
    assert 0.6 < auc(query, "engagement", "is_opportunity", first_month) < 0.9


def test_only_customers_pay_and_only_after_they_won(query: Query) -> None:
    payments = "from payments left join opportunities using (lead_id)"
    assert query(f"select bool_and(is_won and paid_at > closed_at) {payments}") == [(True,)]
    refunds, churned = query(
        """select count_if(amount < 0), (
            select count(*) from (
                select lead_id from payments group by lead_id having max(paid_at) < '2025-05-01'
            )
        ) from payments"""
    )[0]
    assert refunds > 0
    assert churned > 0


def test_traffic_exceeds_leads_and_spend_names_the_same_regions(query: Query) -> None:
    assert query(
        """select count(*) from (
            select came_at::date as traffic_date, lead_source as channel, count(*) as leads
            from people where lead_source is not null group by 1, 2
        ) join (
            select traffic_date, channel, sum(visitors) as visitors from web_traffic group by 1, 2
        ) using (traffic_date, channel) where leads > visitors"""
    ) == [(0,)]
    regions = [("Asia Pacific",), ("Europe",), ("Latin America",), ("North America",)]
    assert query("select distinct region from web_traffic order by 1") == regions
    media = "from marketing_spend where cost_type = 'media'"
    assert query(f"select distinct region {media} order by 1") == regions
    others = "from marketing_spend where cost_type != 'media' and region is not null"
    assert query(f"select count(*) {others}") == [(0,)]


def test_no_email_or_phone_number_can_be_a_real_one(query: Query) -> None:
    made_up = "email ~ '(?i).*(_sample[0-9]+(_again[0-9]+)?@.*|@.*[.]example)'"
    assert query(f"select email from people where not ({made_up})") == []
    assert query("select phone from people where phone !~ '[+][0-9]+ 000 [0-9]{7}'") == []
    assert query("select domain from accounts where domain not like '%.example'") == []


def test_effects_name_only_what_can_be_drawn(query: Query) -> None:
    def parameters(name: str) -> str:
        return f"read_csv('{sample.HERE}/parameters/{name}.csv')"

    drawn = [
        f"select 'seniority', seniority from {parameters('titles')}",
        f"select 'department', department from {parameters('titles')}",
        f"select 'industry', industry from {parameters('industries')}",
        f"select 'country', country from {parameters('countries')}",
        f"select 'channel', channel from {parameters('channels')}",
    ]
    terms = "('seniority', 'department', 'industry', 'country', 'channel')"
    assert (
        query(
            f"""select term, value from {parameters("effects")} where term in {terms}
            except ({" union ".join(drawn)})"""
        )
        == []
    )


def test_an_earlier_sample_is_replaced_and_nothing_else_is_left(
    small: Path, result: SampleResult, tmp_path: Path
) -> None:
    folder = tmp_path / "it's here"
    shutil.copytree(result.folder, folder)
    write_sample(folder, 300)
    assert bytes_of(folder) == bytes_of(small)
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize("name", ["leads.csv", "notes.txt", "truth/mine.csv"])
def test_a_folder_with_somebody_elses_files_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    with pytest.raises(UserError, match=Path(name).name):
        write_sample(tmp_path, 10)
    assert bytes_of(tmp_path).keys() == {name}


def test_somebodys_file_beside_a_sample_is_refused_and_kept(small: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(small, tmp_path / "sample")
    (folder / "more.csv").write_text("mine")
    before = bytes_of(tmp_path)
    with pytest.raises(UserError, match=r"more\.csv"):
        write_sample(folder, 20)
    assert bytes_of(tmp_path) == before


def test_what_is_no_folder_or_no_number_of_leads_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="is a file"):
        write_sample(tmp_path / "file")
    with pytest.raises(UserError, match=r"file/in cannot be made: Not a directory$"):
        write_sample(tmp_path / "file/in")
    with pytest.raises(UserError, match="1 or more"):
        write_sample(tmp_path / "new", 0)
    assert not (tmp_path / "new").exists()


def test_a_failed_run_leaves_the_earlier_sample_as_it_was(small: Path, tmp_path: Path) -> None:
    def fail(step: str) -> None:
        if step == "truth/truth.parquet":
            raise KeyboardInterrupt

    folder = shutil.copytree(small, tmp_path / "sample")
    before = bytes_of(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        write_sample(folder, 20, on_step=fail)
    assert bytes_of(tmp_path) == before
