"""Sends scores back to where leads are worked: what differs from what was sent, no more."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from scripts.sales.exporting import hubspot, salesforce
from scripts.sales.exporting.change import Answer, Answers, Destination
from scripts.sales.exporting.due import Due, Example, find_due
from scripts.sales.exporting.files import file
from scripts.sales.exporting.sent import TABLES, Journal
from scripts.sales.exporting.webhook import webhook
from scripts.sales.published import published_clock
from scripts.shared.errors import UserError
from scripts.shared.lock import exclusive
from scripts.shared.warehouse import built_file, connect, reading, refused

# The systems that gave ids: what these begin with once landed, and how they look behind that.
_SYSTEMS = {
    hubspot.NAME: (hubspot.PREFIX, hubspot.OWN_ID),
    salesforce.NAME: (salesforce.PREFIX, salesforce.OWN_ID),
}
DESTINATIONS = (*_SYSTEMS, "webhook", "csv", "jsonl")

# So many rejections before anything is accepted are a fault of the fields or rights, not of rows.
_FIRST_REJECTED = 20
_EXAMPLES = 5
NOTHING = "(empty)"

Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class ExportResult:
    """What was, or would be, sent, in numbers of records.

    `reasons` has how many were rejected for each reason.

    `leads` have a score, `leads_with_record` of them something to be written to. Of the `changes`
    those neither `accepted` nor `rejected` had no answer, and are sent again by the next export.
    """

    where: str
    is_sent: bool
    leads: int
    leads_with_record: int
    records: int
    changes: int
    examples: tuple[Example, ...]
    accepted: int
    rejected: int
    reasons: tuple[tuple[str, int], ...]


def export(
    destination: str, send: bool = False, progress: Progress = lambda done, total: None
) -> ExportResult:
    """Write scores to a destination, or, unless `send` is set, find out what would be written.

    Each answer is noted in the working file as it comes, so that an export that was ended early
    goes on where it was; what it sent without hearing an answer is sent again and has the same
    effect. Raises UserError where there is no such destination, nothing built or published, a
    variable of the environment missing or a service that gives no answer; BusyError where another
    run is at work.
    """
    if destination not in DESTINATIONS:
        raise UserError(f"--to {destination} is none of {', '.join(DESTINATIONS)}")
    system = _SYSTEMS.get(destination, ("", ""))
    if not send:
        with reading() as connection:
            due = find_due(connection, destination, *system)
            return _result(due, destination, None)
    with exclusive("export"), refused(built_file()), closing(connect()) as connection:
        connection.execute(TABLES)
        return _send(connection, destination, system, progress)


def lines(result: ExportResult) -> Iterator[str]:
    """What there is to say of an export beside its counts: no personal data but ids of leads."""
    without = result.leads - result.leads_with_record
    if without:
        yield f"{without:,} of {result.leads:,} leads with a score have no record there"
    for example in result.examples:
        told = ", ".join(
            f"{name} {'' if old is None else f'{old or NOTHING} → '}{new or NOTHING}"
            for name, (old, new) in example.differences.items()
        )
        yield f"{example.lead_id}: {told}"
    for reason, records in result.reasons:
        yield f"rejected {records:,}: {reason}"
    if unanswered := result.is_sent * (result.changes - result.accepted - result.rejected):
        yield f"{unanswered:,} had no answer: run the same command again"


def _send(
    connection: DuckDBPyConnection, destination: str, system: tuple[str, str], progress: Progress
) -> ExportResult:
    journal = Journal(connection, destination, published_clock(connection))
    told: list[str] = []
    with _opened(destination, journal) as opened:
        for answers in opened.settle():
            journal.note(answers)
        due = find_due(connection, destination, *system)
        for answers in _unless_all_rejected(opened.send(iter(due)), opened.where):
            journal.note(answers)
            told += [answer.reason for answer in answers]
            progress(len(told), due.changes)
        return _result(due, opened.where, told)


def _opened(destination: str, journal: Journal) -> AbstractContextManager[Destination]:
    match destination:
        case hubspot.NAME:
            return hubspot.hubspot()
        case salesforce.NAME:
            return salesforce.salesforce(journal)
        case "webhook":
            return webhook()
        case suffix:
            return file(suffix, journal.clock_date)


def _unless_all_rejected(answers: Answers, where: str) -> Answers:
    """The answers, unless the first ones are all rejections: those are not to be noted."""
    held: list[Answer] = []
    for part in answers:
        held += part
        if not all(answer.reason for answer in held):
            yield held
            yield from answers
            return
        if len(held) >= _FIRST_REJECTED:
            raise UserError(
                f"{where} rejects all of the first {len(held)} records ({held[0].reason}), so "
                "nothing more was sent: see to the fields in seeds/sales/export_fields.csv, and "
                "whether they are there"
            )
    if held:
        yield held


def _result(due: Due, where: str, told: Sequence[str] | None) -> ExportResult:
    """What came of it: `told` has the reasons of the answers, none where nothing was sent."""
    reasons = [reason for reason in told or () if reason]
    return ExportResult(
        where=where,
        is_sent=told is not None,
        leads=due.leads,
        leads_with_record=due.leads_with_record,
        records=due.records,
        changes=due.changes,
        examples=tuple(due.examples(_EXAMPLES)),
        accepted=len(told or ()) - len(reasons),
        rejected=len(reasons),
        reasons=tuple(sorted(Counter(reasons).items())),
    )
