"""Random edits of the point tables, as an analyst makes them: sound, but of every kind.

    python -m scripts.bench.edits 20

prints the seconds until the warehouse is open for previews, and until the effect of each edit of
the seeds that `LEADS_SEEDS` names is found.
"""

import csv
import random
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from scripts.scoring.preview import previewing
from scripts.seeds.check_seeds import check_seeds, seed_files
from scripts.seeds.overlay import SEEDS, overlay
from scripts.shared.temporary import temporary_folder

Rows = list[dict[str, str]]
Tables = dict[str, Rows]

TABLES = (
    *("attribute_points", "event_points", "inactivity_points"),
    *("score_groups", "score_bands", "score_models"),
)
# What no rule of the project asks for yet, and what is of the day.
ATTRIBUTES = ("city", "language", "account.industry", "tenure_days", "lead_source", "nobody_has_it")
EVENT_KEYS = ("any_engagement", "email_sent", "page_view", "email_bounce", "pricing_page")


def edited(
    folder: Path, draw: random.Random, edits: int = 1, seeds: Path | None = None
) -> list[str]:
    """Writes point tables with so many random edits into a folder, and says what was edited.

    They are those of `seeds` laid over the project's. An edit that check-seeds refuses is drawn
    again.
    """
    files = seed_files(SEEDS, seeds)
    tables: Tables = {}
    for name in TABLES:
        with files[name].open(encoding="utf-8", newline="") as stream:
            tables[name] = list(csv.DictReader(stream))
    headers = {
        name: list(rows[0]) if rows else _header(files[name]) for name, rows in tables.items()
    }
    said: list[str] = []
    while len(said) < edits:
        proposed = {name: [dict(row) for row in rows] for name, rows in tables.items()}
        edit = draw.choice(EDITS)
        what = edit(proposed, draw)
        if what is None or proposed == tables:
            continue
        for name, rows in proposed.items():
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, headers[name], lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
        if seeds:
            for name, file in files.items():
                if name not in proposed and file.is_relative_to(seeds):
                    (folder / file.name).write_bytes(file.read_bytes())
        if not check_seeds(SEEDS, folder).errors:
            tables = proposed
            said.append(what)
    return said


def _header(file: Path) -> list[str]:
    with file.open(encoding="utf-8", newline="") as stream:
        return next(csv.reader(stream))


def _row(tables: Tables, name: str, draw: random.Random) -> dict[str, str] | None:
    return draw.choice(tables[name]) if tables[name] else None


def _points(tables: Tables, draw: random.Random) -> str | None:
    name = draw.choice(TABLES[:3])
    row = _row(tables, name, draw)
    if row:
        row["points"] = draw.choice(["0", "1", "-7", "12.5", "0.0003", "33"])
        return f"points of {row['rule_id']}: {row['points']}"
    return None


def _effect(tables: Tables, draw: random.Random) -> str | None:
    if row := _row(tables, "attribute_points", draw):
        row["effect"] = draw.choice(["points", "disqualify", "junk"])
        return f"effect of {row['rule_id']}: {row['effect']}"
    return None


def _value(tables: Tables, draw: random.Random) -> str | None:
    if row := _row(tables, "attribute_points", draw):
        other = draw.choice(tables["attribute_points"])
        for column in ("attribute", "operator", "value", "lower", "upper"):
            row[column] = other[column]
        return f"condition of {row['rule_id']} is that of {other['rule_id']}"
    return None


def _number(tables: Tables, draw: random.Random) -> str | None:
    if row := _row(tables, "attribute_points", draw):
        for column in ("value", "lower", "upper"):
            row[column] = ""
        row["attribute"] = draw.choice(["employee_count", "tenure_days", "visits_last_7_days"])
        row["operator"] = draw.choice(["at_least", "at_most"])
        row["lower" if row["operator"] == "at_least" else "upper"] = str(draw.choice([1, 30, 200]))
        return f"{row['rule_id']} asks for {row['attribute']} {row['operator']}"
    return None


def _new_attribute(tables: Tables, draw: random.Random) -> str | None:
    if row := _row(tables, "attribute_points", draw):
        for column in ("value", "lower", "upper"):
            row[column] = ""
        row["attribute"] = draw.choice(ATTRIBUTES)
        row["operator"] = draw.choice(["is_set", "is_missing"])
        return f"{row['rule_id']} asks whether {row['attribute']} {row['operator']}"
    return None


def _limits(tables: Tables, draw: random.Random) -> str | None:
    if row := _row(tables, "event_points", draw):
        column = draw.choice(["window_days", "max_per_day", "max_events"])
        row[column] = draw.choice(["", "1", "3", "14", "400"])
        return f"{column} of {row['rule_id']}: {row[column]}"
    return None


