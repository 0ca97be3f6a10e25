"""Reads what was known of each lead at the end of a day after its creation, from the warehouse.

The texts are those that rules compare (`int_lead_attributes`, `int_account_attributes`), which
are made for attributes that rules ask for alone; the days are those of `int_all_event_days`.
"""
# ruff: noqa: S608 (names of tables are those of `interface`; identifiers are quoted)

from collections.abc import Iterable, Iterator, Sequence

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]

from scripts.quality.evaluation import Leads, evaluated_leads
from scripts.quality.point_tables import read_rows
from scripts.quality.proposing.known import Column, EventDays, Past
from scripts.seeds.checks.seeds import profile_attributes
from scripts.seeds.checks.vocabulary import CRM_EVENTS
from scripts.shared.interface import (
    ACCOUNT_VERSIONS,
    ALL_EVENT_DAYS,
    EVALUATION_LEADS,
    EXCHANGE_RATES,
    LEAD_ACCOUNTS,
    LEAD_PROFILES,
    SEQUENCE_EVENT_DAYS,
)
from scripts.shared.settings import project_var
from scripts.shared.text import text_key
from scripts.shared.warehouse import quote_identifier

ACCOUNT = "account."
# Who somebody is, not what the lead is like; and what is the same for all on a given day.
NAMES_OF_ONE = {
    "email", "phone", "first_name", "last_name", "person_id", "company_name", "account_id",
    "owner_id", "lead_url", "account.domain", "account.name", "tenure_days", "first_event_key",
}  # fmt: skip
_MONEY = {"annual_revenue", "budget", "account.annual_revenue"}
_COLUMNS_AT_ONCE, _KEYS_AT_ONCE = 10, 50
_NUMBER = r"^-?[0-9]+(\.[0-9]+)?$"
_MOST_DECIMALS = 6
# Texts are normalised where no more than this differ; of more each is nearly one lead's own.
_MOST_TEXTS = 20_000

_OF_LEADS = f"""
create or replace temp table proposal_leads as
select place::integer as place, counted.lead_id, leads.score_date
from counted inner join {EVALUATION_LEADS} as leads using (lead_id)
where scored_day = $day and outcome = $outcome
union all
select null as place, lead_id, score_date
from {EVALUATION_LEADS}
where status = 'too young' and scored_day = $day and outcome = $outcome
"""
_PROFILES = f"""
create or replace temp table proposal_profiles as
select
    leads.place, profiles.*, accounts.account_id as of_account_id,
    accounts.industry as account_industry, accounts.employee_count as account_employee_count,
    (accounts.annual_revenue * rates.rate)::decimal(26, 4) as account_annual_revenue,
    accounts.currency as account_currency, accounts.country as account_country,
    accounts.attributes as account_attributes
from proposal_leads as leads
inner join {LEAD_PROFILES} as profiles
    on leads.lead_id = profiles.lead_id
    and leads.score_date >= profiles.valid_from_date
    and leads.score_date < profiles.valid_until_date
left join {LEAD_ACCOUNTS} as belongings
    on leads.lead_id = belongings.lead_id
    and leads.score_date >= belongings.valid_from_date
    and leads.score_date < belongings.valid_until_date
left join {ACCOUNT_VERSIONS} as accounts
    on belongings.account_id = accounts.account_id
    and leads.score_date >= accounts.valid_from_date
    and leads.score_date < accounts.valid_until_date
left join {EXCHANGE_RATES} as rates
    on coalesce(accounts.currency, '') = rates.from_currency
    and greatest(
        profiles.valid_from_date, belongings.valid_from_date, accounts.valid_from_date
    ) >= rates.valid_from_date
    and greatest(
        profiles.valid_from_date, belongings.valid_from_date, accounts.valid_from_date
    ) < rates.valid_until_date
"""
_EVENTS = f"""
with days as (
    select lead_id, event_key, event_date, event_count from {ALL_EVENT_DAYS}
    where follows_event_key is null
    union all
    select lead_id, event_key, event_date, event_count from {SEQUENCE_EVENT_DAYS}
)
select
    leads.place, days.event_key,
    (leads.score_date - days.event_date)::integer as age,
    sum(days.event_count)::integer as event_count
from proposal_leads as leads
inner join days on leads.lead_id = days.lead_id and leads.score_date >= days.event_date
where leads.place is not null and not list_contains($sales, days.event_key)
group by all
order by days.event_key, leads.place, age
"""


def read_past(connection: duckdb.DuckDBPyConnection, day: int, outcome: str) -> Past:
    """What was known of the leads that count, at the end of `day` after their creation.

    Of more leads than the var proposal_leads those of a stable hash. Raises what
    `evaluated_leads` raises.
    """
    leads = _sampled(evaluated_leads(connection, day, outcome))
    counted = pd.DataFrame({"lead_id": leads.lead_id, "place": np.arange(len(leads.lead_id))})
    connection.register("counted", counted)
    connection.execute(_OF_LEADS, {"day": day, "outcome": outcome})
    connection.unregister("counted")
    connection.execute(_PROFILES)
    young = _young(connection)
    columns, filled = [], {}
    for column, filled_young in _columns(connection, len(leads.lead_id)):
        columns.append(column)
        if young:
            filled[column.name] = filled_young / young
    described: dict[str, str] = {}
    for row in read_rows("event_keys"):
        described.setdefault(row["event_key"], row["description"].strip())
    return Past(leads, day, outcome, columns, _events(connection), filled, described)


