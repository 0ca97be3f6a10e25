"""The whole way: files in; scores, reasons, funnel and KPIs out."""

import re
import shutil
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from scripts.commands import app
from scripts.landing import own_data
from scripts.run import RunResult, run
from scripts.scoring.build import build
from scripts.shared import paths
from scripts.shared.errors import UserError
from scripts.shared.paths import PROJECT
from scripts.shared.warehouse import connect, holds
from tests.python.conftest import Warehouse

Sample = tuple[Warehouse, RunResult]


def copied(sample: Sample, tmp_path: Path) -> Warehouse:
    """The sample's working file, to be changed."""
    copy = Warehouse(tmp_path)
    shutil.copyfile(sample[0].file, copy.file)
    return copy


def copied_project(tmp_path: Path) -> Path:
    """The project, to be changed."""
    ignored = shutil.ignore_patterns(".venv*", "target", "warehouse", ".git")
    return Path(shutil.copytree(PROJECT, tmp_path / "project", ignore=ignored))


def test_a_run_publishes_every_mart_and_the_kpis(sample: Sample) -> None:
    warehouse, result = sample
    assert result.published.file == warehouse.folder / "published" / "leads.duckdb"
    with duckdb.connect(str(result.published.file), read_only=True) as published:
        tables = {
            row[0] for row in published.sql("select table_name from duckdb_tables()").fetchall()
        }
    marts = (PROJECT / "models" / "marts").rglob("*.sql")
    # Naive Bayes, in a folder of its own, is off unless its var says otherwise.
    assert tables == {path.stem for path in marts}
    assert result.report.csv_file.is_file() and result.report.json_file.is_file()
    assert result.landed and result.landed.total.rows_rejected > 0


def test_the_points_of_every_lead_add_up(sample: Sample) -> None:
    assert sample[0].query(
        """select count(*), count(distinct score_model), count(*) filter (
            score is distinct from coalesce((
                select sum(points) from marts.lead_score_factors as f
                where f.lead_id = s.lead_id and f.score_model = s.score_model
            ), 0)
        ) from marts.lead_score_by_model as s"""
    ) == [(sample[0].query("select count(*) * 2 from marts.lead_score")[0][0], 2, 0)]


@pytest.mark.slow
def test_a_changed_point_in_the_sql_fails_the_build(sample: Sample, tmp_path: Path) -> None:
    project = copied_project(tmp_path)
    model = project / "models" / "marts" / "scoring" / "lead_score_factors.sql"
    sql = model.read_text()
    changed = sql.replace(
        "cast(points as decimal(18, 4))",
        "cast(points + case when rule_id = 'region_core' then 0.0001 else 0 end as decimal(18, 4))",
    )
    assert changed != sql
    model.write_text(changed)
    output = copied(sample, tmp_path).dbt(
        "build", "--select", "lead_score_factors", project=project
    )
    assert "FAIL" in output and "assert_points_add_up_to_score" in output and output.endswith("1")


@pytest.mark.slow
def test_a_table_becomes_a_view_and_a_table_again_and_outlives_a_model_that_fails(
    sample: Sample, tmp_path: Path
) -> None:
    warehouse, project = copied(sample, tmp_path), copied_project(tmp_path)
    model = project / "models" / "intermediate" / "rules" / "int_rules.sql"
    sql = model.read_text()
    made = "select table_type, (select count(*) from intermediate.int_rules)"
    made += " from information_schema.tables where table_name like 'int\\_rules%' escape '\\'"
    ((_, rules),) = warehouse.query(made)

    def run_with(text: str) -> str:
        model.write_text(text)
        return warehouse.dbt("run", "--select", "int_rules", project=project)

    hook = "create table intermediate.seen as from {{ this }}"
    view = "{{ config(materialized='view', post_hook='" + hook + "') }}"
    assert run_with(view + sql).endswith("exit 0")
    assert warehouse.query(made) == [("VIEW", rules)]
    assert warehouse.query("select count(*) from intermediate.seen") == [(rules,)]
    assert run_with(sql).endswith("exit 0")
    assert warehouse.query(made) == [("BASE TABLE", rules)]
    assert run_with("select cast(reason as integer) as r from (" + sql + ")").endswith("exit 1")
    assert warehouse.query(made) == [("BASE TABLE", rules)]


