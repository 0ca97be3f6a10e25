"""The two real data sets, through landing, against numbers computed from their raw files."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from scripts.landing.land import LandResult, land
from scripts.shared.paths import warehouse_file
from tests.real_data import data_folder, write_bpi2012, write_olist

pytestmark = pytest.mark.skipif(
    not (data_folder() / "olist").is_dir(),
    reason=f"the real data are not at {data_folder()}: set LEAD_DATA_DIR",
)


@contextmanager
def landed(
    write: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[LandResult, duckdb.DuckDBPyConnection]]:
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "leads.duckdb"))
    write(tmp_path / "files")
    result = land(tmp_path / "files", datetime(2025, 1, 1))
    with duckdb.connect(str(warehouse_file())) as connection:
        yield result, connection


def test_olist_lands_as_it_was_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with landed(write_olist, tmp_path, monkeypatch) as (result, connection):
        assert {entity.entity: entity.rows_landed for entity in result.entities} == {
            "leads": 8000,
            "lead_events": 8000,
            "opportunities": 842,
            "payments": 5044,
        }
        assert result.total.rows_rejected == 0
        assert connection.sql(
            """select count(*) filter (lead_source is null), min(created_at)::date::varchar,
                max(created_at)::date::varchar, count(attributes ->> 'landing_page_id')
            from raw.leads"""
        ).fetchall() == [(60, "2017-06-14", "2018-05-31", 8000)]
        days = "closed_at::date - created_at::date"
        assert connection.sql(
            f"""select median({days}), round(avg({days}), 2), count(*) filter ({days} <= 30),
                count(*) filter ({days} <= 90), min({days}), count(amount), sum(amount)
            from raw.opportunities where is_won"""
        ).fetchall() == [(14, 48.44, 555, 692, -2, 380, Decimal("676851.4800"))]
        assert connection.sql("select sum(amount) from raw.payments").fetchall() == [
            (Decimal("676851.4800"),)
        ]


def test_bpi2012_lands_as_it_was_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with landed(write_bpi2012, tmp_path, monkeypatch) as (result, connection):
        assert {entity.entity: entity.rows_landed for entity in result.entities} == {
            "leads": 13087,
            "lead_events": 164506,
            "opportunities": 5015,
        }
        assert result.total.rows_rejected == 0
        assert connection.sql("select sum(budget) from raw.leads").fetchall() == [
            (Decimal("177634511.0000"),)
        ]
        assert connection.sql(
            """select count(*) filter (is_won), count(*) filter (not is_won),
                count(*) filter (is_won is null and closed_at is null and stage = 'offer'),
                round(median(epoch(closed_at - leads.created_at) / 86400) filter (is_won), 4),
                floor(100 * median(epoch(closed_at - opportunities.created_at) / 86400)
                    filter (is_won)),
                sum(amount) filter (is_won)
            from raw.opportunities inner join raw.leads using (lead_id)"""
        ).fetchall() == [(2246, 2442, 327, 14.4366, 1382, Decimal("35290338.0000"))]
        assert connection.sql(
            "select count(distinct properties ->> 'resource') > 1 from raw.lead_events"
        ).fetchall() == [(True,)]
