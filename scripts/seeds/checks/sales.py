"""What must hold of what sales is sent and told."""

from scripts.seeds.checks.tables import Findings, Table


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
    bands = score_bands.values("band")
    for row in alerts:
        kind, band, days = row.key("kind", "band", "days")
        if kind == "over_capacity":
            for column in ("band", "days"):
                if row[column]:
                    yield row.fault(column, "says nothing of a rep", "empty")
        elif not band:
            yield row.fault("band", "is not allowed", "a band of score_bands")
        elif band not in bands:
            yield row.warning("band", "is no band of score_bands, so nobody is told")
        if bool(days) != (kind == "entered_band") and kind != "over_capacity":
            allowed = "a number of days" if kind == "entered_band" else "empty"
            yield row.fault("days", "does not go with the kind", allowed)