def _sampled(leads: Leads) -> Leads:
    most = int(project_var("proposal_leads"))
    if len(leads.lead_id) <= most:
        return leads
    mixed = pd.util.hash_array(leads.lead_id.astype(object)).argsort(kind="stable")[:most]
    kept = np.sort(mixed)
    return Leads(leads.lead_id[kept], leads.created_date[kept], leads.converted[kept])


def _young(connection: duckdb.DuckDBPyConnection) -> int:
    query = "select count(*) from proposal_profiles where place is null"
    return int(connection.execute(query).fetchall()[0][0])


def _columns(connection: duckdb.DuckDBPyConnection, number: int) -> Iterator[tuple[Column, int]]:
    """Each attribute of the leads that anybody has, and how many young leads have it."""
    profile = [name for name in profile_attributes() if name not in NAMES_OF_ONE]
    for names in _batches(profile, _COLUMNS_AT_ONCE):
        expressions = [_text_of(name) for name in names]
        yield from _read(connection, names, expressions, "proposal_profiles", [], number)
    for owner, source in (("", "attributes"), (ACCOUNT, "account_attributes")):
        keys = [
            key
            for (key,) in connection.execute(
                f"""select distinct unnest(json_keys({source})) as key from proposal_profiles
                order by key"""
            ).fetchall()
        ]
        for names in _batches(keys, _KEYS_AT_ONCE):
            told = f"""(select place, json_extract_string({source}, ?) as found
                from proposal_profiles)"""
            paths = ["/" + name.replace("~", "~0").replace("/", "~1") for name in names]
            yield from _read(
                connection, [owner + name for name in names],
                [f"found[{place}]" for place in range(1, len(names) + 1)], told, [paths], number,
            )  # fmt: skip


def _text_of(name: str) -> str:
    """SQL of the text of a column of the profile, as the macro attribute_text has it."""
    column = quote_identifier(name.replace(ACCOUNT, "account_"))
    if name not in _MONEY:
        return f"trim({column}::varchar)"
    return f"rtrim(rtrim({column}::varchar, '0'), '.')"  # of four decimals


def _batches(names: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), size):
        yield names[start : start + size]


def _read(
    connection: duckdb.DuckDBPyConnection,
    names: Sequence[str],
    expressions: Iterable[str],
    source: str,
    parameters: Sequence[object],
    number: int,
) -> Iterator[tuple[Column, int]]:
    selected = ", ".join(
        f"{expression} as c{place}" for place, expression in enumerate(expressions)
    )
    found = connection.sql(
        f"select place, {selected} from {source}", params=list(parameters)
    ).to_arrow_table()
    place = found.column(0).combine_chunks()
    is_young = place.is_null().to_numpy(zero_copy_only=False)
    rows = place.fill_null(0).to_numpy()
    for name, values in zip(names, found.columns[1:], strict=True):
        texts = values.combine_chunks().cast(pa.string()).dictionary_encode()
        read = _column(name, texts, rows, is_young, number)
        if read:
            yield read


def _column(
    name: str, texts: pa.DictionaryArray, rows: np.ndarray, is_young: np.ndarray, number: int
) -> tuple[Column, int] | None:
    """The column, its texts told apart as rules do; None where no lead that counts has any."""
    known = texts.dictionary
    if not len(known):
        return None
    codes = texts.indices.fill_null(len(known)).to_numpy().astype(np.int64)
    is_number = pc.match_substring_regex(known, _NUMBER).to_numpy(zero_copy_only=False)
    written = known.to_pylist()
    places, texts_kept = _normalised(written, is_number, np.bincount(codes, minlength=len(known)))
    of_lead = np.append(places, -1)[codes]
    young = int((of_lead[is_young] >= 0).sum())
    result = np.full(number, -1, dtype=np.int64)
    result[rows[~is_young]] = of_lead[~is_young]
    if (result < 0).all():
        return None
    numbers = np.array(
        [float(text) if is_one else np.nan for text, is_one in texts_kept], dtype=float
    )
    decimals = max(
        (len(text.partition(".")[2].rstrip("0")) for text, is_one in texts_kept if is_one),
        default=0,
    )
    kept = [text for text, _ in texts_kept]
    return Column(name, result, kept, numbers, min(decimals, _MOST_DECIMALS)), young


def _normalised(
    written: Sequence[str], is_number: np.ndarray, leads: np.ndarray
) -> tuple[np.ndarray, list[tuple[str, bool]]]:
    """For each text its place among those that rules tell apart, and these, each as most write it.

    Also whether each is a number. An empty text is no value.
    """
    order = np.lexsort((np.array(written, dtype=object), -leads[: len(written)]))
    is_few = len(written) <= _MOST_TEXTS
    seen: dict[str | None, int] = {"": -1, None: -1}
    kept: list[tuple[str, bool]] = []
    places = np.full(len(written), -1, dtype=np.int64)
    for place in order.tolist():
        text = written[place]
        key = text if is_number[place] or not is_few else text_key(text)
        if key not in seen:
            seen[key] = len(kept)
            kept.append((text, bool(is_number[place])))
        places[place] = seen[key]
    return places, kept


def _events(connection: duckdb.DuckDBPyConnection) -> dict[str, EventDays]:
    found = connection.sql(_EVENTS, params={"sales": list(CRM_EVENTS)}).to_arrow_table()
    keys = found.column("event_key").combine_chunks().dictionary_encode()
    codes = keys.indices.to_numpy()
    place, age, count = (
        found.column(name).to_numpy().astype(np.int64) for name in ("place", "age", "event_count")
    )
    result = {}
    for code, key in enumerate(keys.dictionary.to_pylist()):
        own = codes == code
        result[key] = EventDays(place[own], age[own], count[own])
    return result
