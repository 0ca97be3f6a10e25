"""For which observations rules fire that no build has looked at: those with another condition.

What they ask for is read from the live file once, with numbers in place of leads' ids, and stays at
hand, as does what was found: of edits that come one after the other only the last is evaluated.
"""
# ruff: noqa: S608 (names in SQL are those of `interface` and of dbt's manifest)

from collections.abc import Collection, Mapping

from scripts.scoring.rescore import LIVE, Rescoring
from scripts.shared.interface import (
    EVENT_MEASURES,
    HISTORY_AGES,
    LEAD_ACCOUNTS,
    LEAD_ATTRIBUTES,
    MODEL_ATTRIBUTES,
    PAUSES,
    PERSON_EVENT_DAYS,
    POINTS,
    RULES,
)

# The models that say for whom a rule of a kind fires, and others that they read.
FIRED = {
    "attribute": "int_factors__attributes",
    "event": "int_event_units",
    "inactivity": "int_factors__inactivity",
}
STAGED = "stg_points__rules"
LIFECYCLE = "lifecycle_stages"
ACCOUNTS = "int_lead_accounts"
EVENT_DAYS = "int_person_event_days"
ALL_EVENT_DAYS = "int_all_event_days"
# What of the days is the same whatever rules ask for.
SEQUENCES = {"int_sequence_event_days"}
PAUSES_OF = "int_pauses"

# Two rules with the same of these fire for the same leads, with the same units.
CONDITION = """(
    {0}.kind, {0}.condition_id, {0}.event_key, {0}.requires_event_key, {0}.decay, {0}.window_days,
    {0}.max_per_day, {0}.max_events, {0}.decay_days, {0}.decay_rate, {0}.silent_days,
    {0}.valid_from_date, {0}.valid_to_date
)"""

# Ids are texts; in joins of millions of rows a number takes their place.
NUMBERED = """
select known.* replace (numbers.number as lead_id)
from ({}) as known
inner join preview.numbers as numbers on known.lead_id = numbers.lead_id
"""

# Of which rules it is known since the edit before, with their numbers then; and of which it is not.
KNOWN = f"""
select anew.rule_number, was.rule_number as number_before
from preview.anew as anew
inner join preview.evaluated as was
    on anew.score_model = was.score_model and anew.rule_id = was.rule_id
    and anew.lead_region = was.lead_region
    and {CONDITION.format("anew")} is not distinct from {CONDITION.format("was")}
"""
ASKED = "from preview.anew where rule_number not in (select rule_number from preview.known)"
UNITS_KNOWN = """
select units.observation_id, known.rule_number, units.units
from preview.units as units
inner join preview.known as known on units.rule_number = known.number_before
"""

# Of which keys the last build has the days: these at least.
STORED_KEYS = f"""
select event_key from {LIVE}.{HISTORY_AGES} where event_key is not null
union
select requires_event_key from {LIVE}.{RULES} where requires_event_key is not null
"""
NO_DAYS = f"from {LIVE}.{PERSON_EVENT_DAYS} limit 0"
# The days around an observation on which an event occurred: the last up to it, and the next. No
# pause between others has an observation in it.
DAYS_AROUND = f"""
with around as (
    select
        days.lead_id, days.event_key,
        max(days.event_date) filter (days.event_date <= observed.score_date) as last_date,
        min(days.event_date) filter (days.event_date > observed.score_date) as next_date
    from ({NUMBERED}) as days
    inner join (select distinct lead_id, score_date from preview.observed) as observed
        on days.lead_id = observed.lead_id
    group by days.lead_id, days.event_key, observed.score_date
)
select distinct lead_id, event_key, event_date
from (select *, unnest([last_date, next_date]) as event_date from around)
where event_date is not null
"""
SILENT_NOW = f"select distinct event_key from {LIVE}.{RULES} where kind = 'inactivity'"
# Events whose silence is asked for, however short it is.
SILENT = "select 'inactivity' as kind, unnest($names::varchar[]) as event_key, 0 as silent_days"
NO_PAUSES = """
select 0 as lead_id, '' as event_key, date '1900-01-01' as last_event_date,
    date '1900-01-01' as next_event_date
limit 0
"""
PAUSES_OBSERVED = f"""
select distinct pauses.*
from {PAUSES} as pauses
inner join (select distinct lead_id, score_date from preview.observed) as observed
    on pauses.lead_id = observed.lead_id
    and coalesce(observed.score_date >= pauses.last_event_date, true)
    and observed.score_date < pauses.next_event_date
"""

# Attributes that depend on the day.
OF_THE_DAY = f"""
select attribute from preview.attributes_asked
where attribute in ('tenure_days', 'first_event_key')
    or attribute in (select measure from {LIVE}.{EVENT_MEASURES})
"""


