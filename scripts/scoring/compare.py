"""Adds up what moves between now's scores and a proposal's, however they were found.

Both lie in one connection, in tables that end with it: `compared`, a row a lead with its score,
band, order of the band, scoring model and whether it is ready for sales, each now and then, and
whether it may be called then; `reasons_now` and `reasons_then`, the reasons of leads that move.
"""
# ruff: noqa: S608 (names in SQL are constants)

from collections import Counter, defaultdict
from collections.abc import Iterator

from duckdb import DuckDBPyConnection

from scripts.scoring.effect import REASONS, Change, ChangedRule, Counted, Mover, Persona
from scripts.scoring.rescore import LIVE
from scripts.shared.interface import RULES

HAS_MOVED = "(score_now, band_now) is distinct from (score_then, band_then)"

_COUNTED = f"""
select
    band_now, order_now, band_then, order_then,
    (floor(score_now / 10) * 10)::int, (floor(score_then / 10) * 10)::int,
    is_ready_now, is_ready_then, {HAS_MOVED}, count(*)
from compared
group by all
"""

_MOVERS = f"""
create or replace temp table movers as
select *, row_number() over (
    order by
        abs(coalesce(score_then, 0) - coalesce(score_now, 0)) desc,
        is_callable_then desc, score_then desc nulls last, lead_id
) as place
from compared
where {HAS_MOVED}
order by place
limit ?
"""

_CHANGES = """
select
    lead_id, coalesce(will.reason, was.reason) as reason, was.points, will.points
from reasons_now as was full join reasons_then as will using (lead_id, score_group, rule_id)
where was.points is distinct from will.points
window strongest as (
    partition by lead_id
    order by abs(coalesce(will.points, 0) - coalesce(was.points, 0)) desc, rule_id, score_group
)
qualify row_number() over strongest <= ?
order by lead_id, abs(coalesce(will.points, 0) - coalesce(was.points, 0)) desc, rule_id, score_group
"""


def count(connection: DuckDBPyConnection) -> Counted:
    """What `compared` amounts to."""
    rows = connection.sql(_COUNTED).fetchall()
    # A band stands where it is then; where models place it otherwise, where it is highest.
    now = sorted(_place(band, at) for band, at, *_ in rows)
    then = sorted(_place(band, at) for _, _, band, at, *_ in rows)
    order = {place[1] or None: place for place in (*now, *then)}
    bands: Counter[tuple[str | None, str | None]] = Counter()
    tens: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    moved, ready = 0, [0, 0]
    for band_now, _, band_then, _, ten_now, ten_then, ready_now, ready_then, moves, leads in rows:
        bands[band_now, band_then] += leads
        moved += leads if moves else 0
        for side, (ten, is_ready) in enumerate(((ten_now, ready_now), (ten_then, ready_then))):
            ready[side] += leads if is_ready else 0
            if ten is not None:
                tens[ten][side] += leads
    return Counted(
        leads=bands.total(),
        moved=moved,
        scores=tuple((ten, *tens[ten]) for ten in sorted(tens)),  # type: ignore[misc]
        bands=tuple(
            (*pair, bands[pair])
            for pair in sorted(bands, key=lambda pair: (order[pair[0]], order[pair[1]]))
        ),
        band_order=tuple(sorted(order, key=lambda band: order[band])),
        ready_now=ready[0],
        ready_then=ready[1],
    )


def _place(band: str | None, band_order: int | None) -> tuple[int, str]:
    """Bands by their order; a lead without one comes first."""
    return (-1 if band_order is None else band_order, band or "")


def choose_movers(connection: DuckDBPyConnection, most: int | None) -> None:
    """Fill `movers` with the leads whose scores change most, those first that may be called."""
    connection.execute(_MOVERS, [2**62 if most is None else most])


def movers(connection: DuckDBPyConnection) -> Iterator[Mover]:
    """The leads of `movers`, each with the reasons that change most."""
    changes: defaultdict[str, list[Change]] = defaultdict(list)
    for lead_id, *change in connection.execute(_CHANGES, [REASONS]).fetchall():
        changes[lead_id].append(Change(*change))
    told = connection.sql(
        "select lead_id, score_now, score_then, band_now, band_then from movers order by place"
    ).fetchall()
    for lead_id, score_now, score_then, band_now, band_then in told:
        why = tuple(changes.get(lead_id, ()))
        yield Mover(lead_id, score_now, score_then, band_now, band_then, why)


def personas(connection: DuckDBPyConnection) -> tuple[Persona, ...]:
    """The golden leads then, as scored in this connection, each with where it lands now."""
    found = connection.sql(
        f"""with was as (
            select distinct persona, score_model, band, score
            from {LIVE}.marts.golden_lead_factors
        ), will as (
            select distinct persona, score_model, expected_band, band, score
            from marts.golden_lead_factors
        )
        select
            persona, score_model, will.expected_band, was.band, will.band, was.score, will.score
        from will left join was using (persona, score_model)
        order by persona, score_model, will.expected_band"""
    )
    return tuple(Persona(*row) for row in found.fetchall())


def changed_rules(connection: DuckDBPyConnection, then: str) -> tuple[ChangedRule, ...]:
    """Rules whose rows differ in anything but their numbers, in some region that both know."""
    columns = "select * exclude (rule_number, group_number) from {} "
    both = "where lead_region in (select lead_region from {})"
    found = connection.sql(
        f"""with was as (
            {columns.format(f"{LIVE}.{RULES}")} {both.format(then)}
        ), will as (
            {columns.format(then)} {both.format(f"{LIVE}.{RULES}")}
        )
        select
            score_model, rule_id,
            case
                when count(was.rule_id) = 0 then 'added'
                when count(will.rule_id) = 0 then 'removed'
                else 'changed'
            end
        from was full join will using (score_model, rule_id, lead_region)
        group by score_model, rule_id
        having bool_or(was is distinct from will)
        order by all"""
    )
    return tuple(ChangedRule(*row) for row in found.fetchall())
