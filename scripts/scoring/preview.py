"""What edited seeds would change, again and again: the engine of `whatif` and of the studio.

with previewing() as preview:
    found = preview.effect(Path("proposal"))
"""
# ruff: noqa: S608 (names in SQL are those of `interface` and of dbt's manifest)

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from scripts.scoring import compare
from scripts.scoring.baseline import AS_IT_WAS, POINT_TABLES, READ, REASONS_OF, Baseline
from scripts.scoring.effect import (
    Quality,
    Restated,
    RestatedModel,
    WhatIf,
)
from scripts.scoring.measured import EVALUATED, EVALUATED_SAMPLE, SCORED, quality, sample_share
from scripts.scoring.rescore import ALL_LEADS, DUE, HISTORY_DATES, LIVE, Rescoring, rescoring
from scripts.seeds.overlay import load_seed
from scripts.shared import paths
from scripts.shared.errors import UserError
from scripts.shared.interface import (
    CURRENT_SCORES,
    LIFECYCLES,
    LIVE_MODELS,
    RULES,
)
from scripts.shared.warehouse import built_file

MOVERS = 10

# What is looked at. Only the last of them, read for a few leads, is not worth a table.
RESULTS = ("lead_score", "golden_lead_factors", "int_evaluation_leads", "int_scored_days")

# Words for all leads are not made anew, nor are the days on which scores could rise.
TOP_REASONS = "int_top_reasons"


class Preview:
    """Compares proposals with the live warehouse, which no build can write meanwhile."""

    def __init__(self, baseline: Baseline) -> None:
        """Keep what the last build stored."""
        self._baseline = baseline

    def effect(self, seeds: Path, movers: int | None = MOVERS) -> WhatIf:
        """What the CSV files of a folder, in place of those in `seeds/`, would change.

        They must be sound (`check_seeds`). Names at most `movers` leads that move, or all (None).
        Edits of points, groups, bands, ranges of scores and golden leads are found by `Baseline`;
        what reaches further (`seeds/mapping`, scoring models that come, go or get other leads) by
        scoring all leads anew, which takes as long as that part of a build.
        """
        with _as_built():
            changed = self._baseline.scratch.changed_seeds(seeds)
            reached_from = self._baseline.scratch.reaching(RESULTS, AS_IT_WAS)
            found = None
            if changed.keys() & reached_from <= POINT_TABLES:
                found = self._baseline.effect(changed, movers)
            return found or self._scored_anew(changed, movers)

    def prepare(self) -> None:
        """Have at hand what an edit of silence asks for, so that the first takes no longer.

        That takes seconds for a million leads, so who asks for a single effect does without.
        """
        with _as_built():
            self._baseline.prepare()

    def _scored_anew(self, changed: Mapping[str, Path], movers: int | None) -> WhatIf:
        """The same for any seeds: all leads by all models that these reach."""
        with rescoring() as scratch:
            left_out = scratch.nothing_of(*HISTORY_DATES, TOP_REASONS)
            others = {EVALUATED: EVALUATED_SAMPLE, DUE: ALL_LEADS, **left_out}
            for name, file in changed.items():
                scratch.replace(name, f"from {load_seed(scratch.connection, file)}")
            scratch.run(others, (*changed,), AS_IT_WAS, (*RESULTS, REASONS_OF), {REASONS_OF})
            return _compared(scratch, (*changed,), self._baseline.quality_now, movers)

    def restated(self, seeds: Path) -> Restated:
        """What they would change in the past: all days since the models went live, scored anew.

        Takes as long as a build of the whole history.
        """
        with _as_built(), rescoring() as scratch:
            changed = scratch.lay_seeds(seeds)
            others = {DUE: ALL_LEADS, **scratch.nothing_of(EVALUATED)}
            scratch.run(others, (*changed,), (), ("int_lifecycles",))
            return _restated(scratch.connection)


