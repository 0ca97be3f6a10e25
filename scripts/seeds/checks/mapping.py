"""What must hold of the seeds that map what was landed, and of the golden leads."""

from collections.abc import Iterable
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from scripts.seeds.checks.seeds import profile_attributes
from scripts.seeds.checks.tables import Findings, Row, Table, listed
from scripts.seeds.checks.vocabulary import CRM_EVENTS, Names, event_names
from scripts.shared.text import text_key, text_words

# The studio checks the same thousands of keywords after each edit.
_words = lru_cache(maxsize=1 << 14)(text_words)

IN_SEGMENT = "in_segment:"
# How many segments may lie below one another: as often does the model int_segments work it out.
SEGMENT_LEVELS = 4


def event_conditions(event_keys: Table) -> Findings:
    """The condition of an event key can come true."""
    for row in event_keys:
        if row["event_key"] == "any_engagement":
            yield row.fault("event_key", "is taken: it stands for every key with is_engagement")
        if row["property_glob"] and not row["property"]:
            yield row.fault("property", "leaves property_glob without its property", "a property")
        glob = row["page_glob"]
        if row["event_type"] in CRM_EVENTS:
            for column in ("page_glob", "min_duration_seconds"):
                if row[column]:
                    fault = f"can never match: {row['event_type']} comes from the CRM without it"
                    yield row.fault(column, fault, "empty")
        if any(char.isspace() for char in glob):
            yield row.fault(
                "page_glob", "can never match: no URL has a space", "a glob, such as */pricing"
            )
        elif glob and not glob.startswith(("http://", "https://", "*", "?")):
            fault = "matches only URLs that begin so"
            yield row.warning("page_glob", fault, f"*{glob}")


def sequences(event_keys: Table) -> Findings:
    """A sequence has its days, and follows events that are no sequence themselves."""
    single = {row["event_key"] for row in event_keys if not row["follows_event_key"]}
    single |= {*event_keys.values("event_type"), *CRM_EVENTS}
    known = event_names(event_keys)
    for row in event_keys:
        followed, days = row["follows_event_key"], row["within_days"]
        if followed and not days:
            allowed = "a whole number of days"
            yield row.fault("within_days", f"leaves {followed} without its days", allowed)
        elif days and not followed:
            fault = "leaves within_days without an event that came before"
            yield row.fault("follows_event_key", fault, "a key or type of event_keys")
        elif followed in known and followed not in single:
            fault = "is no single event, so nothing can follow it"
            yield row.fault("follows_event_key", fault, Names(sorted(single), "key").like(followed))


def measures(event_measures: Table) -> Findings:
    """A ratio, and nothing else, has an event_key that it divides by; names are not taken."""
    for row in event_measures:
        per = row["per_event_key"]
        if row["measure"] in profile_attributes():
            yield row.fault("measure", "is the name of another attribute", "a name of its own")
        if row["statistic"] == "ratio" and per in ("", row["event_key"]):
            fault = "leaves ratio without an event_key to divide by"
            yield row.fault("per_event_key", fault, f"another event_key than {row['event_key']}")
        elif row["statistic"] != "ratio" and per:
            yield row.fault("per_event_key", f"means nothing to {row['statistic']}", "empty")


def segment_conditions(segments: Table) -> Findings:
    """A condition looks at an attribute, which may be another segment, or at an event."""
    for row in segments:
        if bool(row["attribute"]) == bool(row["event_key"]):
            both = (
                "stands beside an event_key" if row["attribute"] else "leaves event_key empty too"
            )
            yield row.fault("attribute", both, "filled where event_key is empty, and else empty")
        elif row["attribute"]:
            yield from _of_attribute(row)
        else:
            for column in ("operator", "value", "lower", "upper"):
                if row[column]:
                    yield row.fault(column, "means nothing to an event_key", "empty")


