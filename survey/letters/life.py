"""A letter's life: drafted, approved by somebody else, issued, sent, received, answered; or withdrawn."""

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from sqlmodel import Session, col, select

from survey import journal
from survey.config import Config
from survey.errors import Forbidden, Invalid, Refused
from survey.letters import register
from survey.letters.models import UNISSUED, Letter, LetterState

MOVES = {
    LetterState.DRAFT: {LetterState.APPROVED},
    LetterState.APPROVED: {LetterState.ISSUED, LetterState.DRAFT},
    LetterState.ISSUED: {LetterState.SENT, LetterState.WITHDRAWN},
    LetterState.SENT: {LetterState.RECEIVED, LetterState.WITHDRAWN},
    LetterState.RECEIVED: {LetterState.REPLIED, LetterState.WITHDRAWN},
    LetterState.REPLIED: {LetterState.WITHDRAWN},
    LetterState.WITHDRAWN: set(),
}


class Actor(Protocol):
    """Whoever acts at the desk, known by login; the accounts themselves belong to a later stage."""

    login: str


def allow(letter: Letter, state: LetterState) -> None:
    """Refuse a step that does not follow from where the letter stands."""
    if state not in MOVES[letter.state]:
        raise Refused(
            "letters.state",
            f"这份{letter.kind}的状态是“{letter.state.chinese}”，不能改为“{state.chinese}”。",
        )


def approve(session: Session, letter: Letter, *, by: Actor) -> Letter:
    """Approve a draft (签发); whoever drafted it cannot."""
    allow(letter, LetterState.APPROVED)
    if by.login == letter.drafted_by:
        raise Forbidden("letters.own_draft", "拟稿人不能签发自己拟的文书，请由他人签发。")
    letter.approved_by, letter.state = by.login, LetterState.APPROVED
    return _kept(session, letter, "letters.approve", by)


def send_back(session: Session, letter: Letter, *, by: Actor) -> Letter:
    """Make an approved letter a draft again; it needs a new approval."""
    allow(letter, LetterState.DRAFT)
    letter.approved_by, letter.state = "", LetterState.DRAFT
    return _kept(session, letter, "letters.send_back", by)


def discard(session: Session, letter: Letter, *, by: Actor) -> None:
    """Throw a letter away that was never issued; it had no number."""
    if letter.state not in UNISSUED:
        raise Refused("letters.issued", f"这份{letter.kind}已印发，只能撤回，不能丢弃。")
    journal.record(session, by=by.login, act="letters.discard", subject=letter.code, detail=about(letter))
    session.delete(letter)
    session.flush()


def move(session: Session, letter: Letter, *, state: LetterState, config: Config, by: Actor) -> Letter:
    """Record that a letter was sent, received, answered or withdrawn; its number stays taken."""
    allow(letter, state)
    if state in UNISSUED:
        raise Refused("letters.state", f"这份{letter.kind}不能这样改回“{state.chinese}”。")
    letter.state = state
    _kept(session, letter, f"letters.{state.value}", by)
    register.post(session, letter.round, config=config)
    return letter


def receive(
    session: Session, letter: Letter, *, on: dt.date, signed_by: str, config: Config, by: Actor
) -> Letter:
    """Record the 送达回证 that came back: who signed for the letter, and on which day."""
    if not signed_by.strip():
        raise Invalid("letters.receiver", "请填写回证上的收件人姓名。")
    if on < letter.dated:
        raise Invalid("letters.received_early", f"收到日期早于成文日期{letter.dated}，请核对回证。")
    letter.received_on, letter.received_by = on, signed_by.strip()
    return move(session, letter, state=LetterState.RECEIVED, config=config, by=by)


def issued(session: Session, round_: str) -> Sequence[Letter]:
    """Return the round's letters that went out and stand, in the order in which they were drafted."""
    gone = (*UNISSUED, LetterState.WITHDRAWN)
    query = select(Letter).where(Letter.round == round_, col(Letter.state).not_in(gone))
    return session.exec(query.order_by(col(Letter.id))).all()


def waiting(session: Session, round_: str, state: LetterState) -> Sequence[Letter]:
    """Return the round's letters that stand in one state, in the order in which they were drafted."""
    query = select(Letter).where(Letter.round == round_, Letter.state == state)
    return session.exec(query.order_by(col(Letter.id))).all()


def _kept(session: Session, letter: Letter, act: str, by: Actor) -> Letter:
    session.add(letter)
    session.flush()
    journal.record(session, by=by.login, act=act, subject=letter.code, detail=about(letter))
    return letter


def about(letter: Letter) -> dict[str, object]:
    """Return what the journal keeps of a letter at each step."""
    return {
        "kind": letter.kind,
        "number": letter.number,
        "addressee": letter.addressee,
        "dated": letter.dated.isoformat(),
        "sha256": letter.sha256,
    }
