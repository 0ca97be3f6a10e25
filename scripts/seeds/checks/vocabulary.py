"""The names that seeds define for one another."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from scripts.seeds.checks.seeds import profile_attributes
from scripts.seeds.checks.tables import Table, listed

# Events that the models make of what the CRM knows.
CRM_EVENTS = (
    "opportunity_opened",
    "opportunity_won",
    "opportunity_lost",
    "opportunity_stage",
    "payment_made",
    "lead_accepted",
    "lead_rejected",
)


@dataclass(frozen=True)
class Names:
    """Names that may stand in a cell; `kind` is what a message calls them all."""

    values: Sequence[str]
    kind: str

    def like(self, found: str) -> str:
        """What may stand there: all names where they are few, else the closest."""
        if len(self.values) <= 12:
            return listed(self.values) or f"a {self.kind}, once there is one"
        close = difflib.get_close_matches(found, self.values, 1, 0.6)
        return listed([*close, f"another {self.kind}" if close else f"any {self.kind}"])


@dataclass(frozen=True)
class Vocabulary:
    """The names of all seeds; None where the seed that defines them cannot be read."""

    tables: Mapping[str, Table]

    def references(self, column: str, seed: str) -> Names | None:
        """The values of the column of the same name in the seed that the column refers to."""
        table = self.tables[seed]
        return Names(table.values(column), column) if table.is_readable else None

    @cached_property
    def event_keys(self) -> Names | None:
        """Keys and types of the seed event_keys, any_engagement and the events of the CRM."""
        table = self.tables["event_keys"]
        return Names(event_names(table), "key or type of event_keys") if table.is_readable else None

    @cached_property
    def attributes(self) -> Names | None:
        """Columns of the profile and the account, measures and segments."""
        measures, segments = self.tables["event_measures"], self.tables["segments"]
        if not (measures.is_readable and segments.is_readable):
            return None
        inside = [f"in_segment:{segment}" for segment in segments.values("segment")]
        names = [*profile_attributes(), *measures.values("measure"), *inside]
        return Names(names, "attribute")

    @cached_property
    def fields(self) -> Names:
        """Columns of the profile and the account, and the stage reached, for naive Bayes."""
        return Names([*profile_attributes(), "lifecycle_stage"], "attribute")


def event_names(event_keys: Table) -> list[str]:
    """What rules, measures and segments may call an event."""
    names = {*event_keys.values("event_key"), *event_keys.values("event_type"), *CRM_EVENTS}
    return sorted({*names, "any_engagement"})
