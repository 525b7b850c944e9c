"""The own line before the freeze: confirmed, or asked to be put right; the office accepts by one click."""

import datetime as dt

from sqlmodel import Session, col, select

from survey import journal
from survey.errors import Forbidden, Invalid, Missing, Refused
from survey.poll import queries as polls
from survey.poll.models import Stage
from survey.review.access import key, only
from survey.rights.models import LineState, LineWord
from survey.roster import queries as roster
from survey.roster.models import Official
from survey.staff.models import Account, Role

BEFORE_FREEZE = (Stage.DRAFT, Stage.APPROVED)
LONGEST = 240


def open_now(session: Session) -> bool:
    """Tell whether lines may be put right now: no poll stands between freeze and count."""
    newest = polls.newest(session)
    return newest is None or newest.stage not in (Stage.FROZEN, Stage.OPEN, Stage.CLOSED, Stage.OPENED)


def own(session: Session, *, by: Account) -> Official:
    """Return the official behind the account."""
    if by.role is not Role.OFFICIAL or not by.badge or not by.active:
        raise Forbidden("rights.official_only", "只有本人可以办理。")
    return roster.official(session, by.badge)


def confirm(session: Session, *, by: Account, today: dt.date) -> LineWord:
    """Say that the own line is right."""
    person = own(session, by=by)
    _may_speak(session)
    return _keep(session, LineWord(badge=person.badge, said_on=today, state=LineState.CONFIRMED), by=by)


def ask(session: Session, *, name: str, post: str, duties: str, by: Account, today: dt.date) -> LineWord:
    """Say how the own line should read; the office decides before the freeze."""
    person = own(session, by=by)
    _may_speak(session)
    given = {"姓名": name.strip(), "职务": post.strip(), "负责事项": duties.strip()}
    for what, text in given.items():
        if not text or len(text) > LONGEST:
            raise Invalid("rights.line", f"{what}不能为空，最多{LONGEST}个字，请改正。")
    if _reads(session, person) == tuple(given.values()):
        raise Invalid("rights.same_line", "填写的内容与现在的相同；没有错误请点「确认无误」。")
    word = LineWord(
        badge=person.badge,
        said_on=today,
        state=LineState.WAITING,
        name=given["姓名"],
        post=given["职务"],
        duties=given["负责事项"],
    )
    return _keep(session, word, by=by)


def _reads(session: Session, person: Official) -> tuple[str, str, str]:
    held = next((post for post in roster.history(session, person) if post.tenure.until is None), None)
    if held is None:
        raise Refused("rights.left", "您目前不在测评名册上，没有可更正的信息。")
    return person.name, held.tenure.post, held.tenure.duties


def _may_speak(session: Session) -> None:
    if not open_now(session):
        raise Refused("rights.frozen", "票面已冻结，本季不能再更正；计票以后可以为下一季更正。")


def _keep(session: Session, word: LineWord, *, by: Account) -> LineWord:
    for old in session.exec(
        select(LineWord).where(LineWord.badge == word.badge, LineWord.state == LineState.WAITING)
    ):
        session.delete(old)
    session.add(word)
    session.flush()
    detail = {"state": word.state, "post": word.post, "duties": word.duties}
    journal.record(session, by=by.login, act="rights.line", subject=word.badge, detail=detail)
    return word


def refuse(session: Session, word: LineWord, *, reason: str, by: Account, today: dt.date) -> LineWord:
    """Leave the line as it stands and say why."""
    answerable(session, word, by)
    if not reason.strip():
        raise Invalid("rights.no_reason", "不予更正须写明理由，本人可以看到。")
    return answer(session, word, LineState.REFUSED, reason.strip(), by=by, today=today)


def answerable(session: Session, word: LineWord, by: Account) -> None:
    """Refuse an answer by anybody but the office, a second one, or one after the freeze."""
    only(by, Role.OFFICE, act="办理更正申请")
    if word.state is not LineState.WAITING:
        raise Refused("rights.answered", f"该申请已办理：{word.state}。")
    _may_speak(session)


def answer(
    session: Session, word: LineWord, state: LineState, text: str, *, by: Account, today: dt.date
) -> LineWord:
    """Keep the office's answer."""
    word.state, word.answer, word.answered_by, word.answered_on = state, text, key(by.id), today
    session.add(word)
    session.flush()
    detail = {"state": state, "answer": text}
    journal.record(session, by=by.login, act="rights.answer", subject=word.badge, detail=detail)
    return word


def newest(session: Session, badge: str) -> LineWord | None:
    """Return what an official last said of the own line."""
    query = select(LineWord).where(LineWord.badge == badge).order_by(col(LineWord.id).desc())
    return session.exec(query).first()


def waiting(session: Session) -> list[LineWord]:
    """Return the wordings that the office has not answered, the oldest first."""
    query = select(LineWord).where(LineWord.state == LineState.WAITING).order_by(col(LineWord.id))
    return list(session.exec(query).all())


def get(session: Session, word_id: int) -> LineWord:
    """Return the wording, or refuse when there is none."""
    if word := session.get(LineWord, word_id):
        return word
    raise Missing("rights.no_word", "没有找到这份更正申请，请返回列表重新选择。")
