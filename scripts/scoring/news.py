"""Renews the published scores of those leads that landed rows can change, without a whole build.

What is known of people is made anew in whole where rows of it landed, by the SQL of the last build,
and compared with what that build made. The leads that are touched are then scored as a build scores
them, with nothing but their rows at hand; what goes over all leads, such as ranks, is made of their
new rows and of what the build has of all others. Nothing is kept from one call to the next but whom
it renewed: each starts from the last build, and covers all that landed since.
"""
# ruff: noqa: S608 (names in SQL are those of the contract, of `interface` and of dbt's manifest)

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.landing.contract import Entity, read_contract
from scripts.sales.routing import SALES_FUNCTIONS
from scripts.scoring.publish import copied_publication, publish_news
from scripts.scoring.rescore import ALL_LEADS, DUE, LIVE, Rescoring, rescoring
from scripts.shared.errors import UserError
from scripts.shared.interface import (
    CURRENT_SCORES,
    EVENT_MEASURES,
    EXPERIMENT_LEADS,
    HISTORY_DUE,
    LEAD_ACCOUNTS,
    LEAD_IDENTITIES,
    MODEL_ATTRIBUTES,
    OPPORTUNITIES,
    OPPORTUNITY_LEADS,
    REGION_BANDS,
)
from scripts.shared.lock import exclusive
from scripts.shared.statistics import register_functions
from scripts.shared.warehouse import quote_identifier, quote_literal

COPY = "_new"

# Who people are, what is known of them and what deals they have: made anew in whole, where rows of
# it landed; and the columns by which a row that differs tells whom it touches.
IDENTITIES = "int_lead_identities"
ACCOUNTS = "int_lead_accounts"
DEALS, PARTS = "int_current_opportunities", "int_opportunity_leads"
PEOPLE = {
    IDENTITIES: "surviving_lead_id",
    "int_lead_profiles": "lead_id",
    "int_lead_versions": None,  # whose they are is named in the rows that landed
    ACCOUNTS: "lead_id",
    "int_account_versions": "account_id",
    DEALS: "surviving_opportunity_id",
    PARTS: "lead_id",
    "int_opportunities": None,  # as their versions and parts
    "int_reps": None,  # whose leads are is decided over all leads each time
}
# What holds for everybody: where it is not as the last build had it, everybody is scored anew.
CLOCK, RATES = "int_clock", "int_exchange_rates"

# Columns of the contract that name a lead, and entities whose rows name a deal.
NAMES = ("lead_id", "alias_id", "merged_into_lead_id")
OF_DEALS = ("opportunities", "opportunity_leads", "opportunity_stages")
# What people did, of which only that of touched leads is read.
DONE = ("lead_events", "payments", "lead_feedback")

# What a lead has for itself at the clock; and that of it which goes over all leads is made of.
STANDING = (
    *("int_current_scores", "int_lead_lives", "int_lifecycles", "int_lead_consents"),
    *("int_predictions", "int_lead_situations", "int_next_steps"),
)
MERGED = (*STANDING, "int_lead_profiles", ACCOUNTS)
# The marts that are renewed: those of which a lead's rows depend on it alone, and those that go
# over all leads, with the columns that may change for others than those that are touched.
OF_LEADS = ("lead_score_factors", "lead_score_history", "lead_contact_permission")
OF_ALL = {
    "lead_score_by_model": ("expected_deal_amount", "expected_value"),
    "lead_score": ("score_rank",),
    "lead_assignments": (
        *("rep_id", "assignment_status", "assigned_because", "routing_rule_id"),
        *("assigned_on", "work_rank"),
    ),
    "nurture_queue": ("rep_id", "work_rank"),
}
KEYS = dict.fromkeys(OF_ALL, ("lead_id",)) | {"lead_score_by_model": ("lead_id", "score_model")}
EXPERIMENTS = "int_experiment_leads"

