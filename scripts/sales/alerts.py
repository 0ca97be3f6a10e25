"""Tells sales of leads that became hot, of those left alone, and of reps with too many.

An alert is told once a lead, or rep, kind and day. It names no person but by the id of the lead.
"""
# ruff: noqa: S608 (names in SQL are those of the interface and this module)

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

from duckdb import DuckDBPyConnection

from scripts.sales.published import published_clock
from scripts.sales.service import Service, address, service
from scripts.shared.errors import UserError
from scripts.shared.interface import ALERTS, EXPERIMENT_LEADS, KPI_EVENTS, LEAD_PROFILES, REPS
from scripts.shared.lock import exclusive
from scripts.shared.settings import project_var
from scripts.shared.warehouse import built_file, connect, holds, reading, refused

SLACK = "SLACK_WEBHOOK_URL"
PAUSE = 1.0  # seconds between two messages to a channel, as Slack wants it

TABLE = """
create schema if not exists state;
create table if not exists state.alerts_sent (
    kind varchar, day date, lead_id varchar, rep_id varchar, band varchar, told_at timestamp
);
"""

# `entered` has since when each lead has been in its band of now, or a higher one, and not below it.
# Who is held out of an experiment is told of to nobody. A rep has as many leads to work as the CRM
# says: this project gives nobody more than their capacity.
_ALERTS = f"""
with leads as (
    select lead_id, score_model, band, band_order, is_callable, lead_url
    from published.marts.lead_score
    where lead_id not in (select lead_id from {EXPERIMENT_LEADS} where is_held_out)
),

spans as (
    select
        history.lead_id, history.valid_from, history.band_order >= leads.band_order as is_there,
        lag(history.band_order) over (
            partition by history.lead_id order by history.valid_from
        ) >= leads.band_order as was_there
    from published.marts.lead_score_history as history
    inner join leads using (lead_id, score_model)
),

entered as (
    select lead_id, max(valid_from) as entered_date from spans
    where is_there and was_there is not true
    group by lead_id
),

contacts as (
    select lead_id, max(occurred_at)::date as contact_date from {KPI_EVENTS}
    where kpi_event = 'contact'
    group by lead_id
)

select wanted.kind, entered.entered_date as day, lead_id, null as rep_id, leads.band, leads.lead_url
from {ALERTS} as wanted
inner join leads using (band)
inner join entered using (lead_id)
where wanted.kind = 'entered_band' and entered.entered_date > $clock::date - wanted.days

union all

select wanted.kind, $clock::date, lead_id, null, leads.band, leads.lead_url
from {ALERTS} as wanted
inner join leads using (band)
inner join entered using (lead_id)
left join contacts using (lead_id)
where wanted.kind = 'untouched'
    and leads.is_callable
    and ($clock::date - entered.entered_date) * 24 > $hours
    and coalesce(contacts.contact_date < entered.entered_date, true)

union all

select wanted.kind, $clock::date, null, reps.rep_id, null, null
from {ALERTS} as wanted
cross join {REPS} as reps
where wanted.kind = 'over_capacity'
    and reps.capacity < (
        select count(*) from published.marts.lead_assignments as working
        inner join {LEAD_PROFILES} as profiles on working.lead_id = profiles.lead_id
        where profiles.is_current and profiles.owner_id = reps.rep_id
    )
"""


@dataclass(frozen=True)
class Alert:
    """What there is to tell of a lead, or of a rep, on a day."""

    kind: str
    day: date
    lead_id: str | None
    rep_id: str | None
    band: str | None
    lead_url: str | None

    @property
    def text(self) -> str:
        """The alert in words."""
        match self.kind:
            case "entered_band":
                said = f"Lead {self.lead_id} is {self.band} since {self.day}"
            case "untouched":
                hours = project_var("contact_within_hours")
                said = f"Lead {self.lead_id} is {self.band}, and nobody was in touch for {hours} h"
            case _:
                said = f"Rep {self.rep_id} has more leads than their capacity"
        return f"{said}: {self.lead_url}" if self.lead_url else said

    def to_json(self) -> str:
        """The alert as a line of JSON."""
        told = {name: value for name, value in asdict(self).items() if value is not None}
        return json.dumps(told | {"day": str(self.day), "text": self.text}, ensure_ascii=False)


def alerts(send: bool = False, lead_ids: Sequence[str] | None = None) -> Iterator[Alert]:
    """What there is to tell that was not told yet, by the published marts.

    Where leads are named, it is which of them entered a band: the rest is for once a day.
    With `send` each alert goes to Slack first, where SLACK_WEBHOOK_URL is set, and is noted as told
    in `state.alerts_sent`; who is ended in between may tell one twice, but none is lost. Raises
    UserError where nothing is published or Slack gives no answer, BusyError where another run is at
    work.
    """
    if not send:
        with reading() as connection:
            yield from _found(connection, lead_ids)
        return
    url = address(SLACK) if os.environ.get(SLACK) else ""
    slack = service("slack", url, (SLACK,), pause=PAUSE) if url else nullcontext()
    with (
        exclusive("alerts"),
        refused(built_file()),
        closing(connect()) as connection,
        slack as asked,
    ):
        connection.execute(TABLE)
        for alert in _found(connection, lead_ids):
            if asked:
                _post(asked, url, alert)
            connection.execute(
                "insert into state.alerts_sent values ($1, $2, $3, $4, $5, $6)",
                [
                    *(alert.kind, alert.day, alert.lead_id, alert.rep_id, alert.band),
                    datetime.now(UTC).replace(tzinfo=None),
                ],
            )
            yield alert


def _found(connection: DuckDBPyConnection, lead_ids: Sequence[str] | None) -> list[Alert]:
    """The alerts of now that were not told: by kind, the best lead first."""
    parameters = {
        "clock": published_clock(connection),
        "hours": int(project_var("contact_within_hours")),
        "lead_ids": lead_ids,
    }
    untold = """and not exists (
        from state.alerts_sent as told
        where told.kind = found.kind and told.day = found.day
            and (told.lead_id, told.rep_id, told.band)
                is not distinct from (found.lead_id, found.rep_id, found.band)
    )"""
    rows = connection.execute(
        f"""select found.* from ({_ALERTS}) as found
        left join published.marts.lead_score as scores using (lead_id)
        where (
            $lead_ids::varchar[] is null
            or (found.kind = 'entered_band' and lead_id in (select unnest($lead_ids::varchar[])))
        )
        {untold if holds(connection, "state.alerts_sent") else ""}
        order by kind, scores.score_rank, lead_id, rep_id""",
        parameters,
    ).fetchall()
    return [Alert(*row) for row in rows]


def _post(asked: Service, url: str, alert: Alert) -> None:
    text = alert.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    status = asked.ask(
        "POST",
        url,
        lambda answer: answer.status_code,
        content=json.dumps({"text": text}),
        headers={"Content-Type": "application/json"},
    )
    if status >= 400:
        raise UserError(f"slack takes no message (HTTP {status}): see to {SLACK}")
