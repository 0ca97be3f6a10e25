"""Every KPI of the sample once more, with pandas and from the landed files.

From the definitions, it shares no SQL with the models. Two things are taken from these: the day
on which a lead's score reached the band hot, and the scores of day 7 with what became of the leads.
What scores and bands must be, and what counts as evaluated, has tests of its own. Money of the
sample is in EUR alone; `test_accountant.py` converts.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, groupby
from operator import itemgetter
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from scripts.kpis.report import Kpi
from scripts.run import RunResult
from scripts.shared.paths import PROJECT
from tests.python.conftest import Warehouse

FILES, SEEDS = PROJECT / "data" / "sample", PROJECT / "seeds"
DIMENSIONS = ("month", "channel", "region")
COUNTS = ("leads", "iqls", "mqls", "sqls", "trials", "opportunities", "customers")
STAGES = {"mql": "mqls", "opportunity": "opportunities", "customer": "customers"}
IQL_EVENTS = ("content_download", "demo_request", "form_submit", "webinar_registration")
HORIZONS = (30, 60, 90, 180)
FIELDS = ["person", "day", "lead_id", "updated_at", "created_at", "lead_source", "region"]
HOT = ("hot", "sales_ready")
MARGIN, WINDOW, HORIZON, ROI_MONTHS, AGREED_HOURS = 0.8, 12, 60, 12, 72

Slice = tuple[str, str, str]
Values = dict[tuple[str, str, Slice], float | None]


def table(name: str) -> pd.DataFrame:
    """A file of the sample, all cells text."""
    return pd.read_csv(FILES / f"{name}.csv", dtype=str, keep_default_na=False, na_values=[""])


def time(column: pd.Series) -> pd.Series:
    """Times without zone, in UTC; NaT for what is no time."""
    return pd.to_datetime(column, errors="coerce", utc=True, format="ISO8601").dt.tz_localize(None)


# ---------------------------------------------------------------- people


def lead_versions() -> pd.DataFrame:
    """The versions of leads that have an id and a time of creation, oldest first."""
    leads = table("leads").assign(line=lambda rows: range(len(rows)))
    for column in ("created_at", "updated_at"):
        leads[column] = time(leads[column])
    leads = leads[leads.lead_id.notna() & leads.created_at.notna()]
    assert leads.updated_at.notna().all()
    leads = leads.sort_values(["lead_id", "updated_at", "line"])
    leads["email"] = leads.email.str.lower()
    countries = pd.read_csv(SEEDS / "mapping" / "countries.csv", keep_default_na=False)
    assert set(leads.country.dropna()) <= set(countries.country_code)
    leads["region"] = leads.country.map(countries.set_index("country_code").region)
    # The first version holds from the creation on, a later one from its own day.
    first = ~leads.lead_id.duplicated()
    created = leads.groupby("lead_id").created_at.transform("last")
    since = leads.updated_at.where(~first, created)
    return leads.assign(day=since.where(since > created, created).dt.normalize())


def survivors(current: pd.DataFrame) -> dict[str, str]:
    """The surviving lead of each lead: along merges, the same person, the same email."""
    merged = current.merged_into_lead_id[current.merged_into_lead_id.isin(current.index)]
    ends = {lead_id: _end(merged, lead_id) for lead_id in merged.index}
    roles = set(pd.read_csv(SEEDS / "mapping" / "role_mailboxes.csv").local_part)
    own = current.email[~current.email.str.split("@").str[0].isin(roles)]
    parent = {lead_id: lead_id for lead_id in current.index}

    def root(lead_id: str) -> str:
        while parent[lead_id] != lead_id:
            lead_id = parent[lead_id]
        return lead_id

    links = [(lead_id, end) for lead_id, end in ends.items() if end]
    for keys in (current.person_id, own):
        for _, members in keys.dropna().groupby(keys.dropna()):
            links += [(members.index[0], other) for other in members.index[1:]]
    for one, other in links:
        parent[root(one)] = root(other)
    order = sorted(
        current.index,
        key=lambda i: (i not in ends.values(), bool(ends.get(i)), current.created_at[i], i),
    )
    survivor: dict[str, str] = {}
    for lead_id in order:
        survivor.setdefault(root(lead_id), lead_id)
    return {lead_id: survivor[root(lead_id)] for lead_id in current.index}


def _end(merged: pd.Series, lead_id: str) -> str | None:
    """The end of a chain of merges, None in a cycle."""
    seen = set()
    while lead_id in merged.index:
        if lead_id in seen:
            return None
        seen.add(lead_id)
        lead_id = merged[lead_id]
    return lead_id


def people() -> tuple[pd.DataFrame, dict[str, str]]:
    """One row a person, with the first touch, the last region and the first contact."""
    versions = lead_versions()
    current = versions.groupby("lead_id").last()
    survivor = survivors(current)
    versions["person"] = versions.lead_id.map(survivor)
    versions = versions.sort_values(["person", "day"], kind="stable")
    cells = versions[FIELDS].astype(object).where(versions[FIELDS].notna(), None)
    rows = []
    for person, members in groupby(cells.itertuples(index=False, name=None), itemgetter(0)):
        known: dict[str, tuple[Any, ...]] = {}
        sources, regions = [], []
        for _, versions_of_day in groupby(members, itemgetter(1)):
            known |= {row[2]: row for row in versions_of_day}
            # The survivor's own value counts, else that of the latest other that has one.
            ranked = sorted(known.values(), key=lambda row: (row[2] == row[0], *row[3:5], row[2]))
            sources += [row[5] for row in ranked if row[5]][-1:]
            regions += [row[6] for row in ranked if row[6]][-1:]
        rows.append(
            {
                "person": person,
                "leads": current.created_at[list(known)].min(),
                "channel": sources[0] if sources else "(none)",
                "region": regions[-1] if regions else "(none)",
            }
        )
    return pd.DataFrame(rows).set_index("person"), survivor


def with_stages(
    persons: pd.DataFrame, survivor: Mapping[str, str], history: pd.DataFrame
) -> pd.DataFrame:
    """The first time at which each person reached each stage."""
    events = lead_events(survivor)
    feedback = pd.read_json(FILES / "lead_feedback.jsonl", lines=True, dtype=False)
    accepted = feedback[feedback.verdict == "accepted"]
    deals, paid = deals_of(survivor), payments_of(survivor)
    seen = {
        "iqls": of_type(events, persons, IQL_EVENTS),
        "sqls": pd.concat(
            [
                of_type(events, persons, ["meeting_booked"]),
                first(accepted.lead_id.map(survivor), time(accepted.given_at)),
            ]
        ),
        "trials": of_type(events, persons, ["trial_start"]),
        "mqls": not_before_creation(first(history.lead_id, history.valid_from), persons),
        "opportunities": first(deals.person, deals.created_at),
    }
    for name, times in seen.items():
        persons[name] = times.groupby(level=0).min()
    won, bought = deals[deals.is_won == "true"], paid[paid.amount > 0]
    payment = first(bought.person, bought.paid_at)
    persons["customers"] = first(won.person, won.closed_at)
    persons["customers"] = persons.customers.fillna(payment.reindex(persons.index))
    return persons


def lead_events(survivor: Mapping[str, str]) -> pd.DataFrame:
    """The events of leads, once each."""
    columns = ["event_id", "lead_id", "event_type", "occurred_at", "campaign"]
    files = sorted(FILES.glob("lead_events*.parquet"))
    events = pd.concat(pd.read_parquet(file, columns=columns) for file in files)
    events["person"] = events.lead_id.map(survivor)
    return events.drop_duplicates("event_id").dropna(subset=["person"])


def first(person: pd.Series, at: pd.Series) -> pd.Series:
    return at.groupby(person).min()


def of_type(events: pd.DataFrame, persons: pd.DataFrame, types: Iterable[str]) -> pd.Series:
    chosen = events[events.event_type.isin(list(types))]
    return not_before_creation(first(chosen.person, chosen.occurred_at), persons)


def not_before_creation(at: pd.Series, persons: pd.DataFrame) -> pd.Series:
    created = persons.leads.reindex(at.index)
    return at.where(at > created, created)


def deals_of(survivor: Mapping[str, str]) -> pd.DataFrame:
    deals = table("opportunities")
    assert not deals.opportunity_id.duplicated().any() and set(deals.currency) == {"EUR"}
    return deals.assign(
        person=deals.lead_id.map(survivor),
        created_at=time(deals.created_at),
        closed_at=time(deals.closed_at),
        amount=deals.amount.astype(float),
    ).dropna(subset=["person"])


def payments_of(survivor: Mapping[str, str]) -> pd.DataFrame:
    paid = table("payments")
    assert not paid.payment_id.duplicated().any() and set(paid.currency) == {"EUR"}
    return paid.assign(
        person=paid.lead_id.map(survivor),
        paid_at=time(paid.paid_at),
        amount=paid.amount.astype(float),
    ).dropna(subset=["person"])


# ---------------------------------------------------------------- facts and KPIs


def facts(persons: pd.DataFrame, survivor: Mapping[str, str]) -> pd.DataFrame:
    """A row for each thing that happened: day, channel, region, measure, amount."""
    slices = persons[["channel", "region"]]
    parts = [
        slices.assign(day=persons[name], measure=name, amount=1.0)[persons[name].notna()]
        for name in COUNTS
    ]
    spend, traffic = table("marketing_spend"), table("web_traffic")
    deals, paid = deals_of(survivor), payments_of(survivor)
    won = deals[(deals.is_won == "true") & deals.amount.notna()]
    for measure, rows, at in (("revenue", paid, paid.paid_at), ("won", won, won.closed_at)):
        by_person = slices.loc[rows.person].reset_index(drop=True)
        amounts = pd.DataFrame({"day": at.array, "amount": rows.amount.array})
        parts.append(by_person.join(amounts).assign(measure=measure))
    for measure, rows, day, amount in (
        ("spend", spend, "spend_date", "amount"),
        ("visitors", traffic, "traffic_date", "visitors"),
    ):
        parts.append(
            pd.DataFrame(
                {
                    "day": time(rows[day]),
                    "channel": rows.channel.fillna("(none)"),
                    "region": rows.region.fillna("(none)"),
                    "measure": measure,
                    "amount": rows[amount].astype(float),
                }
            )
        )
    happened = pd.concat(parts, ignore_index=True)
    happened["day"] = happened.day.dt.normalize()
    return happened.assign(month=happened.day.dt.strftime("%Y-%m"))


def by_slice(rows: pd.DataFrame) -> Iterator[tuple[Slice, pd.DataFrame]]:
    """The rows of each slice of each combination of dimensions, all of them first."""
    yield ("all", "(all)", "(all)"), rows
    for size in (1, 2, 3):
        for chosen in combinations(DIMENSIONS, size):
            for keys, part in rows.groupby(list(chosen)):
                named = dict(zip(chosen, keys, strict=True))
                yield (
                    (
                        str(named.get("month", "all")),
                        str(named.get("channel", "(all)")),
                        str(named.get("region", "(all)")),
                    ),
                    part,
                )


def divided(numerator: float | None, denominator: float | None) -> float | None:
    return None if numerator is None or not denominator else numerator / denominator


def period_kpis(happened: pd.DataFrame) -> Values:
    """What happened in each month, channel and region."""
    days = pd.date_range(happened.day.min(), happened.day.max())
    visited = happened[(happened.measure == "visitors") & (happened.amount > 0)]
    channel_days = pd.MultiIndex.from_frame(visited[["channel", "day"]])
    is_lead = happened.measure == "leads"
    has_traffic = pd.MultiIndex.from_frame(happened[["channel", "day"]]).isin(channel_days)
    happened = happened.assign(with_traffic=is_lead & has_traffic)
    values: Values = {}
    for key, part in by_slice(happened):
        sums, sizes = part.groupby("measure").amount.sum(), part.measure.value_counts()
        found: dict[str, float | None] = {name: float(sizes.get(name, 0)) for name in COUNTS}
        found |= {name: sums.get(name) for name in ("visitors", "revenue", "spend")}
        n = found
        found |= {
            "opt_in_rate": divided(float(part.with_traffic.sum()), n["visitors"]),
            "lead_to_mql_rate": divided(n["mqls"], n["leads"]),
            "mql_to_sql_rate": divided(n["sqls"], n["mqls"]),
            "lead_to_opportunity_rate": divided(n["opportunities"], n["leads"]),
            "opportunity_to_customer_rate": divided(n["customers"], n["opportunities"]),
            "lead_to_customer_rate": divided(n["customers"], n["leads"]),
            "cost_per_lead": divided(n["spend"], n["leads"]),
            "cost_per_opportunity": divided(n["spend"], n["opportunities"]),
            "cac": divided(n["spend"], n["customers"]),
            "average_deal_size": divided(sums.get("won"), sizes.get("won")),
        }
        if key[1:] == ("(all)", "(all)"):
            found["days_covered"] = float(
                len(days) if key[0] == "all" else (days.strftime("%Y-%m") == key[0]).sum()
            )
        values |= {(kpi, "period", key): value for kpi, value in found.items()}
    return values | growth(values, days)


def growth(values: Values, days: pd.DatetimeIndex) -> Values:
    """Revenue against the month and the year before, where the data cover both months in full."""
    covered = set(days)
    whole = {
        str(month)
        for month in set(days.to_period("M"))
        if covered.issuperset(pd.date_range(month.start_time, month.end_time.normalize()))
    }
    found: Values = {}
    for (kpi, _, (month, channel, region)), now in values.items():
        if kpi != "revenue" or month == "all":
            continue
        for name, back in (("revenue_growth_month", 1), ("revenue_growth_year", 12)):
            earlier = (pd.Period(month) - back).strftime("%Y-%m")
            then = values.get(("revenue", "period", (earlier, channel, region)))
            known = {month, earlier} <= whole and then is not None and then > 0
            rate = now / then - 1 if known and now is not None and then is not None else None
            found[name, "period", (month, channel, region)] = rate
    return found


def cohort_kpis(persons: pd.DataFrame, last_day: pd.Timestamp) -> Values:
    """What became of the leads of each month, channel and region."""
    month_end = persons.leads.dt.normalize() + pd.offsets.MonthEnd(0)
    counted = persons[list(COUNTS)].notna()
    counted["mqls_to_sql"] = counted.mqls & counted.sqls
    counted["opportunities_to_customer"] = counted.opportunities & counted.customers
    for days in HORIZONS:
        counted[f"mature_{days}"] = month_end + pd.Timedelta(days=days) <= last_day
        for name in STAGES.values():
            in_time = persons[name] - persons.leads <= pd.Timedelta(days=days)
            counted[f"{name}_{days}"] = in_time & counted[f"mature_{days}"]
    rates = {f"lead_to_{stage}_rate": (name, "leads") for stage, name in STAGES.items()}
    rates["mql_to_sql_rate"] = ("mqls_to_sql", "mqls")
    rates["opportunity_to_customer_rate"] = ("opportunities_to_customer", "opportunities")
    rates |= {
        f"lead_to_{stage}_rate_within_{days}": (f"{name}_{days}", f"mature_{days}")
        for stage, name in STAGES.items()
        for days in HORIZONS
    }
    rows = counted.astype(float).join(persons[["channel", "region"]])
    rows["month"] = persons.leads.dt.strftime("%Y-%m")
    values: Values = {}
    for key, part in by_slice(rows):
        sums = dict(zip(counted.columns, part[counted.columns].to_numpy().sum(axis=0), strict=True))
        for kpi, (numerator, denominator) in rates.items():
            values[kpi, "cohort", key] = divided(sums[numerator], sums[denominator])
    return values


def qualities(scored: pd.DataFrame) -> Values:
    """What is to be expected of a month's leads, by what became of the earlier ones."""
    parts = []
    for month in map(pd.Timestamp, scored.created_month.unique()):
        leads = scored[scored.created_month == month]
        year_ago = month - pd.DateOffset(months=12)
        earlier = scored[scored.created_month.between(year_ago, month, inclusive="left")]
        earlier = earlier[earlier.status == "evaluated"]
        if earlier.empty:
            continue
        lower = [(earlier.score < score).sum() for score in earlier.score]
        fifths = earlier.groupby(np.array(lower) * 5 // len(earlier))
        lowest = fifths.score.min().to_numpy()
        rates = fifths.is_converted.mean().to_numpy()
        fifth_of = np.searchsorted(lowest, leads.score, side="right") - 1
        parts.append(
            leads.assign(
                month=month.strftime("%Y-%m"),
                expected=rates[np.maximum(fifth_of, 0)],
                base=earlier.is_converted.mean(),
            )
        )
    return {
        ("lead_quality_score", "cohort", key): divided(100 * part.expected.sum(), part.base.sum())
        for key, part in by_slice(pd.concat(parts))
    }


def sales_cycles(persons: pd.DataFrame) -> Values:
    """Days from the first contact to the first win, by the month of the win."""
    won = persons[persons.customers.notna()]
    won = won.assign(
        month=won.customers.dt.strftime("%Y-%m"),
        days=(won.customers - won.leads).dt.total_seconds() / 86400,
    )
    values: Values = {}
    for key, part in by_slice(won):
        days = part.days[part.days >= 0]
        values["sales_cycle_customers", "period", key] = float(len(days))
        values["sales_cycle_left_out", "period", key] = float(len(part) - len(days))
        values["sales_cycle_median", "period", key] = days.median() if len(days) else None
        values["sales_cycle_mean", "period", key] = days.mean() if len(days) else None
    return values


def contacts(persons: pd.DataFrame, events: pd.DataFrame) -> Values:
    """Hours from SQL to the first call at or after it, by the month of the SQL."""
    sqls = persons[persons.sqls.notna()].rename(columns={"sqls": "at"}).reset_index()
    calls = events[events.event_type == "call_connected"][["person", "occurred_at"]]
    calls = calls.assign(at=calls.occurred_at).sort_values("at")
    sqls = pd.merge_asof(sqls.sort_values("at"), calls, on="at", by="person", direction="forward")
    sqls["hours"] = (sqls.occurred_at - sqls["at"]).dt.total_seconds() / 3600
    clock = max(events.occurred_at.max(), persons.leads.max()).normalize() + pd.Timedelta(days=1)
    waited = (clock - sqls["at"]).dt.total_seconds() / 3600
    sqls["in_time"] = sqls.hours <= AGREED_HOURS
    sqls["due"] = sqls.hours.notna() | (waited >= AGREED_HOURS)
    sqls["month"] = sqls["at"].dt.strftime("%Y-%m")
    values: Values = {}
    for key, part in by_slice(sqls):
        hours = part.hours.dropna()
        values["sqls_contacted", "period", key] = float(len(hours))
        values["contact_hours_median", "period", key] = hours.median() if len(hours) else None
        values["contact_hours_mean", "period", key] = hours.mean() if len(hours) else None
        rate = divided(float(part.in_time.sum()), float(part.due.sum()))
        values["contacted_in_time_rate", "period", key] = rate
    return values


def emails(persons: pd.DataFrame, events: pd.DataFrame) -> Values:
    """Of the emails sent in a month, those opened (a click opens) and clicked, once each."""
    mail = events[events.event_type.isin(["email_sent", "email_open", "email_click"])]
    assert mail.campaign.notna().all()
    mail = mail.sort_values(["occurred_at", "event_id"])
    sent = mail[mail.event_type == "email_sent"].assign(email=lambda rows: rows.event_id)
    sent = sent[["occurred_at", "person", "campaign", "email"]].reset_index(drop=True)
    later = mail[mail.event_type != "email_sent"]
    later = pd.merge_asof(later, sent, on="occurred_at", by=["person", "campaign"])
    slices = persons.loc[sent.person, ["channel", "region"]].set_index(sent.index)
    sent = sent.join(slices).assign(month=sent.occurred_at.dt.strftime("%Y-%m"))
    for event_type in ("email_open", "email_click"):
        sent[event_type] = sent.email.isin(later[later.event_type == event_type].email)
    values: Values = {}
    for key, part in by_slice(sent):
        values["emails_sent", "period", key] = float(len(part))
        values["email_open_rate", "period", key] = (part.email_open | part.email_click).mean()
        values["email_click_rate", "period", key] = part.email_click.mean()
    return values


def returns(persons: pd.DataFrame, paid: pd.DataFrame, last_day: pd.Timestamp) -> Values:
    """What the leads of a month brought within a year, against what the month cost."""
    months = pd.DateOffset(months=ROI_MONTHS)
    came_in = persons.leads.loc[paid.person].reset_index(drop=True)
    in_time = paid.reset_index(drop=True)[paid.paid_at.array <= (came_in + months)]
    of_leads = persons[["channel", "region"]].assign(day=persons.leads, spend=None, margin=0.0)
    of_payments = persons.loc[in_time.person, ["channel", "region"]].assign(
        day=persons.leads.loc[in_time.person], spend=None, margin=MARGIN * in_time.amount.array
    )
    spend = table("marketing_spend").fillna({"channel": "(none)", "region": "(none)"})
    costs = spend[["channel", "region"]].assign(
        day=time(spend.spend_date), spend=spend.amount.astype(float), margin=0.0
    )
    rows = pd.concat([of_leads, of_payments, costs], ignore_index=True)
    rows["month"] = rows.day.dt.strftime("%Y-%m")
    month_end = rows.day.dt.normalize() + pd.offsets.MonthEnd(0)
    rows = rows[month_end + months <= last_day]
    values: Values = {}
    for key, part in by_slice(rows):
        cost = part.spend.astype(float).sum()
        values["roi", "cohort", key] = (part.margin.sum() - cost) / cost if cost else None
    return values


def customers(
    persons: pd.DataFrame, paid: pd.DataFrame, last_day: pd.Timestamp, costs: Values
) -> Values:
    """Who paid in a month and in the one before, and what a customer is worth by then."""
    paid = paid.assign(month=paid.paid_at.dt.to_period("M"))
    months = pd.period_range(paid.month.min(), last_day.to_period("M"))
    complete = np.array([month.end_time.normalize() <= last_day for month in months])
    active = set(zip(paid[paid.amount > 0].person, paid[paid.amount > 0].month, strict=True))
    where = persons.loc[paid.person, ["channel", "region"]].reset_index(drop=True)
    paid = paid[["person", "month", "amount"]].reset_index(drop=True).join(where)
    values: Values = {}
    for size in (0, 1, 2):
        for chosen in combinations(("channel", "region"), size):
            for keys, part in paid.groupby(list(chosen)) if chosen else [((), paid)]:
                named = dict(zip(chosen, keys, strict=True))
                whole = (str(named.get("channel", "(all)")), str(named.get("region", "(all)")))
                people = set(part.person)
                in_month = [
                    {p for p, m in active if m == month and p in people} for month in months
                ]
                before = [set(), *in_month[:-1]]
                n = {
                    "active": np.array([len(now) for now in in_month]),
                    "before": np.array([len(then) for then in before]),
                    "kept": np.array([len(a & b) for a, b in zip(in_month, before, strict=True)]),
                    "margin": MARGIN
                    * part.groupby("month").amount.sum().reindex(months, fill_value=0).to_numpy(),
                }
                known = {name: counts * complete for name, counts in n.items()}
                for i, month in enumerate([*months, None]):
                    at = len(months) - 1 if month is None else i
                    own = slice(0, at + 1) if month is None else slice(at, at + 1)
                    last = {k: v[max(0, at - WINDOW + 1) : at + 1].sum() for k, v in known.items()}
                    margin = lifetime = None
                    if complete[: at + 1].sum() >= 3:
                        margin = divided(last["margin"], last["active"])
                        left = last["before"] - last["kept"]
                        if last["before"]:
                            lifetime = min(HORIZON, last["before"] / left) if left else HORIZON
                    clv = margin * lifetime if margin is not None and lifetime else None
                    key = (month.strftime("%Y-%m") if month else "all", *whole)
                    cac = costs.get(("cac", "period", key))
                    found = {
                        "active_customers": float(n["active"][own].sum()),
                        "retention_rate": divided(
                            float(known["kept"][own].sum()), float(known["before"][own].sum())
                        ),
                        "margin_per_customer": margin,
                        "customer_lifetime": lifetime,
                        "clv": clv,
                        "clv_to_cac": divided(clv, cac),
                        "cac_payback_months": divided(cac, margin),
                    }
                    values |= {(kpi, "period", key): value for kpi, value in found.items()}
    return values


@pytest.fixture(scope="module")
def recomputed(sample: tuple[Warehouse, RunResult]) -> Values:
    with duckdb.connect(str(sample[1].published.file), read_only=True) as published:
        history = published.execute(
            """select lead_id, cast(min(valid_from) as timestamp) as valid_from
            from marts.lead_score_history where score_model = 'standard' and list_contains(?, band)
            group by lead_id""",
            [list(HOT)],
        ).df()
    with duckdb.connect(str(sample[0].file), read_only=True) as working:
        scored = working.sql(
            """select lead_id, created_month::timestamp as created_month, channel, region, status,
                is_converted, score::double as score
            from intermediate.int_evaluation_leads
            inner join intermediate.int_scored_days using (lead_id, score_date)
            where outcome = 'customer' and scored_day = 7 and status <> 'decided'
                and score_model = 'standard'"""
        ).df()
    persons, survivor = people()
    persons = with_stages(persons, survivor, history)
    happened = facts(persons, survivor)
    known = [persons[list(COUNTS)].max().max(), payments_of(survivor).paid_at.max()]
    last_day = max(known).normalize()
    events, paid = lead_events(survivor), payments_of(survivor)
    of_period = period_kpis(happened)
    return (
        of_period
        | cohort_kpis(persons, last_day)
        | sales_cycles(persons)
        | contacts(persons, events)
        | emails(persons, events)
        | returns(persons, paid, last_day)
        | qualities(scored)
        | customers(persons, paid, last_day, of_period)
    )


def reported(rows: Sequence[Kpi]) -> Values:
    return {(row.kpi, row.method, (row.period, row.channel, row.region)): row.value for row in rows}


def same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-6)


def test_every_kpi_equals_its_recomputation(
    sample: tuple[Warehouse, RunResult], recomputed: Values
) -> None:
    report = reported(sample[1].report.rows)
    counted = ("sales_cycle_customers", "sales_cycle_left_out", "sqls_contacted")
    wrong = {}
    for key, value in report.items():
        expected = recomputed.get(key)
        if expected is None and key[0] in (*COUNTS, *counted):
            expected = 0.0
        if not same(value, expected):
            wrong[key] = (value, expected)
    assert not wrong, f"{len(wrong)} of {len(report)}, such as {list(wrong.items())[:10]}"


def test_the_report_leaves_out_no_kpi(
    sample: tuple[Warehouse, RunResult], recomputed: Values
) -> None:
    report = reported(sample[1].report.rows)
    missing = {key for key, value in recomputed.items() if value and key not in report}
    assert not missing, sorted(missing)[:10]
    assert {key[:2] for key in report} == {key[:2] for key in recomputed}