class Firing:
    """Evaluates rules over the observations of `preview`, and remembers what it read and found."""

    def __init__(self, scratch: Rescoring) -> None:
        """Begin with nothing at hand."""
        self._scratch = scratch
        self._attributes: set[str] = set()  # whose values are at hand
        self._event_keys: set[str] = set()  # whose days are
        self._quiet_keys: set[str] = set()  # whose pauses are
        self._has_all_days = False
        scratch.keep("attributes", NUMBERED.format(f"from {LIVE}.{LEAD_ATTRIBUTES} limit 0"))
        scratch.keep("event_days", NUMBERED.format(NO_DAYS))
        scratch.keep("pauses", NO_PAUSES)
        self.forget()

    def prepare(self) -> None:
        """Have at hand what takes longest to find: the pauses of which there are rules now."""
        self._bring_pauses(self._scratch.texts(SILENT_NOW))

    def forget(self) -> None:
        """Remember nothing of what was found."""
        self._scratch.keep("evaluated", f"from {LIVE}.{RULES} limit 0")
        self._scratch.keep(
            "units", "select observation_id, rule_number, units from preview.fired limit 0"
        )

    def find_units(self, days: str) -> None:
        """Fill `preview.units` with those of the rules of `preview.judged` that are anew.

        `days` is the relation of the observations for which they are looked at.
        """
        scratch = self._scratch
        if not scratch.texts("select distinct kind from preview.judged where standing = 'anew'"):
            self.forget()
            return
        scratch.keep("anew", "from preview.judged where standing = 'anew'")
        scratch.keep("known", KNOWN)
        scratch.keep("asked", ASKED)
        kinds = {*scratch.texts("select distinct kind from preview.asked")}
        found = []
        if "inactivity" in kinds:
            found += self._silence(days)
        if others := sorted(kinds - {"inactivity"}):
            found += self._attributes_and_events(days, others)
        units = (f"select observation_id, rule_number, units from {name}" for name in found)
        scratch.keep("units", " union all ".join([UNITS_KNOWN, *units]))
        scratch.keep("evaluated", "from preview.anew")

    def _silence(self, days: str) -> list[str]:
        """Evaluate what counts silence; gives the relations that say for whom it fires."""
        scratch = self._scratch
        scratch.keep(
            "keys_asked",
            """select distinct requires_event_key as event_key from preview.asked
            where kind = 'inactivity' and requires_event_key is not null""",
        )
        self._bring_event_days(scratch.texts("from preview.keys_asked"))
        self._bring_pauses(
            scratch.texts("select distinct event_key from preview.asked where kind = 'inactivity'")
        )
        replaced = {
            **_observed(days),
            PAUSES_OF: "from preview.pauses",
            EVENT_DAYS: "from preview.event_days where event_key in (from preview.keys_asked)",
        }
        relations = self._run(replaced, ["inactivity"])
        scratch.restore(PAUSES_OF)
        return relations

    def _attributes_and_events(self, days: str, kinds: list[str]) -> list[str]:
        """Evaluate what asks for attributes and events, as `_silence` does."""
        scratch = self._scratch
        scratch.keep(
            "staged",
            f"""from {POINTS}
            where (score_model, rule_id) in (
                select (score_model, rule_id) from preview.asked where kind <> 'inactivity'
            )""",
        )
        asked = {
            STAGED: "from preview.staged",
            # What stands for a stage is asked for by no rule, nor is the past.
            **scratch.nothing_of(LIFECYCLE, "int_tenure_bounds"),
        }
        scratch.run(asked, (), (), ("int_model_attributes", "int_history_ages"))
        scratch.restore(LIFECYCLE)
        scratch.keep("attributes_asked", f"select distinct attribute from {MODEL_ATTRIBUTES}")
        scratch.keep("model_attributes", f"from {MODEL_ATTRIBUTES}")
        scratch.keep(
            "keys_asked",
            f"select distinct event_key from {HISTORY_AGES} where event_key is not null",
        )
        attributes = scratch.texts("from preview.attributes_asked")
        is_of_all = "first_event_key" in attributes
        if is_of_all:
            self._bring_all_event_days()
        else:
            self._bring_event_days(scratch.texts("from preview.keys_asked"))
        self._bring_attributes(attributes)
        of_events = "true" if is_of_all else "event_key in (from preview.keys_asked)"
        replaced = {
            **asked,
            **_observed(days),
            "int_model_attributes": "from preview.model_attributes",
            "int_lead_attributes": """from preview.attributes
                where attribute in (from preview.attributes_asked)""",
            EVENT_DAYS: f"from preview.event_days where {of_events}",
            ACCOUNTS: NUMBERED.format(f"from {LIVE}.{LEAD_ACCOUNTS}"),
        }
        if not scratch.texts(OF_THE_DAY):
            replaced |= scratch.nothing_of("int_measures")
        if not any(attribute.startswith("in_segment:") for attribute in attributes):
            replaced |= scratch.nothing_of("int_segments")
        relations = self._run(replaced, kinds)
        scratch.restore(LIFECYCLE, ACCOUNTS)
        return relations

    def _run(self, replaced: Mapping[str, str], kinds: list[str]) -> list[str]:
        """Run the models of these kinds of rules; gives their relations."""
        scratch, results = self._scratch, [FIRED[kind] for kind in kinds]
        scratch.run(replaced, (), (), results, replaced)
        for name in results:
            if scratch.nodes[name].is_view:
                scratch.remake(name)
        return [scratch.nodes[name].relation for name in results]

    def _bring_attributes(self, attributes: Collection[str]) -> None:
        """Have the values of these attributes at hand, also of those that no rule asked for yet."""
        missing = sorted({*attributes} - self._attributes)
        if not missing:
            return
        scratch = self._scratch
        known = f"select attribute from {LIVE}.{MODEL_ATTRIBUTES}"
        self._add(
            "attributes",
            NUMBERED.format(
                f"""from {LIVE}.{LEAD_ATTRIBUTES}
                where list_contains($names, attribute) and attribute in ({known})"""
            ),
            {"names": missing},
        )
        new = {*missing} - {*scratch.texts(known)}
        if new:
            scratch.keep(
                "new_attributes",
                "select '' as score_model, unnest($names::varchar[]) as attribute",
                {"names": sorted(new)},
            )
            scratch.run(
                {"int_model_attributes": "from preview.new_attributes"},
                (),
                (),
                ("int_lead_attributes",),
            )
            self._add("attributes", NUMBERED.format(f"from {LEAD_ATTRIBUTES}"))
            scratch.restore("int_lead_attributes", "int_golden_attributes")
        self._attributes.update(missing)

    def _bring_all_event_days(self) -> None:
        """Have the days of all events at hand."""
        scratch = self._scratch
        if self._has_all_days:
            return
        asked = {"int_model_attributes": "from preview.model_attributes"}
        scratch.run(asked, (), (), (EVENT_DAYS,))
        scratch.keep("event_days", NUMBERED.format(f"from {PERSON_EVENT_DAYS}"))
        scratch.restore(EVENT_DAYS)
        self._has_all_days = True

    def _bring_event_days(self, event_keys: Collection[str]) -> None:
        """Have the days of these events at hand."""
        missing = {*event_keys} - self._event_keys
        if missing and not self._has_all_days:
            self._bring_days("event_days", NUMBERED, sorted(missing))
            self._event_keys |= missing

    def _bring_pauses(self, event_keys: Collection[str]) -> None:
        """Have the pauses of these events at hand, of those in which there is an observation."""
        scratch = self._scratch
        missing = {*event_keys} - self._quiet_keys
        if not missing:
            return
        scratch.keep("days_around", DAYS_AROUND.format(NO_DAYS))
        self._bring_days("days_around", DAYS_AROUND, sorted(missing))
        scratch.keep("silent", SILENT, {"names": sorted(missing)})
        replaced = {
            "int_rules": "from preview.silent",
            "int_days_to_score": "from preview.observed",
            EVENT_DAYS: "from preview.days_around",
        }
        scratch.run(replaced, (), (), (PAUSES_OF,), replaced)
        scratch.connection.execute(f"insert into preview.pauses {PAUSES_OBSERVED}")
        scratch.restore(*replaced)
        scratch.connection.execute("drop table preview.days_around")
        self._quiet_keys |= missing

    def _bring_days(self, name: str, query: str, event_keys: list[str]) -> None:
        """Add to a table of `preview` what a query makes of the days of these events.

        Of those that no rule asked for yet, too.
        """
        scratch = self._scratch
        stored = {*event_keys} & {*scratch.texts(STORED_KEYS)}
        if stored:
            known = f"from {LIVE}.{PERSON_EVENT_DAYS} where list_contains($names, event_key)"
            self._add(name, query.format(known), {"names": sorted(stored)})
        new = {*event_keys} - stored
        if not new:
            return
        # As a constant it is asked for where the days are read, before they are joined.
        scratch.connection.execute("set variable new_keys = ?", [sorted(new)])
        is_new = "where list_contains(getvariable('new_keys'), event_key)"
        replaced = {
            "int_history_ages": "select unnest(getvariable('new_keys')) as event_key",
            ALL_EVENT_DAYS: f"from ({scratch.sql(ALL_EVENT_DAYS)}) {is_new}",
        }
        scratch.run(replaced, (), SEQUENCES, (EVENT_DAYS,), replaced)
        self._add(name, query.format(f"from {PERSON_EVENT_DAYS} {is_new}"))
        scratch.restore(EVENT_DAYS, *replaced)

    def _add(self, name: str, query: str, values: Mapping[str, object] | None = None) -> None:
        """Add the rows of a query to a table of `preview`."""
        self._scratch.connection.execute(f"insert into preview.{name} {query}", values or {})


def _observed(days: str) -> dict[str, str]:
    """The rules to evaluate, and the observations for which they are."""
    return {
        "int_rules": "from preview.asked",
        "int_days_to_score": f"from {days}",
        "int_score_spans": f"from {days}",
    }
