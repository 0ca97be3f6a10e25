"""What must hold of the seeds that sales works by, and of what is sent and told."""

from scripts.seeds.checks.tables import Findings, Row, Table
from scripts.seeds.checks.vocabulary import Names

STAGES = (
    "lead", "iql", "mql", "sql", "trial", "opportunity", "customer", "lost", "recycled"
)  # fmt: skip
# What a rule may say of a rep instead of a name: as the lead has it.
SAME = "same"


def routing(
    routing_rules: Table, countries: Table, employee_bands: Table, score_bands: Table
) -> Findings:
    """Rules have an order, name what there is, and ask of reps only where they look for one."""
    yield from _orders(routing_rules, "rule_order")
    regions = countries.values("region")
    for row in routing_rules:
        yield from _parts(row, "region", Names(regions, "region"))
        yield from _parts(row, "employee_band", Names(employee_bands.values("band"), "band"))
        yield from _bands(row, score_bands)
        for column in ("rep_region", "rep_language", "rep_expertise"):
            if row[column] and row["assign_to"] != "reps":
                yield row.fault(column, f"means nothing to {row['assign_to']}", "empty")
            elif SAME in row[column].split("|") and row[column] != SAME:
                yield row.fault(column, "says same beside others", f"{SAME}, or the others alone")
        if row["assign_to"] == "reps":
            yield from _parts(row, "rep_region", Names([SAME, *regions], "region"))


def actions(
    next_actions: Table, contact_consent: Table, score_bands: Table, event_keys: Table
) -> Findings:
    """Actions have an order, name what there is, and can come true."""
    yield from _orders(next_actions, "action_order")
    sequences = {row["event_key"] for row in event_keys if row["follows_event_key"]}
    for row in next_actions:
        yield from _parts(
            row, "channels", Names(contact_consent.values("contact_channel"), "contact_channel")
        )
        yield from _parts(row, "stage", Names(STAGES, "stage"))
        yield from _bands(row, score_bands)
        if row["action"] and not row["channels"]:
            yield row.fault("action", "means nothing without channels", "empty")
        if row["last_event_key"] in sequences:
            fault = "is no single event"
            yield row.fault("last_event_key", fault, "a key or type of single events")
        within, silent = row.number("within_days"), row.number("silent_days")
        if within is not None and silent is not None and within < silent:
            yield row.fault("within_days", f"never holds after {silent} days of silence", "empty")


def hours(contact_hours: Table) -> Findings:
    """Hours end after they began."""
    for row in contact_hours:
        if row["closes_at"] <= row["opens_at"]:
            yield row.fault(
                "closes_at", f"is no later than {row['opens_at']}", "a later time of the day"
            )


def held_out(experiments: Table) -> Findings:
    """Somebody is left to be ranked."""
    for row in experiments:
        if row.number("held_out_share") == 1:
            yield row.fault("held_out_share", "leaves nobody to be ranked", "a share below 1")


def fields(export_fields: Table) -> Findings:
    """Each destination has a field for whose change a record is sent, or it is sent but once."""
    by_destination: dict[str, list[str]] = {}
    for row in export_fields:
        by_destination.setdefault(row["destination"], []).append(row["sent_for"])
    for destination, causes in by_destination.items():
        if not any(causes):
            message = f"no field of {destination} has change or min_change; one must have"
            yield export_fields.finding(message, "sent_for")


def alerts(alerts: Table, score_bands: Table) -> Findings:
    """A kind that goes by a band names one, and how long it is told of where that counts."""
    for row in alerts:
        kind, band, days = row.key("kind", "band", "days")
        if kind == "over_capacity":
            for column in ("band", "days"):
                if row[column]:
                    yield row.fault(column, "says nothing of a rep", "empty")
        elif not band:
            yield row.fault("band", "is not allowed", "a band of score_bands")
        else:
            yield from _bands(row, score_bands)
        if bool(days) != (kind == "entered_band") and kind != "over_capacity":
            allowed = "a number of days" if kind == "entered_band" else "empty"
            yield row.fault("days", "does not go with the kind", allowed)


def _orders(table: Table, column: str) -> Findings:
    lines: dict[str, int] = {}
    for row in table:
        line = lines.setdefault(row[column], row.line)
        if line != row.line:
            yield row.fault(column, f"stands in line {line} already", "a number of its own")


def _parts(row: Row, column: str, names: Names, *, is_warning: bool = False) -> Findings:
    """A finding for the first of a cell's parts that is none of the names."""
    for part in row[column].split("|") if row[column] else ():
        if part not in names.values:
            whole = "" if part == row[column] else f"holds '{part}', which "
            fault, allowed = f"{whole}is no {names.kind}", names.like(part)
            yield row.fault(column, fault, allowed, is_warning=is_warning)
            return


def _bands(row: Row, score_bands: Table) -> Findings:
    """A warning: a row of a band that is no more never fits, and leaves the others as they are."""
    names = Names(score_bands.values("band"), "band of score_bands")
    yield from _parts(row, "band", names, is_warning=True)
