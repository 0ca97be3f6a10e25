"""What must hold of the fields and stages that naive Bayes learns from."""

from scripts.seeds.checks.tables import Findings, Row, Table

PERSONAL = ("email", "phone", "first_name", "last_name", "person_id")
_OF_A_DAY = ("tenure_days", "first_event_key")


def fields(naive_bayes_fields: Table, event_measures: Table) -> Findings:
    """One field is the stage, at most one the team; none is personal or of a score date."""
    first: dict[str, Row] = {}
    for row in naive_bayes_fields:
        attribute, kind = row.key("attribute", "kind")
        if attribute in PERSONAL:
            fault = "would show personal data among the reasons"
            yield row.fault("attribute", fault, "another attribute")
        elif attribute in (*_OF_A_DAY, *event_measures.values("measure")):
            fault = "depends on the score date, which naive Bayes does not know"
            yield row.fault("attribute", fault, "a column of the profile, account or leads")
        if kind in ("stage", "team"):
            other = first.setdefault(kind, row)
            if other is not row:
                fault = f"stands in line {other.line} already; there is one field of that kind"
                yield row.fault("kind", fault, "value, state or tags")
    if "stage" not in first:
        yield naive_bayes_fields.finding("no row is of kind stage; one must be", "kind")


def stages(naive_bayes_stages: Table) -> Findings:
    """A stage belongs to no team, so that it can tell how many leads were won and lost."""
    if all(row["team"] for row in naive_bayes_stages):
        message = "no stage is without team; the first one must be"
        yield naive_bayes_stages.finding(message, "team")