def test_an_edited_point_changes_the_scores_it_should(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = copied(sample, tmp_path)
    seeds = tmp_path / "proposal"
    seeds.mkdir()
    text = (PROJECT / "seeds" / "points" / "attribute_points.csv").read_text()
    edited = re.sub(r"(?m)^(standard,seniority_vp,.*,points,)14,", r"\g<1>15,", text)
    assert edited != text
    (seeds / "attribute_points.csv").write_text(edited)
    for name, value in {**warehouse.environment, "LEADS_SEEDS": str(seeds)}.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(app, ["build"])
    assert done.exit_code == 0, done.output
    with duckdb.connect() as both:
        both.execute(f"attach '{sample[0].file}' as old (read_only)")
        both.execute(f"attach '{warehouse.file}' as new (read_only)")
        # The fit of a vice president rises by one point, unless the group is at its limit of 50.
        assert (
            both.sql(
                """
            with fit as (
                select lead_id, sum(points) as points, bool_or(rule_id = 'seniority_vp') as is_vp
                from old.marts.lead_score_factors
                where score_model = 'standard' and score_group = 'fit'
                    and rule_id <> 'group_limit'
                group by all
            )
            select n.lead_id, o.score, n.score
            from old.marts.lead_score_by_model as o
            full join new.marts.lead_score_by_model as n using (lead_id, score_model)
            left join fit using (lead_id)
            where n.raw_score - o.raw_score is distinct from case
                when score_model = 'standard' and is_vp
                    then least(50, points + 1) - least(50, points)
                else 0
            end"""
            ).fetchall()
            == []
        )
        changed = both.sql(
            """select count(*) from (
                (from new.marts.lead_score_factors) except (from old.marts.lead_score_factors)
            ) where rule_id not in ('seniority_vp', 'group_limit', 'score_scale')"""
        ).fetchall()
        assert changed == [(0,)]
        hashes = both.sql(
            """select distinct score_model, o.points_hash = n.points_hash
            from old.marts.lead_score_by_model as o
            join new.marts.lead_score_by_model as n using (lead_id, score_model) order by 1"""
        ).fetchall()
        assert hashes == [("fit_first", True), ("standard", False)]


@pytest.mark.slow
def test_points_that_break_a_persona_fail_the_build_and_name_the_rule(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A head of operations scores 50 by hand, a bound; one point less is the band below."""
    warehouse = copied(sample, tmp_path)
    (tmp_path / "published").mkdir()
    shutil.copyfile(sample[1].published.file, tmp_path / "published" / "leads.duckdb")
    seeds = tmp_path / "proposal"
    seeds.mkdir()
    text = (PROJECT / "seeds" / "points" / "attribute_points.csv").read_text()
    edited = re.sub(r"(?m)^(standard,seniority_director,.*,points,)12,", r"\g<1>11,", text)
    (seeds / "attribute_points.csv").write_text(edited)
    for name, value in {**warehouse.environment, "LEADS_SEEDS": str(seeds)}.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(app, ["build"])
    assert isinstance(done.exception, UserError)
    assert "operations_head_on_the_bound" in str(done.exception)
    assert (
        "persona operations_head_on_the_bound: rule seniority_director gives 11, "
        "was 12 when last published"
    ) in str(done.exception)


@pytest.mark.slow
def test_a_champion_that_is_not_live_yet_fails_the_build(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = copied(sample, tmp_path)
    text = (PROJECT / "seeds" / "points" / "score_models.csv").read_text()
    (tmp_path / "proposal").mkdir()
    (tmp_path / "proposal" / "score_models.csv").write_text(
        re.sub(r"(?m)^(standard,.*,clamp,)$", r"\g<1>2199-01-01", text)
    )
    for name, value in {
        **warehouse.environment,
        "LEADS_SEEDS": str(tmp_path / "proposal"),
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UserError, match=r"a_champion_is_live:\n .* first_live_from 2199-01-01"):
        build(lambda *_: None, ["--select", "+assert_a_champion_is_live"])


def changed_seeds(seed: str, before: str, after: str) -> str:
    """All seeds in a folder that dbt takes, a point table changed; its path in the project."""
    folder = PROJECT / "target" / f"changed-{seed}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(PROJECT / "seeds", folder)
    file = folder / "points" / f"{seed}.csv"
    file.write_text(file.read_text().replace(before, after))
    return str(folder.relative_to(PROJECT))


def test_faulty_seeds_stop_dbt_before_any_model(sample: Sample, tmp_path: Path) -> None:
    seeds = changed_seeds("event_points", "linear,60,,,20", "expo,60,,,20")
    warehouse = copied(sample, tmp_path)
    before = warehouse.query("from marts.lead_score order by all")
    output = warehouse.dbt("build", LEADS_SEEDS=seeds)
    assert "column decay: 'expo' is no decay; it may be none, linear" in output
    assert "Traceback" not in output and output.endswith("exit 2")
    assert warehouse.query("from marts.lead_score order by all") == before


@pytest.mark.slow
def test_protected_attributes_are_scored_where_a_run_allows_it(
    sample: Sample, tmp_path: Path
) -> None:
    seeds = changed_seeds("attribute_points", ",job_title,in,", ",gender,in,")
    warehouse = copied(sample, tmp_path)
    seed = ("seed", "--select", "attribute_points")
    output = warehouse.dbt(*seed, LEADS_SEEDS=seeds)
    assert "scored only with the var allow_protected_attributes" in output
    assert output.endswith("exit 2")
    allowed = ("--vars", "allow_protected_attributes: true")
    output = warehouse.dbt(*seed, *allowed, LEADS_SEEDS=seeds)
    assert output.endswith("exit 0"), output


def test_scores_of_a_past_day_know_nothing_later(sample: Sample, tmp_path: Path) -> None:
    warehouse = copied(sample, tmp_path)
    output = warehouse.dbt("run", "--vars", "as_of: 2025-01-31")
    assert output.endswith("exit 0"), output
    (row,) = warehouse.query(
        """select
            (select max(score_date) from marts.lead_score) = date '2025-01-31',
            (select max(lead_at)::date from marts.lead_lifecycle) <= date '2025-01-31',
            (select max(customer_at)::date from marts.lead_lifecycle) <= date '2025-01-31',
            (select max(last_event_date) from marts.lead_score_factors) <= date '2025-01-31',
            (select max(funnel_date) from marts.funnel) <= date '2025-01-31'"""
    )
    assert row == (True,) * 5
    # The history of that day, seen from today, says the same.
    assert duckdb.sql(
        f"""
        attach '{sample[0].file}' as today (read_only);
        attach '{warehouse.file}' as past (read_only);
        select count(*) from past.marts.lead_score_by_model as p
        join today.marts.lead_score_history as h
            on h.lead_id = p.lead_id and h.score_model = p.score_model
            and p.score_date between h.valid_from and coalesce(h.valid_to, p.score_date)
        where h.score <> p.score"""
    ).fetchall() == [(0,)]


def test_the_score_finds_who_buys(sample: Sample) -> None:
    """The hidden propensity of the sample, which no model sees, ranks as the score does."""
    truth = PROJECT / "data" / "sample" / "truth" / "truth.parquet"
    ((likely, unlikely),) = sample[0].query(
        f"""select
            avg(score) filter (propensity >= threshold), avg(score) filter (propensity < threshold)
        from marts.lead_score join '{truth}' using (lead_id),
            (select quantile_cont(propensity, 0.9) as threshold from '{truth}')"""
    )
    assert isinstance(likely, float) and isinstance(unlikely, float)
    assert likely > 2 * unlikely


def test_the_sample_is_never_mixed_with_own_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "leads.duckdb"))
    with duckdb.connect(str(tmp_path / "leads.duckdb")) as connection:
        connection.execute("create schema raw")
    with pytest.raises(UserError, match="the sample is not mixed"):
        run(None)


class Killed(BaseException):
    """Stands in for the end of the process."""


@pytest.mark.parametrize("moment", ["land", "unlink"])
def test_the_sample_gives_way_to_own_data_in_full_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "leads.duckdb"))
    for name in ("sample", "own", "more"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"leads.{name}.csv").write_text(
            f"lead_id,created_at\n{name},2025-01-01\n"
        )

    def landed() -> list[str]:
        with duckdb.connect(str(tmp_path / "leads.duckdb"), read_only=True) as connection:
            rows = connection.sql("select lead_id from raw.leads order by 1").fetchall()
            return [row[0] for row in rows]

    def kill(*_: object, **__: object) -> None:
        raise Killed

    monkeypatch.setattr(own_data, "write_sample", lambda folder: None)
    monkeypatch.setattr(paths, "PROJECT", tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sample").symlink_to(tmp_path / "sample")
    own_data.land_sample()
    with monkeypatch.context() as patch, pytest.raises(Killed):
        if moment == "land":
            patch.setattr(own_data, "land", kill)
        else:
            patch.setattr(Path, "unlink", kill)
        CliRunner().invoke(app, ["land", str(tmp_path / "own")], catch_exceptions=False)
    if moment == "land":
        own_data.land_sample()
        assert landed() == ["sample"]
        own_data.land_own(tmp_path / "own")
    assert CliRunner().invoke(app, ["land", str(tmp_path / "more")]).exit_code == 0
    assert landed() == ["more", "own"]
    assert not (tmp_path / "leads.aside").exists()
    with pytest.raises(UserError, match="the sample is not mixed"):
        own_data.land_sample()


def test_own_data_that_cannot_be_read_leave_the_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "leads.duckdb"))
    with duckdb.connect(str(tmp_path / "leads.duckdb")) as connection:
        connection.execute(
            "create schema state; create table state.sample as select true as is_sample"
        )
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "leads.csv").write_text("")
    with pytest.raises(UserError, match="is empty"):
        run(tmp_path / "own")
    with closing(connect()) as connection:
        assert holds(connection, own_data.SAMPLE)


@pytest.mark.parametrize("command", ["land", "run"])
def test_a_missing_folder_is_one_sentence(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "leads.duckdb"))
    done = CliRunner().invoke(app, [command, str(tmp_path / "nowhere")])
    assert isinstance(done.exception, UserError)
    assert "nowhere" in str(done.exception)


@pytest.mark.slow
def test_real_data_give_their_ground_truth(
    real: tuple[str, Warehouse], monkeypatch: pytest.MonkeyPatch
) -> None:
    name, warehouse = real
    for key, value in warehouse.environment.items():
        monkeypatch.setenv(key, value)
    (totals,) = warehouse.query(
        """select count(*), count(opportunity_at), count(customer_at), sum(revenue),
            round(median(days_lead_to_customer), 2), count(*) filter (has_negative_duration)
        from marts.lead_lifecycle"""
    )
    statuses = set(
        warehouse.query("select status, count(*) from intermediate.int_opportunities group by all")
    )
    if name == "bpi2012":
        assert totals == (13087, 5015, 2246, Decimal("35290338.0000"), Decimal("14.44"), 0)
        assert statuses == {("won", 2246), ("lost", 2442), ("open", 327)}
        assert warehouse.query(
            "select count(*), count(distinct event_id) from raw.lead_events"
        ) == [(164506, 164506)]
        assert warehouse.query(
            """select strftime(lead_at, '%Y-%m'), count(*), count(customer_at)
            from marts.lead_lifecycle group by 1 order by 1"""
        ) == [
            ("2011-09", 1, 1),
            ("2011-10", 2392, 499),
            ("2011-11", 2944, 460),
            ("2011-12", 2118, 376),
            ("2012-01", 2748, 487),
            ("2012-02", 2884, 423),
        ]
        assert warehouse.query(
            """select round(median(days_lead_to_customer), 4),
                floor(100 * median(days_opportunity_to_customer)),
                round(100 * count(customer_at) / count(*), 3)
            from marts.lead_lifecycle"""
        ) == [(Decimal("14.4366"), 1382, 17.162)]
        assert warehouse.query(
            """select status, count(*), sum(amount) from marts.opportunity
            where status = 'won' group by all"""
        ) == [("won", 2246, Decimal("35290338.0000"))]
        assert warehouse.query("select sum(leads), sum(customers) from marts.funnel_cohorts") == [
            (13087, 2246)
        ]
        # How far cases got; a case is a lead, each activity an event.
        assert set(
            warehouse.query(
                """select event_key, count(distinct lead_id)
                from intermediate.int_event_days
                where event_key in ('A_PREACCEPTED', 'A_ACCEPTED', 'O_SENT', 'O_SENT_BACK',
                    'A_APPROVED', 'A_DECLINED', 'A_CANCELLED')
                group by all"""
            )
        ) == {
            ("A_PREACCEPTED", 7367),
            ("A_ACCEPTED", 5113),
            ("O_SENT", 5015),
            ("O_SENT_BACK", 3254),
            ("A_APPROVED", 2246),
            ("A_DECLINED", 7635),
            ("A_CANCELLED", 2807),
        }
        assert warehouse.query(
            """select round(median(epoch(cancelled.at - lead_at) / 86400), 2),
                (select count(*) from marts.lead_lifecycle) - 2246 - 7635 - 2807
            from marts.lead_lifecycle
            inner join (
                select lead_id, min(first_occurred_at) as at
                from intermediate.int_event_days
                where event_key = 'A_CANCELLED'
                group by all
            ) as cancelled using (lead_id)"""
        ) == [(16.85, 399)]
    else:
        assert totals == (8000, 842, 842, Decimal("676851.4800"), Decimal("14.00"), 1)
        assert statuses == {("won", 842)}
        (issue,) = warehouse.query("select issue, detail from marts.data_issues")
        assert issue[0] == "customer before lead" and "2018-03-08" in str(issue[1])
        assert set(
            warehouse.query(
                """select channel, sum(leads), sum(customers) from marts.funnel group by all"""
            )
        ) == {
            ("organic_search", 2296, 271),
            ("paid_search", 1586, 195),
            ("social", 1350, 75),
            ("unknown", 1099, 179),
            ("direct", 499, 56),
            ("email", 493, 15),
            ("referral", 284, 24),
            ("other", 150, 4),
            ("display", 118, 6),
            ("other_publicities", 65, 3),
            ("(none)", 60, 14),
        }
        assert warehouse.query(
            """select min(lead_at)::date::varchar, max(lead_at)::date::varchar,
                min(customer_at)::date::varchar, max(customer_at)::date::varchar,
                round(100 * count(customer_at) / count(*), 3), count(*) filter (revenue > 0)
            from marts.lead_lifecycle"""
        ) == [("2017-06-14", "2018-05-31", "2017-12-05", "2018-11-14", 10.525, 380)]
        # The mean of all 842, the faulty row of −2 days too, which the mart leaves out.
        assert warehouse.query(
            """select round((sum(days_lead_to_customer) - 2) / 842, 2), count(days_lead_to_customer)
            from marts.lead_lifecycle"""
        ) == [(48.44, 841)]
        assert warehouse.query(
            """select sum(leads), sum(customers), sum(customers_within_30),
                sum(customers_within_90)
            from marts.funnel_cohorts"""
        ) == [(8000, 842, 555, 692)]
        assert warehouse.query(
            """select strftime(cohort_month, '%Y-%m'), sum(leads), sum(customers)
            from marts.funnel_cohorts where cohort_month >= date '2018-01-01'
            group by all order by all"""
        ) == [
            ("2018-01", 1141, 152),
            ("2018-02", 1028, 149),
            ("2018-03", 1174, 167),
            ("2018-04", 1352, 183),
            ("2018-05", 1303, 130),
        ]
        assert warehouse.query(
            "select count(*), count(amount), sum(amount) from marts.opportunity"
        ) == [(842, 380, Decimal("676851.4800"))]
        # An order has several items, each a payment.
        assert warehouse.query(
            """select count(*), count(distinct regexp_replace(payment_id, '-[0-9]+$', ''))
            from intermediate.int_payments"""
        ) == [(5044, 4512)]
    assert warehouse.query(
        """select count(*) from marts.lead_score_by_model as s
        where score is distinct from coalesce((
            select sum(points) from marts.lead_score_factors as f
            where f.lead_id = s.lead_id and f.score_model = s.score_model
        ), 0)"""
    ) == [(0,)]
