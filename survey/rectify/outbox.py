"""The quarter's letters as the desk sees them, and how far the quarter has come."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from sqlmodel import Session, col, select

from survey.errors import Forbidden, Missing
from survey.letters.kinds import Reminder
from survey.letters.models import UNISSUED, Letter
from survey.poll.models import Poll
from survey.rectify import ledger, notices
from survey.rectify.ledger import Filters
from survey.rectify.models import Light
from survey.review import cases
from survey.review.models import Measure
from survey.roster.models import Unit
from survey.staff.models import Account, Role


@dataclass(frozen=True)
class Quarter:
    """What is done and what is left between the review of a poll and its conclusion."""

    comments: int
    settled: int
    lights: dict[Light, int]
    open_tasks: int
    waiting_measures: int
    due_reminders: tuple[Measure, ...]
    due_replies: int
    letters: dict[str, int]

    @property
    def finished(self) -> bool:
        """Tell whether nothing stands between the quarter and its conclusion."""
        return self.comments == self.settled and not self.open_tasks and not self.waiting_measures


def quarter(session: Session, poll: Poll, *, today: dt.date) -> Quarter:
    """Return how far the quarter has come on one day."""
    comments, settled = ledger.equation(session, poll)
    issued = [letter.kind for letter in letters(session, poll) if letter.state not in UNISSUED]
    wall = ledger.rows(session, today=today, filters=Filters(round=poll.round))
    return Quarter(
        comments=comments,
        settled=settled,
        lights=ledger.lights(wall),
        open_tasks=len(ledger.open_tasks(session, poll)),
        waiting_measures=sum(m.carried_out_on is None for m, _ in cases.measures(session, poll)),
        due_reminders=tuple(notices.due_reminders(session, poll)),
        due_replies=len(notices.due_replies(session, poll)),
        letters=dict(Counter(issued)),
    )


def letters(session: Session, poll: Poll) -> list[Letter]:
    """Return the letters of a round, numbered ones first."""
    found = session.exec(select(Letter).where(Letter.round == poll.round).order_by(col(Letter.id))).all()
    return sorted(found, key=lambda letter: (letter.kind, letter.serial or 0))


def letters_to(session: Session, unit: Unit) -> list[Letter]:
    """Return the reminders that were issued to a unit, the newest first."""
    measures = session.exec(select(Measure.id).where(Measure.unit_code == unit.code)).all()
    references = [f"measure:{measure_id}" for measure_id in measures]
    query = (
        select(Letter)
        .where(Letter.kind == Reminder.KIND, col(Letter.reference).in_(references))
        .where(col(Letter.state).not_in(UNISSUED))
        .order_by(col(Letter.id).desc())
    )
    return list(session.exec(query).all())


def letter_for(session: Session, letter_id: int, *, by: Account) -> Letter:
    """Return a letter to somebody who may read it: a unit clerk reads the own unit's letters only."""
    letter = session.get(Letter, letter_id)
    if letter is None:
        raise Missing("rectify.no_letter", "没有找到这份文书。")
    if by.role is Role.UNIT_CLERK and letter not in own_letters(session, by=by):
        raise Forbidden("rectify.other_letter", "这份文书不是发给您单位的，您不能查看。")
    return letter


def own_letters(session: Session, *, by: Account) -> list[Letter]:
    """Return the letters to a clerk's own unit."""
    unit = session.get(Unit, by.unit_id) if by.unit_id else None
    return letters_to(session, unit) if unit else []
