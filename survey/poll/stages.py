"""The state machine of a poll: which stage may follow which, and the one function that moves a poll."""

from sqlmodel import Session

from survey import journal
from survey.errors import Refused
from survey.poll.models import Poll, Stage
from survey.staff.models import Account

MOVES: dict[Stage, frozenset[Stage]] = {
    Stage.DRAFT: frozenset({Stage.APPROVED, Stage.VOID}),
    Stage.APPROVED: frozenset({Stage.FROZEN, Stage.VOID}),
    Stage.FROZEN: frozenset({Stage.OPEN, Stage.VOID}),
    Stage.OPEN: frozenset({Stage.CLOSED, Stage.VOID}),
    Stage.CLOSED: frozenset({Stage.OPENED, Stage.VOID}),
    Stage.OPENED: frozenset({Stage.COUNTED, Stage.VOID}),
    Stage.COUNTED: frozenset({Stage.REVIEWED}),
    Stage.REVIEWED: frozenset({Stage.REPORTED}),
    Stage.REPORTED: frozenset({Stage.RECTIFYING}),
    Stage.RECTIFYING: frozenset({Stage.CONCLUDED}),
    Stage.CONCLUDED: frozenset(),
    Stage.VOID: frozenset(),
}
"""A poll is void from any stage before the count stands; returned > issued is found out while counting."""

PATH = tuple(stage for stage in Stage if stage is not Stage.VOID)
"""The stages of a poll that goes well, in their order."""


def require(poll: Poll, *stages: Stage) -> None:
    """Refuse unless `poll` stands at one of `stages`."""
    if poll.stage not in stages:
        wanted = "或".join(f"“{stage.chinese}”" for stage in stages)
        raise Refused(
            "poll.stage", f"{poll.key} 测评现为“{poll.stage.chinese}”，只有处于{wanted}时才能办理这一步。"
        )


def move(session: Session, poll: Poll, stage: Stage, *, by: Account, reason: str = "") -> Poll:
    """Move `poll` to `stage` if the table allows it, and journal the move."""
    if stage not in MOVES[poll.stage]:
        raise Refused(
            "poll.move",
            f"{poll.key} 测评现为“{poll.stage.chinese}”，不能直接转为“{stage.chinese}”。",
        )
    before, poll.stage = poll.stage, stage
    session.add(poll)
    session.flush()
    detail = {"from": before.value, "to": stage.value} | ({"reason": reason} if reason else {})
    journal.record(session, by=by.login, act="poll.move", subject=poll.key, detail=detail)
    return poll


def is_past(poll: Poll, stage: Stage) -> bool:
    """Tell whether `poll` has reached `stage` or gone beyond it; a void poll has reached nothing."""
    return poll.stage is not Stage.VOID and PATH.index(poll.stage) >= PATH.index(stage)


def stored_id(row: Poll | Account) -> int:
    """Return the id of a row that the database has given one."""
    if row.id is None:
        raise ValueError("the row was never flushed")
    return row.id
