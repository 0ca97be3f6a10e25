"""The page of a proposal, in Markdown: the table, how it was found, how good it is."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scripts.quality.proposing.table import percent

if TYPE_CHECKING:
    from scripts.quality.propose import Proposal

_SHIFTED = 0.10


def page(proposal: "Proposal") -> str:
    """The page as text; the same proposal gives the same bytes."""
    return "\n".join([*_lines(proposal), ""])


def _lines(proposal: "Proposal") -> Iterator[str]:
    after = proposal.after
    yield f"# Proposed points: {proposal.outcome}, as of day {proposal.day}"
    yield ""
    yield (
        f"{len(proposal.rules)} rules, found in {proposal.taught:,} leads created "
        f"{proposal.trained_on[0]} to {proposal.trained_on[1]}, of which {proposal.wins:,} "
        "converted."
    )
    yield (
        f"On {after.leads:,} later leads ({proposal.held_out[0]} to {proposal.held_out[1]}, "
        f"{after.conversions:,} converted), which it never saw:"
    )
    yield ""
    yield "| score | AUC | 95 % interval | lift of the top tenth |"
    yield "|---|---:|---|---:|"
    for name, measures in ((proposal.score_model, after), (proposal.champion, proposal.before)):
        if measures:
            yield (
                f"| {name} | {measures.auc:.3f} | {measures.auc_low:.3f} to "
                f"{measures.auc_high:.3f} | {measures.lift:.2f} |"
            )
    yield ""
    yield f"Role: {proposal.role}. {proposal.why_role}"
    yield from _table(proposal)
    yield from _bands(proposal)
    yield from _findings(proposal)
    yield from _drift(proposal)
    yield from _method(proposal)


def _table(proposal: "Proposal") -> Iterator[str]:
    yield from ("", "## Rules", "")
    yield f"Every lead starts with {proposal.start} points."
    yield ""
    yield "| points | reason | kept in resamples |"
    yield "|---:|---|---:|"
    for rule in sorted(proposal.rules, key=lambda rule: (-rule.points, rule.rule_id)):
        share = proposal.stable.get(rule.block)
        stays = "" if share is None else percent(share)
        yield f"| {rule.points:+d} | {_cell(rule.reason)} | {stays} |"
    yield ""
    yield (
        "Kept in resamples: in how many of "
        f"{proposal.resamples} resamples of the leads the attribute or event is chosen again."
    )


def _bands(proposal: "Proposal") -> Iterator[str]:
    yield from ("", "## Bands", "")
    yield f"{proposal.bands_by[:1].upper()}{proposal.bands_by[1:]}."
    yield ""
    yield "| band | from | leads | converted |"
    yield "|---|---:|---:|---:|"
    for name, bound, share, rate in proposal.bands:
        yield f"| {name} | {bound} | {percent(share)} | {percent(rate)} |"


def _findings(proposal: "Proposal") -> Iterator[str]:
    for title, refused in (("Not used", True), ("To be looked at", False)):
        found = [finding for finding in proposal.findings if finding.is_refused == refused]
        if found:
            yield from ("", f"## {title}", "")
            yield from (f"- `{finding.name}`: {_cell(finding.why)}" for finding in found)


def _drift(proposal: "Proposal") -> Iterator[str]:
    moved = [rule for rule in proposal.rules if abs(rule.later - rule.earlier) >= _SHIFTED]
    if moved:
        yield from ("", "## What changed between the months", "")
        for rule in moved:
            yield (
                f"- {_cell(rule.reason)}: {percent(rule.earlier)} of the leads that teach, "
                f"{percent(rule.later)} of those held out"
            )


def _method(proposal: "Proposal") -> Iterator[str]:
    yield from ("", "## How it was found", "")
    yield (
        "Values of an attribute, or counts of an event, are grouped by what their leads became. "
        "Each gives one number a lead, reckoned without that lead; a logistic regression keeps "
        "those that tell something in company of all others. Points are its weights, rounded: "
        f"{proposal.span} points span the leads. Nothing was written by hand; edit what you know "
        "better."
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
