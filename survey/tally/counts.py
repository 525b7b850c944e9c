"""Frozen counts as they are read: one with its names and definitions, those before it, all headlines."""

import json
from typing import Any

from sqlmodel import Session, col, select

from scoring import rules
from survey.errors import Missing
from survey.poll import attendance, remote
from survey.poll.models import Poll, Stage
from survey.tally import channels, compare, shown
from survey.tally.models import Count

COUNTED = (Stage.COUNTED, Stage.REVIEWED, Stage.REPORTED, Stage.RECTIFYING, Stage.CONCLUDED)


def get(session: Session, poll: Poll) -> Count:
    """Return the count of `poll`."""
    if row := session.get(Count, poll.id):
        return row
    raise Missing("tally.no_count", f"{poll.key} 测评尚未计票。")


def earlier_counts(session: Session, poll: Poll) -> dict[str, dict[str, Any]]:
    """Return the recount outputs of the rounds before `poll` by round, the oldest first."""
    rows = session.exec(
        select(Poll.round, Count.result)
        .where(Count.poll_id == Poll.id, Poll.round < poll.round, col(Poll.stage).in_(COUNTED))
        .order_by(Poll.round)
    )
    return {round_: json.loads(text) for round_, text in rows}


def previous_counts(session: Session, poll: Poll) -> list[dict[str, Any]]:
    """Return the recount outputs of the rounds before `poll`, the oldest first."""
    return list(earlier_counts(session, poll).values())


def counted_polls(session: Session) -> list[Poll]:
    """Return the counted polls, the oldest first."""
    query = select(Poll).join(Count, col(Count.poll_id) == col(Poll.id)).where(col(Poll.stage).in_(COUNTED))
    return list(session.exec(query.order_by(Poll.round)).all())


def figures(session: Session, poll: Poll) -> dict[str, Any]:
    """Return a poll's recount with names, thinned to what may be shown."""
    outcome, slate = json.loads(get(session, poll).result), json.loads(poll.slate)
    return shown.concealed(compare.named(outcome, slate), hidden(session, poll))


def hidden(session: Session, poll: Poll) -> shown.Hidden:
    """Return what is withheld of a poll's result."""
    outcome, slate = json.loads(get(session, poll).result), json.loads(poll.slate)
    return shown.of(outcome, slate, rules.load(poll.rules))


def result(session: Session, poll: Poll) -> dict[str, Any]:
    """Return everything the pages show of a count: the recount, its equation, definitions and changes."""
    row, found = get(session, poll), figures(session, poll)
    before = [each for each in counted_polls(session) if each.round < poll.round]
    earlier = {each.round: figures(session, each) for each in before}
    return {
        **found,
        "poll": poll.key,
        "round": poll.round,
        "title": poll.title,
        "held_on": poll.held_on.isoformat(),
        "stage": poll.stage.value,
        "equation": _equation(session, poll, row),
        **({"paper": channels.thinned(json.loads(row.paper), found)} if row.paper else {}),
        "rates": [compare.with_changes(rate, poll.round, earlier) for rate in found["rates"]],
        "digests": {
            "manifest": poll.manifest_sha256,
            "slate": row.slate_sha256,
            "rules": row.rules_sha256,
            "ballots": row.ballots_sha256,
            "tally": row.tally_sha256,
        },
    }


def _equation(session: Session, poll: Poll, row: Count) -> dict[str, int]:
    """Return 印制=发出+剩余 and 收回=有效+无效 with the number of enterprises that attended."""
    cards = attendance.card_account(session, poll)
    printed = (
        {"printed": cards.printed, "remaining": cards.remaining, "replaced": cards.replaced} if cards else {}
    )
    tickets = remote.tickets(session, poll)
    issued = row.issued - tickets
    returned = {"issued": issued, "returned": row.returned, "valid": row.valid, "invalid": row.invalid}
    afar = {"tickets": tickets, "afar": remote.returned(session, poll)} if tickets else {}
    return printed | returned | afar | {"attended": len(attendance.present(session, poll))}


def headlines(session: Session) -> list[dict[str, Any]]:
    """Return each counted poll with its headline rate and numbers of ballots, the newest first."""
    found = []
    for poll in reversed(counted_polls(session)):
        rates = {rate["key"]: rate for rate in figures(session, poll)["rates"]}
        found.append({"poll": poll, "count": get(session, poll), "rates": rates})
    return found
