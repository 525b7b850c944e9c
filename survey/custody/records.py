"""The rehearsals of a poll, and what the supervision record prints of the latest."""

from collections.abc import Sequence

from sqlmodel import Session, select

from survey.custody.models import Rehearsal
from survey.poll.models import Poll


def rehearsals(session: Session, poll: Poll) -> Sequence[Rehearsal]:
    """Return the rehearsals of a poll, the latest first."""
    found = session.exec(select(Rehearsal).where(Rehearsal.poll_id == poll.id)).all()
    return sorted(found, key=lambda row: row.id or 0, reverse=True)


def told(session: Session, poll: Poll) -> str | None:
    """Return what the supervision record prints of the latest rehearsal, or None where none was held."""
    found = rehearsals(session, poll)
    if not found:
        return None
    last = found[0]
    return (
        f"{last.shown_at}在本机演练{last.runs}次、每次{last.voters}人，关联率{last.linked:.2%}"
        f"（随机猜测{last.chance:.2%}），{'通过' if last.passed else '未通过'}"
    )
