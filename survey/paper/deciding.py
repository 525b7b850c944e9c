"""Deciding doubts: two people each on their own, then a third before a witness; a row a second by keyboard.

What is shown is three cells and a row number, never a unit or a name.
"""

from dataclasses import dataclass

from sqlalchemy import ScalarResult
from sqlmodel import Session, col, func, select

from survey.errors import Forbidden, Missing, Refused
from survey.paper import chain, prints, taking
from survey.paper.models import (
    BatchState,
    Choice,
    DoubtKind,
    PaperDecision,
    PaperDoubt,
    PaperPicture,
    PaperSide,
)
from survey.poll.models import Poll
from survey.poll.stages import stored_id
from survey.staff.models import Account, Role

ALONE = 2
MACHINE = {"A": Choice.GOOD, "B": Choice.FAIR, "C": Choice.POOR, "": Choice.BLANK}


@dataclass(frozen=True)
class Task:
    """What one person is asked: the doubt, where it stands on its page, and whether it is a third's."""

    doubt: int
    page: int
    row: int
    pictured: bool
    third: bool


@dataclass(frozen=True)
class Progress:
    """How far the doubts are: all, settled, waiting for a third person."""

    total: int
    settled: int
    thirds: int


def doubts(session: Session, poll: Poll) -> ScalarResult[PaperDoubt]:
    """Return every doubt of a poll, by reason, then by random id."""
    return session.exec(
        select(PaperDoubt)
        .where(PaperDoubt.poll_id == poll.id)
        .order_by(PaperDoubt.reason, col(PaperDoubt.id))
    )


def next_task(session: Session, poll: Poll, *, by: Account) -> Task | None:
    """Return the next row that still needs a person and that `by` has not decided, by reason."""
    taking.require_batch(session, poll, BatchState.DECIDING)
    mine = select(PaperDecision.doubt_id).where(PaperDecision.account_id == by.id)
    doubt = session.exec(
        select(PaperDoubt)
        .where(
            PaperDoubt.poll_id == poll.id,
            col(PaperDoubt.outcome).is_(None),
            col(PaperDoubt.id).not_in(mine),
        )
        .order_by(PaperDoubt.reason, col(PaperDoubt.id))
        .limit(1)
    ).first()
    return _task(session, doubt) if doubt else None


def _task(session: Session, doubt: PaperDoubt) -> Task:
    side = session.get_one(PaperSide, doubt.side_id)
    return Task(
        doubt=doubt.id,
        page=side.page,
        row=doubt.row + 1,
        pictured=session.get(PaperPicture, (doubt.side_id, doubt.row)) is not None,
        third=len(decisions(session, doubt)) == ALONE,
    )


def task_of(session: Session, poll: Poll, doubt_id: int) -> Task:
    """Return one named doubt as a task."""
    return _task(session, get(session, poll, doubt_id))


def get(session: Session, poll: Poll, doubt_id: int) -> PaperDoubt:
    """Return one doubt of a poll."""
    doubt = session.get(PaperDoubt, doubt_id)
    if doubt is None or doubt.poll_id != poll.id:
        raise Missing("paper.no_doubt", "没有这条待认定的记录，请返回重新进入。")
    return doubt


def decisions(session: Session, doubt: PaperDoubt) -> list[PaperDecision]:
    """Return the decisions on a doubt in their order."""
    return list(
        session.exec(
            select(PaperDecision).where(PaperDecision.doubt_id == doubt.id).order_by(col(PaperDecision.place))
        )
    )


def decide(
    session: Session,
    poll: Poll,
    doubt_id: int,
    *,
    choice: Choice,
    by: Account,
    witness: Account | None = None,
) -> PaperDoubt:
    """Take one person's decision; equal ones of the first two settle a row, else the third's does."""
    prints.require_hand(by)
    taking.require_batch(session, poll, BatchState.DECIDING)
    doubt = get(session, poll, doubt_id)
    earlier = decisions(session, doubt)
    _refuse_unfit(doubt, earlier, by, witness)
    place = len(earlier) + 1
    named = stored_id(witness) if witness and place > ALONE else None
    session.add(
        PaperDecision(
            doubt_id=doubt.id, place=place, account_id=stored_id(by), choice=choice, witness_id=named
        )
    )  # fmt: skip
    if place > ALONE or (earlier and earlier[0].choice is choice):
        doubt.outcome = choice
        session.add(doubt)
    session.flush()
    side = session.get_one(PaperSide, doubt.side_id)
    link = {"image": side.sha256, "page": side.page, "row": doubt.row, "place": place, "choice": choice.value}
    chain.append(
        session, poll, {**link, "by": by.login, "witness": witness.login if named and witness else ""}
    )
    return doubt


def _refuse_unfit(
    doubt: PaperDoubt, earlier: list[PaperDecision], by: Account, witness: Account | None
) -> None:
    if doubt.outcome is not None:
        raise Refused("paper.settled", "这一行已经认定，请继续下一行。")
    if any(decision.account_id == by.id for decision in earlier):
        raise Forbidden("paper.decided_twice", "这一行您已经认定过，须由另一人独立认定。")
    if len(earlier) < ALONE:
        return
    if witness is None or witness.id == by.id or witness.role not in prints.HANDS:
        raise Refused("paper.no_witness", "两人认定不一致，第三人认定时须有另一人在场见证，请选择见证人。")


def progress(session: Session, poll: Poll) -> Progress:
    """Return how far the doubts are."""
    mine = PaperDoubt.poll_id == poll.id
    total = session.exec(select(func.count()).select_from(PaperDoubt).where(mine)).one()
    open_ = session.exec(select(PaperDoubt.id).where(mine, col(PaperDoubt.outcome).is_(None))).all()
    twice = session.exec(
        select(PaperDecision.doubt_id).where(
            PaperDecision.place == ALONE, col(PaperDecision.doubt_id).in_(open_)
        )
    ).all()
    return Progress(total, total - len(open_), len(twice))


def picture(session: Session, poll: Poll, side_id: int, row: int) -> bytes:
    """Return the option cells of one row as JPEG."""
    side, kept = session.get(PaperSide, side_id), session.get(PaperPicture, (side_id, row))
    if side is None or side.poll_id != poll.id or kept is None:
        raise Missing("paper.no_picture", "这一行没有图片，请按纸质票认定。")
    return kept.jpeg


def wrong_controls(session: Session, poll: Poll) -> tuple[int, int]:
    """Return how many hidden controls were decided, and on how many people saw otherwise than the reader."""
    settled = [
        each for each in doubts(session, poll) if each.kind is DoubtKind.CONTROL and each.outcome is not None
    ]  # fmt: skip
    return len(settled), sum(each.outcome is not MACHINE[each.machine] for each in settled)


def witnesses(session: Session, *, by: Account) -> list[Account]:
    """Return who may witness a third person's decision."""
    people = session.exec(select(Account).where(col(Account.active), Account.id != by.id))
    return [account for account in people if account.role in (Role.OFFICE, Role.INSPECTOR)]
