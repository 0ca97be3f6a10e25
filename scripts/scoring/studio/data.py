"""What the data have that a rule can be made of, and how the rules do that there are."""
# ruff: noqa: S608 (names of tables are those of `interface`, columns are quoted)

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from duckdb import DuckDBPyConnection

from scripts.quality.proposing.reading import NAMES_OF_ONE
from scripts.scoring.champion import champion_at_clock
from scripts.seeds.checks.seeds import profile_attributes
from scripts.shared.interface import ALL_EVENT_DAYS, CLOCK, EVALUATION_LEADS, LEAD_PROFILES, RULES
from scripts.shared.settings import quality_day
from scripts.shared.warehouse import quote_identifier, reading

# Rarer values are not shown, as they may be one person's; of many the most frequent ones are.
LEAST_LEADS = 5
_MOST_VALUES = 60
# Numbers with more values than this are offered as ranges, that many of them.
_MOST_NUMBERS, _RANGES = 12, 4

# Whether a lead whose quality is measured became a customer; the others are NULL.
_LEADS = f"""
create temp table studio_leads as
select
    lead_id, score_date, is_converted
from {EVALUATION_LEADS}
where scored_day = $day and outcome = 'customer' and status = 'evaluated'
"""
_VALUES = """
select attribute, value, count(*) as leads, avg(is_converted::int) as conversion
from studio_values
where value <> ''
group by attribute, value
having count(*) >= $least
qualify row_number() over (partition by attribute order by count(*) desc, value) <= $most
order by attribute, leads desc, value
"""
_RANGES_OF = """
with numbers as (
    select attribute, try_cast(value as double) as number, is_converted
    from studio_values where value <> ''
), numeric as (
    select attribute from numbers group by attribute
    having count(*) = count(number) and count(distinct number) > $most
), bounded as (
    select
        attribute, number, is_converted,
        ntile($ranges) over (partition by attribute order by number) as part
    from numbers where attribute in (from numeric)
)
select
    attribute, min(number) as lower, max(number) as upper, count(*) as leads,
    avg(is_converted::int) as conversion
from bounded
group by attribute, part
having count(*) >= $least
order by attribute, lower
"""
_EVENTS = f"""
with events as (
    select lead_id, event_key, min(event_date) as first_date from {ALL_EVENT_DAYS} group by all
)
select
    event_key, count(*) as leads,
    avg(is_converted::int) filter (first_date <= score_date) as conversion
from events
left join studio_leads using (lead_id)
group by event_key
order by leads desc, event_key
"""
# How often a rule fires is of today's scores: silence is not yet there on the quality day.
_RULES = f"""
with fired as (
    select score_model, rule_id, count(*) as leads from marts.lead_score_factors group by all
), scored as (
    select score_model, count(*) as leads from marts.lead_score_by_model group by score_model
), measured as (
    select * from marts.rule_effectiveness where scored_day = $day and outcome = 'customer'
)
select distinct
    score_model, rules.rule_id, coalesce(fired.leads, 0) / scored.leads,
    conversion_with, conversion_without, deserved_points::double
from {RULES} as rules
inner join scored using (score_model)
left join fired using (score_model, rule_id)
left join measured using (score_model, rule_id)
"""


@dataclass(frozen=True)
class Offer:
    """Something a rule can be made of: a value, a range of numbers, or an event (no attribute).

    `leads` counts who has it, `conversion` is the share of them that became customers, of those for
    whom it is measured; None where there are none.
    """

    attribute: str
    value: str
    lower: str
    upper: str
    leads: int
    conversion: float | None

    @property
    def is_event(self) -> bool:
        """Whether it is an event, whose key is `value`."""
        return not self.attribute

    @property
    def name(self) -> str:
        """It in words."""
        return f"{self.lower} to {self.upper}" if self.lower else self.value


@dataclass(frozen=True)
class Effectiveness:
    """For how many leads a rule fires today, and how it did on the day that measures quality.

    Conversion is to customers; None where no lead is measured yet, or none with the rule.
    """

    fired_share: float
    conversion_with: float | None
    conversion_without: float | None
    deserved_points: float | None


@dataclass(frozen=True)
class Data:
    """What a warehouse has: offers by attribute, those of events last, and rules by their key.

    `champion` is the model that counts on the day `clock`, the clock of the last build.
    """

    offers: tuple[Offer, ...] = ()
    rules: Mapping[tuple[str, str], Effectiveness] = field(default_factory=dict)
    champion: str | None = None
    clock: date | None = None


def read_data() -> Data:
    """What the warehouse has. Raises UserError where it cannot be read, as while it is written."""
    day = quality_day()
    with reading() as connection:
        connection.execute(_LEADS, {"day": day})
        _read_values(connection)
        limits = {"least": LEAST_LEADS, "most": _MOST_VALUES}
        values = [
            Offer(attribute, value, "", "", leads, conversion)
            for attribute, value, leads, conversion in connection.execute(
                _VALUES, limits
            ).fetchall()
        ]
        ranges = [
            Offer(attribute, "", f"{lower:.12g}", f"{upper:.12g}", leads, conversion)
            for attribute, lower, upper, leads, conversion in connection.execute(
                _RANGES_OF, {"least": LEAST_LEADS, "most": _MOST_NUMBERS, "ranges": _RANGES}
            ).fetchall()
        ]
        events = [
            Offer("", key, "", "", leads, conversion)
            for key, leads, conversion in connection.sql(_EVENTS).fetchall()
        ]
        rules = {
            (model, rule_id): Effectiveness(*numbers)
            for model, rule_id, *numbers in connection.execute(_RULES, {"day": day}).fetchall()
        }
        champion = champion_at_clock(connection)
        ((clock,),) = connection.sql(f"select clock_date from {CLOCK}").fetchall()
    numeric = {offer.attribute for offer in ranges}
    plain = [offer for offer in values if offer.attribute not in numeric]
    offers = sorted((*plain, *ranges), key=lambda offer: offer.attribute)
    return Data((*offers, *events), rules, champion, clock)


def _read_values(connection: DuckDBPyConnection) -> None:
    """The values of each lead, of attributes that are not one person's own, as a table."""
    columns = [
        row[0]
        for row in connection.execute(f"describe {LEAD_PROFILES}").fetchall()
        if row[0] in set(profile_attributes()) - NAMES_OF_ONE
    ]
    texts = ", ".join(
        f"coalesce(trim({quote_identifier(name)}::varchar), '') as {quote_identifier(name)}"
        for name in columns
    )
    listed = ", ".join(map(quote_identifier, columns))
    connection.execute(
        f"""create temp table studio_values as
        with texts as (select lead_id, {texts} from {LEAD_PROFILES} where is_current),
        own as (
            select lead_id, unnest(map_entries(attributes::map(varchar, varchar))) as entry
            from {LEAD_PROFILES} where is_current and attributes is not null
        ),
        known as (
            select lead_id, attribute, value
            from texts unpivot (value for attribute in ({listed}))
            union all
            select lead_id, entry.key, coalesce(trim(entry.value), '') from own
        )
        select known.*, is_converted from known left join studio_leads using (lead_id)"""
    )