def nested_segments(segments: Table) -> Findings:
    """No segment asks for itself, be it through others, and none lies too high above others."""
    asked: dict[str, dict[str, Row]] = {}
    for row in segments:
        if row["attribute"].startswith(IN_SEGMENT):
            below = row["attribute"].removeprefix(IN_SEGMENT)
            asked.setdefault(row["segment"], {}).setdefault(below, row)
    sorter = TopologicalSorter(asked)
    try:
        ordered = list(sorter.static_order())
    except CycleError as error:
        _, *circle = reversed(error.args[1])
        rows = [asked[circle[n - 1]][segment] for n, segment in enumerate(circle)]
        first = min(rows, key=lambda row: row.line)
        start = rows.index(first)
        way = " → ".join([first["segment"], *circle[start:], *circle[:start]])
        fault = f"makes {first['segment']} ask for itself ({way})"
        yield first.fault("attribute", fault, "a segment that does not ask for it")
        return
    ways: dict[str, list[str]] = {}
    for segment in ordered:
        longest = max((ways[name] for name in asked.get(segment, ())), key=len, default=[])
        ways[segment] = [segment, *longest]
        if len(longest) == SEGMENT_LEVELS + 1:
            row = asked[segment][longest[0]]
            fault = f"lies too high above others ({' → '.join(ways[segment])})"
            yield row.fault("attribute", fault, f"a segment with less than {SEGMENT_LEVELS} below")


def _of_attribute(row: Row) -> Findings:
    if not row["operator"]:
        yield row.fault(
            "operator", "leaves the attribute without a comparison", "an operator, such as equals"
        )
    if row["window_days"]:
        yield row.fault("window_days", "means nothing to an attribute", "empty")


def stages(
    lifecycle_stages: Table,
    score_models: Table,
    score_bands: Table,
    segments: Table,
    event_keys: Table,
) -> Findings:
    """A stage is reached by something that exists; customer is reached by something."""
    champions = [row["score_model"] for row in score_models if row["role"] == "champion"]
    bands = [row["band"] for row in score_bands if row["score_model"] in champions]
    names = {
        **({"band": bands} if champions else {}),
        "segment": segments.values("segment"),
        "event_key": event_names(event_keys),
    }
    for row in lifecycle_stages:
        source, value = row.key("source", "value")
        own = list(dict.fromkeys(names.get(source, [value])))
        if value not in own and source == "event_key":
            yield row.unknown_event("value", Names(own, source).like(value))
        elif value not in own:
            kind = "band of the champion" if source == "band" else source
            yield row.fault("value", f"is no {kind}", Names(own, kind).like(value))
    if "customer" not in lifecycle_stages.values("stage"):
        message = "no row says how a lead becomes customer; at least one must"
        yield lifecycle_stages.finding(message, "stage")


def kpis(kpi_events: Table, event_keys: Table) -> Findings:
    """A KPI is made of events that are seen one by one."""
    parts = {row["event_key"] for row in event_keys if row["follows_event_key"]}
    for row in kpi_events:
        if row["event_key"] in {*parts, "any_engagement"}:
            yield row.fault("event_key", "is no single event", "a key or type of single events")


def titles(title_keywords: Table) -> Findings:
    """A keyword has words, and stands once for each attribute however it is written."""
    seen: dict[tuple[str, str | None], Row] = {}
    for row in title_keywords:
        words = _words(row["keyword"])
        other = seen.setdefault((row["attribute"], words), row)
        if words is None:
            yield row.fault("keyword", "holds no word", "text with letters or digits")
        elif other is not row:
            yield row.fault(
                "keyword", f"is '{other['keyword']}' of line {other.line} once normalised"
            )


def countries_by_name(countries: Table) -> Findings:
    """A code, a name or an alias names one country only."""
    seen: dict[str | None, Row] = {}
    for row in countries:
        for column in ("country_code", "country", "aliases"):
            for name in row[column].split("|") if column == "aliases" else [row[column]]:
                other = seen.setdefault(text_key(name), row)
                if name and other["country_code"] != row["country_code"]:
                    fault = f"holds {name}, which names {other['country']} (line {other.line})"
                    yield row.fault(column, fault)