# Leads that share an account with one of `news.{0}` at any time: where a measure counts what the
# people of an account did, they have another one.
COLLEAGUES = f"""
insert into news.{{0}}
with belongings as (
    select lead_id, account_id from {LEAD_ACCOUNTS}
    union
    select lead_id, account_id from {LIVE}.{LEAD_ACCOUNTS}
)
select distinct lead_id from belongings
where account_id in (select account_id from belongings where lead_id in (from news.{{0}}))
    and lead_id not in (from news.{{0}})
    and exists (
        from {EVENT_MEASURES} as measures
        inner join {MODEL_ATTRIBUTES} as asked
            on measures.measure = asked.attribute and measures.statistic = 'account_leads'
    )
"""

# Touched leads that are ready for sales, and were not as published before.
READY = f"""
select count(*)
from marts.lead_score as now
inner join {CURRENT_SCORES} as scores using (lead_id, score_model)
left join {COPY}.marts.lead_score as was using (lead_id)
left join {REGION_BANDS} as bands
    on was.score_model = bands.score_model and was.band = bands.band
    and scores.lead_region = bands.lead_region
where lead_id in (from news.leads) and now.is_callable and scores.is_mql
    and not coalesce(was.is_callable and bands.is_mql, false)
"""


class NeedsBuildError(UserError):
    """What landed changes the scores of all leads, so that only a build makes them anew."""


@dataclass(frozen=True)
class News:
    """How many leads are scored anew since the last build, and how many are ready for sales now
    that were not as published before.

    `lead_ids` are the former, without those that an experiment holds out of ranking.
    """

    leads: int
    ready: int
    lead_ids: tuple[str, ...]


def renew() -> News | None:
    """Score what landed since the last build, and publish the rows that it changes.

    They are those that a build would publish now: of `lead_score` and `lead_score_by_model` with
    all ranks, reasons, histories, permissions, assignments and `nurture_queue`; all other marts
    stay as they are. None where nothing landed. Raises NeedsBuildError where the clock or the
    currency of money is another, UserError where the last build is not what is published,
    BusyError where another run is at work.
    """
    with exclusive("news"), copied_publication() as new:
        with rescoring(in_memory=True) as scratch:
            register_functions(scratch.connection, SALES_FUNCTIONS)
            renewal = _Renewal(scratch)
            if not renewal.landed:
                return None
            renewal.find_leads()
            renewal.score()
            renewal.put_together()
            news, lead_ids = renewal.write(new)
        publish_news(new, lead_ids)
        return news


