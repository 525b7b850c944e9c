"""Finding polls and what was signed under them."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from survey.errors import Missing
from survey.poll.models import Approval, Poll, Stage
from survey.staff.models import Account


def get(session: Session, poll_id: int) -> Poll:
    """Return one poll."""
    if poll := session.get(Poll, poll_id):
        return poll
    raise Missing("poll.no_poll", "没有找到这次测评，请返回测评列表重新选择。")


def by_key(session: Session, key: str) -> Poll:
    """Return the poll whose public id is `key`, e.g. 2023Q1-v1."""
    if poll := next((poll for poll in every(session) if poll.key == key), None):
        return poll
    raise Missing("poll.no_poll", f"没有编号为 {key} 的测评。")


def every(session: Session) -> Sequence[Poll]:
    """Return all polls with all their versions, the newest first."""
    return session.exec(select(Poll).order_by(col(Poll.round).desc(), col(Poll.version).desc())).all()


def latest_rounds(session: Session) -> list[Poll]:
    """Return the valid version of each round, the newest round first; a round of void polls is left out."""
    found: dict[str, Poll] = {}
    for poll in every(session):
        if poll.stage is not Stage.VOID:
            found.setdefault(poll.round, poll)
    return list(found.values())


def current(session: Session) -> Poll | None:
    """Return the poll of the newest round, or None when there is none that counts."""
    return next(iter(latest_rounds(session)), None)


def newest(session: Session) -> Poll | None:
    """Return the newest version of the newest round, void or not: it is what the desk is busy with."""
    return next(iter(every(session)), None)


def approvals(session: Session, poll: Poll) -> list[tuple[Approval, Account]]:
    """Return the leaders' signatures under `poll`, in the order they were given."""
    found = session.exec(
        select(Approval, Account)
        .where(Approval.poll_id == poll.id, Approval.account_id == Account.id)
        .order_by(col(Approval.id))
    )
    return list(found)
