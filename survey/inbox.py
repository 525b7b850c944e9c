"""What waits for somebody at the desk: each kind of work counted and linked, over every quarter under way."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from survey.errors import Refused
from survey.letters.models import LetterState
from survey.poll import queries
from survey.poll.models import Poll, Stage
from survey.rectify import ledger, notices, outbox
from survey.rectify.models import Light
from survey.review import cases, comments, objections, paraphrases, rechecks, service
from survey.review.models import CaseState
from survey.staff.models import Account, Role
from survey.watch import alerts

PUBLISHED = (Stage.REPORTED, Stage.RECTIFYING)
"""Letters go out once the result is published."""


@dataclass(frozen=True)
class Desk:
    """Who looks at which quarter, and when."""

    session: Session
    account: Account
    today: dt.date


@dataclass(frozen=True)
class Waiting:
    """One kind of work that waits: its name, the quarter, how many, and the page that lists it."""

    name: str
    count: int
    page: str
    round: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)


def waiting(session: Session, account: Account, *, today: dt.date) -> list[Waiting]:
    """Return what waits for the account, the newest quarter first, then what belongs to no quarter."""
    desk = Desk(session, account, today)
    polls = [poll for poll in queries.latest_rounds(session) if poll.stage is not Stage.CONCLUDED]
    found = [each for poll in polls for each in _of_quarter(desk, poll)]
    return [each for each in (*found, *_of_all(desk)) if each.count]


def _of_quarter(desk: Desk, poll: Poll) -> Iterator[Waiting]:
    for name, page, roles, count in OF_A_QUARTER:
        if desk.account.role in roles:
            arguments = {"poll_id": poll.id} if page in (*OF_ONE_POLL, *ASKED_FOR_ONE) else {}
            yield Waiting(name, count(desk, poll), page, poll.round, arguments)


def _of_all(desk: Desk) -> Iterator[Waiting]:
    for name, page, roles, count in OF_ALL_QUARTERS:
        if desk.account.role in roles:
            yield Waiting(name, count(desk), page)


def _allowed(things: Sequence[Any], may: Callable[[Any], None]) -> int:
    """Return with how many `things` a rule lets the account go on."""

    def free(thing: Any) -> bool:
        try:
            may(thing)
        except Refused:
            return False
        return True

    return sum(free(thing) for thing in things)


def _opinions(desk: Desk, poll: Poll) -> int:
    return len(service.unvoted(desk.session, poll, by=desk.account, on=desk.today))


def _decisions(desk: Desk, poll: Poll) -> int:
    return sum(case.state is CaseState.UPHELD for case in cases.undecided(desk.session, poll))


def _objections(desk: Desk, poll: Poll) -> int:
    open_ = [row[0] for row in objections.objections(desk.session, poll=poll) if row[0].open]
    return _allowed(
        open_, lambda each: objections.may_rule(desk.session, each, by=desk.account, on=desk.today)
    )


def _second_looks(desk: Desk, poll: Poll) -> int:
    return _allowed(
        rechecks.open_rechecks(desk.session, poll),
        lambda each: rechecks.may_check(desk.session, each, by=desk.account, on=desk.today),
    )


def _remarks(desk: Desk, poll: Poll) -> int:
    return len(comments.waiting(desk.session, poll))


def _paraphrases(desk: Desk, poll: Poll) -> int:
    found = paraphrases.unchecked(desk.session, poll)
    return sum(paraphrases.may_check(comment, by=desk.account) for comment in found)


def _outcomes(desk: Desk, poll: Poll) -> int:
    known, settled = ledger.equation(desk.session, poll)
    return known - settled if poll.stage in PUBLISHED else 0


def _reminders(desk: Desk, poll: Poll) -> int:
    return len(notices.due_reminders(desk.session, poll)) if poll.stage in PUBLISHED else 0


def _in_state(state: LetterState) -> Callable[[Desk, Poll], int]:
    def count(desk: Desk, poll: Poll) -> int:
        return sum(letter.state is state for letter in outbox.letters(desk.session, poll))

    return count


def _reported(desk: Desk) -> int:
    return sum(row.state == ledger.STATE_NAMES[1] for row in _rows(desk))


def _red(desk: Desk) -> int:
    return sum(row.light is Light.RED for row in _rows(desk))


def _in_work(desk: Desk) -> int:
    return sum(row.state == ledger.STATE_NAMES[0] for row in _rows(desk))


def _rows(desk: Desk) -> list[ledger.Row]:
    return ledger.wall(desk.session, by=desk.account, today=desk.today)


def _alerts(desk: Desk) -> int:
    return sum(alert.handled is None for alert in alerts.alerts(desk.session, today=desk.today))


JUDGES = (Role.REVIEWER, Role.LEADER, Role.INSPECTOR)
OF_A_QUARTER: tuple[tuple[str, str, tuple[Role, ...], Callable[[Desk, Poll], int]], ...] = (
    ("待填写研判意见的审查事项", "review.cases", (Role.REVIEWER,), _opinions),
    ("待决定的审查事项", "review.cases", (Role.LEADER,), _decisions),
    ("待复核的异议", "review.objections", JUDGES, _objections),
    ("待复查的否定意见", "review.rechecks", JUDGES, _second_looks),
    ("待转述的企业反映", "review.comments", (Role.OFFICE,), _remarks),
    ("待核对的转述", "review.unchecked", (Role.OFFICE, Role.INSPECTOR, Role.REVIEWER), _paraphrases),
    ("待定去向的企业反映", "rectify.comments", (Role.OFFICE,), _outcomes),
    ("待印发的整改工作提示函", "rectify.letters", (Role.OFFICE,), _reminders),
    ("待签发的文书", "registry.room", (Role.LEADER,), _in_state(LetterState.DRAFT)),
    ("已签发、待印发的文书", "registry.room", (Role.OFFICE,), _in_state(LetterState.APPROVED)),
)
OF_ALL_QUARTERS: tuple[tuple[str, str, tuple[Role, ...], Callable[[Desk], int]], ...] = (
    ("单位已反馈、待核实的整改事项", "rectify.ledger", (Role.OFFICE,), _reported),
    ("亮红灯的整改事项", "rectify.ledger", (Role.OFFICE, Role.UNIT_CLERK), _red),
    ("办理中的整改事项", "rectify.ledger", (Role.UNIT_CLERK,), _in_work),
    ("待核查的预警", "watch.alerts", (Role.INSPECTOR,), _alerts),
)
ASKED_FOR_ONE = {"review.cases"}
"""Pages of all polls that show the one their address asks for."""
OF_ONE_POLL = {"review.comments", "review.unchecked", "rectify.comments", "rectify.letters", "registry.room"}