class _Renewal:
    """The steps from what landed to renewed marts, in a scratch file."""

    def __init__(self, scratch: Rescoring) -> None:
        self.scratch = scratch
        self.connection = scratch.connection
        self.entities = read_contract()
        self.since = self._read_until()
        self.landed = {name for name, table in self._tables() if self._has_rows(name, table)}

    def find_leads(self) -> None:
        """Make people anew, and put into `news.leads` whom rows that landed may change."""
        self.connection.execute("create schema news")
        landed = [f"raw.{name}" for name in sorted(self.landed)]
        self._refuse_other_clock()
        self.scratch.run({}, landed, (CLOCK,), (*PEOPLE, RATES))
        if RATES in self.scratch.replaced and self._differs(RATES):
            raise NeedsBuildError("what landed makes money be reckoned in another currency")
        self._keep("named", " union ".join(self._named()) or "select null::varchar as lead_id")
        self._keep("deals", " union ".join(self._deals()))
        touched = " union ".join(self._touched())
        self._keep("leads", f"from ({touched}) where lead_id is not null")
        self.connection.execute(COLLEAGUES.format("leads"))

    def score(self) -> None:
        """Score these leads on all days as a build does, with what that takes alone at hand."""
        scratch = self.scratch
        self._keep("context", "from news.leads")
        self.connection.execute(COLLEAGUES.format("context"))
        scratch.replace(IDENTITIES, self._only(IDENTITIES, "surviving_lead_id", "context"))
        self._keep("names", f"select lead_id from {LEAD_IDENTITIES}")
        for name in DONE:
            scratch.replace(f"raw.{name}", self._of_names(self.entities[name]))
        scratch.replace("int_lead_versions", self._only("int_lead_versions", "lead_id", "names"))
        for name in ("int_lead_profiles", ACCOUNTS):
            scratch.replace(name, self._only(name, "lead_id", "context"))
        history = f"{ALL_LEADS} where exists (from {LIVE}.{HISTORY_DUE})"
        spans = f"from ({scratch.sql('int_score_spans')}) where lead_id in (from news.leads)"
        scratch.run(
            {
                DUE: history,
                "int_score_spans": spans,
                **scratch.nothing_of(
                    "int_evaluation_dates", "int_golden_attributes", "int_golden_event_days"
                ),
            },
            (*(f"raw.{name}" for name in DONE), *PEOPLE),
            (CLOCK, RATES),
            (*STANDING, *OF_LEADS, EXPERIMENTS),
        )

    def put_together(self) -> None:
        """Make what goes over all leads, of the new rows and what the build has of others."""
        for name in MERGED:
            relation = self.scratch.nodes[name].relation
            self._keep(name, f"from {relation} where lead_id in (from news.leads)")
            self.scratch.replace(
                name,
                f"""from ({self.scratch.as_built(name)}) anti join news.leads using (lead_id)
                union all by name from news.{name}""",
                "view",
            )
        self.scratch.run({}, (*MERGED, *PEOPLE), (CLOCK, RATES), (*OF_ALL,))

    def write(self, new: Path) -> tuple[News, list[str]]:
        """Write the marts into a copy of the published file; tell of the leads, and which."""
        connection = self.connection
        connection.execute(f"attach {quote_literal(str(new))} as {COPY}")
        ((ready,),) = connection.sql(READY).fetchall()
        connection.begin()
        for name in (*OF_LEADS, *OF_ALL):
            connection.execute(
                f"delete from {COPY}.marts.{name} where lead_id in (from news.leads)"
            )
            connection.execute(
                f"""insert into {COPY}.marts.{name} by name
                from marts.{name} where lead_id in (from news.leads)"""
            )
        for name, columns in OF_ALL.items():
            is_same = " and ".join(f"was.{column} = now.{column}" for column in KEYS[name])
            now, was = (f"({', '.join(f'{side}.{c}' for c in columns)})" for side in ("now", "was"))
            values = ", ".join(f"{column} = now.{column}" for column in columns)
            connection.execute(
                f"""update {COPY}.marts.{name} as was set {values} from marts.{name} as now
                where {is_same} and {now} is distinct from {was}"""
            )
        connection.execute(
            f"""update {COPY}.marts.run_info
            set scores_last_landing_id = (select max(landing_id) from {LIVE}.raw.landings)"""
        )
        connection.commit()
        connection.execute(f"detach {COPY}")
        lead_ids = self.scratch.texts("from news.leads order by lead_id")
        held_out = {
            *self.scratch.texts(f"select lead_id from {EXPERIMENT_LEADS} where is_held_out")
        }
        told = tuple(lead_id for lead_id in lead_ids if lead_id not in held_out)
        return News(len(lead_ids), ready, told), lead_ids

    def _read_until(self) -> dict[str, int]:
        """The last landing_seq of each entity that the last build knows."""
        found = self.connection.sql(
            f"""select entity, max(last_landing_seq) from {LIVE}.raw.landings
            where landing_id <= (select last_landing_id from {LIVE}.marts.run_info)
            group by entity"""
        ).fetchall()
        return {entity: seq or 0 for entity, seq in found}

    def _tables(self) -> Iterator[tuple[str, str]]:
        return ((name, f"{LIVE}.raw.{name}") for name in self.entities)

    def _since(self, name: str) -> str:
        return f"landing_seq > {self.since.get(name, 0)}"

    def _has_rows(self, name: str, table: str) -> bool:
        query = f"from {table} where {self._since(name)} limit 1"
        return self.connection.sql(query).fetchall() != []

    def _refuse_other_clock(self) -> None:
        query = self.scratch.sql(CLOCK)
        now, then = (
            self.connection.sql(rows).fetchall()[0]
            for rows in (query, self.scratch.as_built(CLOCK))
        )
        for what, is_now, was in zip(("the clock is", "facts reach until"), now, then, strict=True):
            if is_now != was:
                raise NeedsBuildError(f"{what} {is_now}, and was {was} at the last build")

    def _differs(self, name: str) -> bool:
        return self.connection.sql(f"{self._differing(name, '1')} limit 1").fetchall() != []

    def _differing(self, name: str, column: str) -> str:
        """A query of a column of those rows of a model that the last build had otherwise."""
        now, then = (
            f"select {column} as key, hash(rows) from ({rows}) as rows"
            for rows in (f"from {self.scratch.nodes[name].relation}", self.scratch.as_built(name))
        )
        return (
            f"select distinct key from (({now} except all {then}) union all "
            f"({then} except all {now}))"
        )

    def _named(self) -> Iterator[str]:
        """Queries of the ids of leads that rows name which landed, or other versions of them."""
        for name in self.landed:
            entity = self.entities[name]
            columns = [column for column in NAMES if column in entity.column_names]
            if columns:
                yield (
                    f"select unnest([{', '.join(columns)}]) as lead_id from raw.{name}"
                    f" where {_key(entity)} in"
                    f" (select {_key(entity)} from raw.{name} where {self._since(name)})"
                )

    def _deals(self) -> Iterator[str]:
        """Queries of the deals that rows name which landed, or that are other ones now."""
        surviving = "surviving_opportunity_id"
        named = " union ".join(
            f"select opportunity_id from raw.{name} where {self._since(name)}" for name in OF_DEALS
        )
        for deals in (OPPORTUNITIES, f"{LIVE}.{OPPORTUNITIES}"):
            yield f"select {surviving} as deal from {deals} where opportunity_id in ({named})"
        if DEALS in self.scratch.replaced:
            yield self._differing(DEALS, surviving)

    def _touched(self) -> Iterator[str]:
        """Queries of the surviving leads of both, and whose rows of what is known are others."""
        for database in ("", f"{LIVE}."):
            yield (
                f"select surviving_lead_id as lead_id from {database}{LEAD_IDENTITIES}"
                " where lead_id in (from news.named)"
            )
            yield (
                f"select lead_id from {database}{OPPORTUNITY_LEADS}"
                " where opportunity_id in (from news.deals)"
            )
        for name, column in PEOPLE.items():
            if column and name in self.scratch.replaced:
                differing = self._differing(name, column)
                if column == "account_id":
                    for accounts in (LEAD_ACCOUNTS, f"{LIVE}.{LEAD_ACCOUNTS}"):
                        yield f"select lead_id from {accounts} where account_id in ({differing})"
                elif name != DEALS:
                    yield differing
        yield f"select lead_id from {LIVE}.state.news_leads"

    def _only(self, name: str, column: str, leads: str) -> str:
        """The rows of a model that are of leads in a table of `news`."""
        return f"{self._now(name)} where {column} in (from news.{leads})"

    def _now(self, name: str) -> str:
        """A query of what the scratch file has of a model."""
        if name not in self.scratch.replaced:
            return self.scratch.as_built(name)
        return f"from {self.scratch.nodes[name].relation}"

    def _of_names(self, entity: Entity) -> str:
        """All versions of those rows of an entity that name one of `news.names` in any version."""
        table, key = f"{LIVE}.raw.{entity.name}", _key(entity)
        return f"""from {table} where {key} in (
            select {key} from {table} where lead_id in (from news.names)
        )"""

    def _keep(self, name: str, query: str) -> None:
        self.connection.execute(f"create table news.{name} as {query}")


def _key(entity: Entity) -> str:
    """The columns that tell rows of an entity apart, as one value of SQL."""
    columns = ", ".join(map(quote_identifier, entity.key))
    return columns if len(entity.key) == 1 else f"({columns})"
