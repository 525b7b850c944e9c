"""What a reply tells of the ledger: done, not yet, cannot; with units, never with a person or a firm.

A reply covers the matters of its own round, and those of earlier rounds that were still open when that
round's reply went out: no matter that was named falls silent.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from survey.config import Config
from survey.letters.kinds import Cannot, Done, Pending, Reply
from survey.letters.models import UNISSUED, Letter, LetterState
from survey.poll.models import Poll, Stage
from survey.rectify.ledger import Row, outcomes, rows, thread
from survey.rectify.models import OutcomeKind, StepKind
from survey.review.comments import comments
from survey.review.models import Comment, Theme
from survey.roster.models import Enterprise, Official, Unit

TAKEN_UP = (OutcomeKind.ADOPTED, OutcomeKind.PARTLY)
FEWEST_SIGNS = 2


@dataclass(frozen=True)
class Names:
    """The names that no reply prints, longest first, with what stands for them."""

    firms: tuple[str, ...]
    persons: tuple[str, ...]

    def hide(self, text: str) -> str:
        """Return the text as one clause without the name of any official or enterprise."""
        for names, stand_in in ((self.firms, "有关企业"), (self.persons, "有关人员")):
            for name in names:
                text = text.replace(name, stand_in)
        return text.strip().rstrip("。；，")


def names(session: Session) -> Names:
    """Return all names on the rosters, of today and earlier."""
    firms = session.exec(select(Enterprise.name)).all()
    persons = session.exec(select(Official.name)).all()
    return Names(_longest_first(firms), _longest_first(persons))


def _longest_first(found: Iterable[str]) -> tuple[str, ...]:
    kept = {name for name in found if len(name) >= FEWEST_SIGNS}
    return tuple(sorted(kept, key=lambda name: (-len(name), name)))


def collect(
    session: Session, poll: Poll, *, config: Config, dated: dt.date
) -> tuple[tuple[Done, ...], tuple[Pending, ...], tuple[Cannot, ...]]:
    """Return what is done, what is not yet and what cannot be, as of the letter's date."""
    hidden = names(session)
    told = [row for row in rows(session, today=dated) if _tells(session, row, poll)]
    closed = [row for row in told if row.task.verified_on]
    done = [_done(session, row, hidden) for row in closed]
    pending = [
        Pending(
            theme=_theme(row.task.theme),
            unit=row.unit.name,
            matter=hidden.hide(row.task.title),
            by=row.task.deadline,
            days_late=row.task.days_late(dated) if row.task.done_on is None else 0,
        )
        for row in told
        if not row.task.verified_on
    ]
    taken_up, cannot = _settled(session, poll, hidden, config=config, dated=dated)
    return (*done, *taken_up), tuple(pending), cannot


def _tells(session: Session, row: Row, poll: Poll) -> bool:
    """Tell whether the round's reply covers a task (see the module)."""
    if row.task.poll_id == poll.id:
        return True
    earlier = session.get(Poll, row.task.poll_id) if row.task.poll_id else None
    if earlier is None or earlier.round >= poll.round or earlier.stage is Stage.VOID:
        return False
    last = _last_reply(session, earlier)
    return last is None or row.task.verified_on is None or row.task.verified_on > last


def _last_reply(session: Session, poll: Poll) -> dt.date | None:
    query = (
        select(Letter)
        .where(Letter.kind == Reply.KIND, Letter.round == poll.round)
        .where(col(Letter.state).not_in([*UNISSUED, LetterState.WITHDRAWN]))
        .order_by(col(Letter.dated).desc())
    )
    last = session.exec(query).first()
    return last.dated if last else None


def _done(session: Session, row: Row, hidden: Names) -> Done:
    finding = next(
        entry.step.text
        for entry in reversed(thread(session, row.task))
        if entry.step.kind is StepKind.VERIFIED
    )
    return Done(
        theme=_theme(row.task.theme),
        unit=row.unit.name,
        result=f"{hidden.hide(row.task.title)}，{hidden.hide(finding)}",
        on=row.task.done_on or row.task.opened_on,
    )


def _settled(
    session: Session, poll: Poll, hidden: Names, *, config: Config, dated: dt.date
) -> tuple[tuple[Done, ...], tuple[Cannot, ...]]:
    """Return the remarks that were taken up without a task, and those that were declined with the ground."""
    taken_up, cannot = [], []
    ways = outcomes(session, poll)
    units = {unit.code: unit.name for unit in session.exec(select(Unit)).all()}
    for comment in comments(session, poll):
        matter = hidden.hide(comment.paraphrase)
        for outcome in ways.get(comment.id or 0, []):
            ground = hidden.hide(outcome.reason)
            if outcome.kind in TAKEN_UP:
                unit = units.get(comment.unit_code, config.office)
                result = f"{matter}，{outcome.kind.value}：{ground}"
                done = Done(theme=_heading(comment), unit=unit, result=result, on=outcome.on or dated)
                taken_up.append(done)
            if outcome.kind is OutcomeKind.DECLINED:
                cannot.append(Cannot(theme=_heading(comment), matter=matter, ground=ground))
    return tuple(taken_up), tuple(cannot)


def _heading(comment: Comment) -> str:
    return (comment.theme or Theme.OTHER).chinese


def _theme(text: str) -> str:
    return Theme(text).chinese if text in {theme.value for theme in Theme} else text or Theme.OTHER.chinese