@contextmanager
def previewing() -> Iterator[Preview]:
    """Open the live warehouse for previews. Raises UserError where nothing is built."""
    with _as_built(), rescoring(*READ, *RESULTS) as scratch:
        scratch.refuse_missing(RESULTS)
        yield Preview(Baseline(scratch))


@contextmanager
def _as_built() -> Iterator[None]:
    """Turns what DuckDB says of SQL that is not the last build's into what a person can do."""
    try:
        yield
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        cause = str(error).splitlines()[0]
        raise UserError(
            f"{paths.target_folder()} is not what the build of {built_file()} left "
            f"({cause}); build it again: make run"
        ) from error


def _lead_scores(database: str) -> str:
    """The score that counts for each lead, and whether it is ready for sales."""
    return f"""
    select
        leads.lead_id, leads.score_model, leads.score, leads.band, leads.band_order,
        leads.is_callable, leads.is_callable and scores.is_mql as is_ready
    from {database}marts.lead_score as leads
    inner join {database}{CURRENT_SCORES} as scores
        on leads.lead_id = scores.lead_id and leads.score_model = scores.score_model
    """


def _compared(
    scratch: Rescoring, changed: tuple[str, ...], quality_now: Quality | None, movers: int | None
) -> WhatIf:
    connection = scratch.connection
    connection.execute(
        f"""create or replace temp table compared as
        select
            lead_id, was.score as score_now, will.score as score_then,
            was.band as band_now, will.band as band_then,
            was.band_order as order_now, will.band_order as order_then,
            was.score_model as model_now, will.score_model as model_then,
            coalesce(will.is_callable, false) as is_callable_then,
            coalesce(was.is_ready, false) as is_ready_now,
            coalesce(will.is_ready, false) as is_ready_then
        from ({_lead_scores(f"{LIVE}.")}) as was
        full join ({_lead_scores("")}) as will using (lead_id)"""
    )
    counted = compare.count(connection)
    compare.choose_movers(connection, movers)
    for when, database in (("now", f"{LIVE}."), ("then", "")):
        connection.execute(
            f"""create or replace temp table reasons_{when} as
            select factors.* from {database}marts.lead_score_factors as factors
            inner join movers
                on factors.lead_id = movers.lead_id and factors.score_model = movers.model_{when}"""
        )
    return WhatIf(
        changed_seeds=changed,
        changed_rules=compare.changed_rules(connection, RULES),
        **vars(counted),
        movers=tuple(compare.movers(connection)),
        quality_now=quality_now,
        quality_then=quality(scratch, SCORED, sample_share(connection)),
        personas=compare.personas(connection),
    )


def _restated(connection: DuckDBPyConnection) -> Restated:
    """Compares the days on which leads became an MQL, once int_lifecycles is made anew."""
    gained, lost, redated = connection.sql(
        f"""select
            count(*) filter (was.mql_at is null and will.mql_at is not null),
            count(*) filter (was.mql_at is not null and will.mql_at is null),
            count(*) filter (was.mql_at::date <> will.mql_at::date)
        from {LIVE}.{LIFECYCLES} as was full join {LIFECYCLES} as will using (lead_id)"""
    ).fetchall()[0]
    models = connection.sql(
        f"""with counted as (
            select 'now' as side, mql_at from {LIVE}.{LIFECYCLES} where mql_at is not null
            union all
            select 'then', mql_at from {LIFECYCLES} where mql_at is not null
        )
        select
            champions.score_model, champions.live_from_date,
            count(*) filter (side = 'now'), count(*) filter (side = 'then')
        from {LIVE_MODELS} as champions
        left join counted
            on counted.mql_at >= champions.live_from_date
            and counted.mql_at < champions.live_until_date
        where champions.role = 'champion'
        group by all order by champions.live_from_date"""
    ).fetchall()
    return Restated(tuple(RestatedModel(*model) for model in models), gained, lost, redated)
