"""Whether a challenger should take the champion's place: gates on leads that both have scored."""
# ruff: noqa: S608 (names of tables are those of `interface`)

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np

from scripts.quality.evaluation import evaluated_leads, scores_of
from scripts.quality.point_tables import (
    read_point_model,
    read_rows,
    refuse_unbuilt,
    seed_file,
    write_rows,
)
from scripts.scoring.champion import champion
from scripts.seeds.check_seeds import check_seeds
from scripts.seeds.overlay import SEEDS, overlay
from scripts.shared.errors import UserError
from scripts.shared.interface import CLOCK, LIVE_MODELS
from scripts.shared.settings import quality_day
from scripts.shared.statistics import (
    Change,
    Flags,
    Measures,
    Numbers,
    compare,
    conversions_of_lowest,
    isotonic,
    measure,
    wilson,
)
from scripts.shared.warehouse import reading

_PERIODS, _BETTER_PERIODS = 4, 3
_BOTTOM_SHARE = 0.2
# Conversions of the leads held out, over those that earlier leads made us expect.
_CALIBRATION = (0.8, 1.25)


@dataclass(frozen=True)
class Gate:
    """A condition, whether it holds, and the numbers that it rests on."""

    name: str
    is_passed: bool
    numbers: str


@dataclass(frozen=True)
class Promotion:
    """The comparison of a challenger with the champion, and where a role was changed, if it was."""

    champion: str
    challenger: str
    day: int
    outcome: str
    before: Measures
    after: Measures
    change: Change
    gates: tuple[Gate, ...]
    written: Path | None

    @property
    def is_passed(self) -> bool:
        """Whether every gate holds."""
        return all(gate.is_passed for gate in self.gates)


def promote(
    challenger: str, day: int | None = None, outcome: str = "customer", *, write: bool = False
) -> Promotion:
    """Compare a challenger with the champion on the last fifth of leads by creation.

    They are as they were scored at the end of `day` (None: the var quality_day).

    With `write`, and where every gate holds, score_models has the challenger as champion, from its
    live_from on. Raises UserError where the model is no challenger, where the seeds are faulty or
    not those of the last build, with too little history, and for `write` where a gate does not
    hold.
    """
    day = quality_day() if day is None else day
    with reading() as connection:
        read_point_model(challenger)
        refuse_unbuilt(connection)
        today = champion(connection)
        role = {row["score_model"]: row["role"] for row in read_rows("score_models")}[challenger]
        if role != "challenger":
            raise UserError(f"{challenger} is {role}; only a challenger can be promoted")
        _refuse_to_come(connection, challenger)
        leads = evaluated_leads(connection, day, outcome)
        old = scores_of(connection, today, day, leads)
        new = scores_of(connection, challenger, day, leads)
    split = leads.first_held_out
    held = leads.converted[split:]
    wins = int(held.sum())
    if min(wins, len(held) - wins) < 2:
        raise UserError(
            f"of {len(held)} leads held out {wins} converted; it takes two of each to compare"
        )
    before, after = measure(held, old[split:]), measure(held, new[split:])
    change = compare(held, new[split:], old[split:])
    gates = (
        _auc_gate(change, before, after),
        _lift_gate(before, after),
        _period_gate(held, new[split:], old[split:]),
        _bottom_gate(held, new[split:], old[split:]),
        _calibration_gate(leads.converted, new, split),
    )
    passed = all(gate.is_passed for gate in gates)
    if write and not passed:
        failed = "; ".join(f"{gate.name}: {gate.numbers}" for gate in gates if not gate.is_passed)
        raise UserError(f"{challenger} is not promoted: {failed}")
    written = _put_in_place(today, challenger) if write else None
    return Promotion(today, challenger, day, outcome, before, after, change, gates, written)


def _refuse_to_come(connection: duckdb.DuckDBPyConnection, challenger: str) -> None:
    """A champion that is not live yet would leave all leads without a score that counts."""
    days = connection.execute(
        f"""select live_from_date from {LIVE_MODELS}, {CLOCK}
        where score_model = ? and live_from_date > clock_date""",
        [challenger],
    ).fetchall()
    if days:
        raise UserError(f"{challenger} is not live before {days[0][0]}, its live_from")


def _auc_gate(change: Change, before: Measures, after: Measures) -> Gate:
    numbers = (
        f"{before.auc:.3f} → {after.auc:.3f}, {change.auc:+.3f} ({change.low:+.3f} to "
        f"{change.high:+.3f})"
    )
    return Gate("AUC is not worse beyond noise", change.high >= 0, numbers)


def _lift_gate(before: Measures, after: Measures) -> Gate:
    numbers = (
        f"{before.lift:.2f} → {after.lift:.2f} ({after.lift_low:.2f} to {after.lift_high:.2f})"
    )
    return Gate("lift of the top tenth is not worse beyond noise", after.lift_high >= before.lift,
                numbers)  # fmt: skip


def _period_gate(converted: Flags, new: Numbers, old: Numbers) -> Gate:
    """Periods of equally many leads, in the order of creation; one without either kind is lost."""
    cuts = np.linspace(0, len(converted), _PERIODS + 1).round().astype(int)
    better = sum(
        measure(converted[start:end], new[start:end]).auc
        > measure(converted[start:end], old[start:end]).auc
        for start, end in pairwise(cuts)
    )
    name = f"AUC is better in at least {_BETTER_PERIODS} of {_PERIODS} periods"
    return Gate(name, better >= _BETTER_PERIODS, f"{better} of {_PERIODS}")


def _bottom_gate(converted: Flags, new: Numbers, old: Numbers) -> Gate:
    """The fifth of leads with the lowest scores should hold few that convert."""
    size = round(len(converted) * _BOTTOM_SHARE)
    lost_new, lost_old = (conversions_of_lowest(converted, score, size) for score in (new, old))
    low, _ = wilson(lost_new, size) or (0.0, 1.0)
    numbers = f"{lost_old:.4g} → {lost_new:.4g} conversions among the lowest {size:,} leads"
    return Gate("the bottom fifth is not worse beyond noise", low * size <= lost_old, numbers)


def _calibration_gate(converted: Flags, score: Numbers, split: int) -> Gate:
    """What earlier leads of such scores did should hold for later ones."""
    known, place = np.unique(score[:split], return_inverse=True)
    rates = isotonic(np.bincount(place, converted[:split]), np.bincount(place))
    expected = float(np.interp(score[split:], known, rates).sum())
    ratio = float(converted[split:].sum()) / expected if expected else np.inf
    numbers = f"{int(converted[split:].sum())} conversions, {expected:.1f} to be expected"
    return Gate(f"calibration is within {_CALIBRATION[0]} and {_CALIBRATION[1]}",
                _CALIBRATION[0] <= ratio <= _CALIBRATION[1], f"{ratio:.2f}: {numbers}")  # fmt: skip


def _put_in_place(today: str, challenger: str) -> Path:
    """The challenger as champion in the seed.

    Where it went live after the champion, this stays the champion of the days before; else the two
    swap role and traffic share.
    """
    file = seed_file("score_models")
    content = file.read_bytes()
    rows = read_rows("score_models")
    by_name = {row["score_model"]: row for row in rows}
    one, other = by_name[today], by_name[challenger]
    for column in ("role", "traffic_share"):
        if other["live_from"].strip() > one["live_from"].strip():
            other[column] = one[column]
        else:
            one[column], other[column] = other[column], one[column]
    write_rows("score_models", rows, file.parent)
    report = check_seeds(SEEDS, overlay())
    if report.errors:
        file.write_bytes(content)
        report.raise_for_errors()
    return file