def _decay(tables: Tables, draw: random.Random) -> str | None:
    if row := _row(tables, "event_points", draw):
        row["decay"], row["decay_days"], row["decay_rate"] = draw.choice(
            [("none", "", ""), ("linear", "45", ""), ("exponential", "7", ""), ("step", "9", "0.3")]
        )
        return f"decay of {row['rule_id']}: {row['decay']}"
    return None


def _bounds(tables: Tables, draw: random.Random) -> str | None:
    if row := _row(tables, "event_points", draw):
        row["min_points"], row["max_points"] = draw.choice([("", "4"), ("-2", ""), ("-9", "9")])
        return f"bounds of {row['rule_id']}: {row['min_points']} to {row['max_points']}"
    return None


def _event_key(tables: Tables, draw: random.Random) -> str | None:
    if row := _row(tables, "event_points", draw):
        row["event_key"] = draw.choice(EVENT_KEYS)
        return f"{row['rule_id']} counts {row['event_key']}"
    return None


def _silence(tables: Tables, draw: random.Random) -> str | None:
    if row := _row(tables, "inactivity_points", draw):
        row["silent_days"] = draw.choice(["3", "25", "90"])
        return f"{row['rule_id']} after {row['silent_days']} days"
    return None


def _span(tables: Tables, draw: random.Random) -> str | None:
    row = _row(tables, draw.choice(TABLES[:3]), draw)
    if row:
        row["valid_from"], row["valid_to"] = draw.choice(
            [("2025-03-01", ""), ("", "2025-04-30"), ("2025-01-15", "2025-06-29")]
        )
        return f"{row['rule_id']} holds from {row['valid_from']} to {row['valid_to']}"
    return None


def _region(tables: Tables, draw: random.Random) -> str | None:
    name = draw.choice(TABLES[:3])
    row = _row(tables, name, draw)
    if row:
        tables[name].append({**row, "region": draw.choice(["Europe", "Asia"]), "points": "9"})
        return f"{row['rule_id']} has other points in a region"
    return None


def _delete(tables: Tables, draw: random.Random) -> str | None:
    name = draw.choice(TABLES[:3])
    row = _row(tables, name, draw)
    if row:
        tables[name] = [other for other in tables[name] if other["rule_id"] != row["rule_id"]]
        return f"{row['rule_id']} is gone"
    return None


def _add(tables: Tables, draw: random.Random) -> str | None:
    name = draw.choice(TABLES[:3])
    row = _row(tables, name, draw)
    if row:
        tables[name].append(
            {**row, "rule_id": f"a_{row['rule_id']}", "points": "3", "locked": "no"}
        )
        return f"{row['rule_id']} stands twice"
    return None


def _move(tables: Tables, draw: random.Random) -> str | None:
    row = _row(tables, draw.choice(TABLES[:3]), draw)
    if row:
        groups = [
            group["score_group"]
            for group in tables["score_groups"]
            if group["score_model"] == row["score_model"]
        ]
        row["score_group"] = draw.choice(groups)
        return f"{row['rule_id']} is of {row['score_group']}"
    return None


def _group(tables: Tables, draw: random.Random) -> str | None:
    if row := _row(tables, "score_groups", draw):
        row["weight"] = draw.choice(["0.5", "1", "1.3333"])
        row["min_points"] = draw.choice(["", "0", "2"])
        row["max_points"] = draw.choice(["25", "50", "90"])
        return f"{row['score_group']}: {row['min_points']} to {row['max_points']} × {row['weight']}"
    return None


def _band(tables: Tables, draw: random.Random) -> str | None:
    row = _row(tables, "score_bands", draw)
    if row and row["lower_bound"]:
        row["lower_bound"] = str(float(row["lower_bound"]) + draw.choice([-4, 3.5]))
        return f"{row['band']} from {row['lower_bound']}"
    return None


def _scale(tables: Tables, draw: random.Random) -> str | None:
    if row := _row(tables, "score_models", draw):
        row["scale"] = draw.choice(["clamp", "rescale"])
        row["min_score"], row["max_score"] = draw.choice([("0", "100"), ("-20", "80"), ("0", "60")])
        return f"{row['score_model']}: {row['scale']} to {row['min_score']} … {row['max_score']}"
    return None


EDITS: tuple[Callable[[Tables, random.Random], str | None], ...] = (
    *(_points, _points, _effect, _value, _number, _new_attribute, _limits, _decay, _bounds),
    *(_event_key, _silence, _span, _region, _delete, _add, _move, _group, _band, _scale),
)


def main(edits: int) -> None:
    """Print what opening took, and each of so many edits, in seconds."""
    began = perf_counter()
    with previewing() as preview:
        preview.effect(overlay() or SEEDS)
        preview.prepare()
        print(perf_counter() - began)
        for number in range(edits):
            with temporary_folder() as folder:
                edited(folder, random.Random(number), 1, overlay())
                began = perf_counter()
                preview.effect(folder)
                print(perf_counter() - began, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