def contacts(contact_consent: Table) -> Findings:
    """Sales may call whom they may phone; a channel of one country is one there is."""
    general = {row["contact_channel"] for row in contact_consent if not row["country_code"]}
    if "phone" not in general:
        message = "no row without country_code is of the channel phone; one must be"
        yield contact_consent.finding(message, "contact_channel")
    for row in contact_consent:
        if row["country_code"] and row["contact_channel"] not in general:
            fault = "has no row without country_code"
            yield row.fault("contact_channel", fault, listed(sorted(general)))


def sources(channels: Table) -> Findings:
    """A lead source belongs to one channel however it is written."""
    seen: dict[str | None, Row] = {}
    for row in channels:
        other = seen.setdefault(text_key(row["lead_source"]), row)
        if other is not row:
            fault = f"is '{other['lead_source']}' of line {other.line} once normalised"
            yield row.fault("lead_source", fault)


def rates(exchange_rates: Table) -> Findings:
    """A rate leads from one currency to another."""
    for row in exchange_rates:
        if row["from_currency"] == row["to_currency"]:
            yield row.fault("to_currency", "is from_currency too", "another currency")


def sizes(employee_bands: Table) -> Findings:
    """Bands of company size follow one another, without overlap and without gap."""
    ordered = sorted(employee_bands, key=_lower)
    for low, high in pairwise(ordered):
        if not low["upper"]:
            fault = f"leaves {low['band']} without end, though {high['band']} lies above"
            yield low.fault("upper", fault, str(_lower(high) - 1))
            continue
        expected = int(low["upper"]) + 1
        if _lower(high) < expected:
            fault = f"overlaps with {low['band']} in line {low.line}, which ends at {low['upper']}"
            yield high.fault("lower", fault, str(expected))
        elif _lower(high) > expected:
            fault = (
                f"leaves a gap above {low['band']} in line {low.line}, which ends at {low['upper']}"
            )
            yield high.fault("lower", fault, str(expected))


def _lower(row: Row) -> int:
    return int(row["lower"])


def personas(golden_leads: Table, score_bands: Table, score_models: Table) -> Findings:
    """A row of a persona sets an attribute or an event; all say the same of where it lands."""
    off = {row["score_model"] for row in score_models if row["role"] == "off"}
    first: dict[str, Row] = {}
    for row in golden_leads:
        if row["score_model"] in off and row["persona"] not in first:
            yield row.warning("score_model", f"is off, so {row['persona']} is not checked")
        if bool(row["attribute"]) == bool(row["event_key"]):
            both = (
                "stands beside an event_key" if row["attribute"] else "leaves event_key empty too"
            )
            yield row.fault("attribute", both, "filled where event_key is empty, and else empty")
        for column in ("days_before", "occurrences"):
            if row["event_key"] and not row[column]:
                allowed = "a whole number"
                yield row.fault(column, f"leaves {row['event_key']} without {column}", allowed)
            elif row[column] and not row["event_key"]:
                yield row.fault(column, "means nothing to an attribute", "empty")
        if row["event_key"] and row["value"]:
            yield row.fault("value", "means nothing to an event_key", "empty")
        yield from _landing(row, first.setdefault(row["persona"], row), score_bands)


def _landing(row: Row, first: Row, score_bands: Iterable[Row]) -> Findings:
    model = row["score_model"]
    bands = [band["band"] for band in score_bands if band["score_model"] == model]
    bands = [*dict.fromkeys(bands), "disqualified"]
    if row["expected_band"] not in bands:
        yield row.fault("expected_band", f"is no band of {model}", listed(bands))
    for column in ("expected_band", "score_model"):
        if row[column] != first[column]:
            yield row.fault(
                column, f"differs from line {first.line} of {row['persona']}", first[column]
            )
