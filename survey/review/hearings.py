"""Stating the case before any step: who was told when, what was said, and what silence means.

Silence is never consent (domain.md 3): after the last day the record says that nothing was stated.
"""

import datetime as dt

from sqlmodel import Session, select

from survey import journal
from survey.errors import Invalid, Refused
from survey.poll.models import Poll
from survey.review.access import concerned, key, only
from survey.review.models import Case, CaseState, Hearing, HearingWay
from survey.staff.models import Account, Role


def of(session: Session, case: Case) -> Hearing | None:
    """Return the case's hearing, if the person or unit was told."""
    return session.get(Hearing, case.id)


def waiting(session: Session, poll: Poll) -> list[Case]:
    """Return the upheld cases whose person or unit was not told yet."""
    query = select(Case).where(Case.poll_id == poll.id, Case.state == CaseState.UPHELD, Case.kind != "reward")
    return [case for case in session.exec(query) if of(session, case) is None]


def invite(session: Session, case: Case, *, by: Account, today: dt.date) -> Hearing:
    """Tell the person or unit what is proposed and until when the case may be stated."""
    only(by, Role.OFFICE, act="告知陈述权利")
    if case.praises:
        raise Refused("review.praise_unheard", "通报表扬不需要陈述申辩。")
    if case.state is not CaseState.UPHELD:
        raise Refused("review.not_upheld", "审查小组还没有认定该事项成立，不能告知陈述。")
    if known := of(session, case):
        raise Refused("review.invited", f"已于{known.notified_on}告知，陈述至{known.due}。")
    hearing = Hearing(case_id=key(case.id), notified_on=today, notified_by=key(by.id))
    session.add(hearing)
    session.flush()
    detail = {"due": hearing.due}
    journal.record(session, by=by.login, act="review.invite", subject=f"审查事项{case.id}", detail=detail)
    return hearing


def invite_all(session: Session, poll: Poll, *, by: Account, today: dt.date) -> list[Hearing]:
    """Tell every person and unit of the upheld cases that were not told yet."""
    return [invite(session, case, by=by, today=today) for case in waiting(session, poll)]


def state_case(
    session: Session, case: Case, *, way: HearingWay, statement: str, by: Account, today: dt.date
) -> Hearing:
    """Take a statement from whoever the case is about, or from the office that heard it."""
    if by.role is Role.OFFICE:
        only(by, Role.OFFICE, act="登记陈述")
    else:
        concerned(session, case, by=by)
    hearing = of(session, case)
    if hearing is None:
        raise Refused("review.not_invited", "还没有告知陈述权利，请先由我来办办公室告知。")
    if case.state is not CaseState.UPHELD or hearing.stated_on is not None:
        raise Refused("review.stated", "陈述已经登记或该事项已有结论，不能再改；有新情况请提出异议。")
    if way is not HearingWay.WAIVED and not statement.strip():
        raise Invalid("review.no_statement", "请写明陈述内容；不作陈述的，请选「本人表示不作陈述」。")
    hearing.way, hearing.statement = way, statement.strip()
    hearing.stated_on, hearing.entered_by = today, key(by.id)
    session.add(hearing)
    session.flush()
    detail = {"way": way}
    journal.record(session, by=by.login, act="review.state", subject=f"审查事项{case.id}", detail=detail)
    return hearing


def settled(session: Session, case: Case, *, on: dt.date) -> bool:
    """Tell whether nothing of the hearing stands between the case and its decision."""
    hearing = of(session, case)
    return case.praises or (hearing is not None and hearing.settled(on))


def heard(session: Session, case: Case, *, on: dt.date) -> str:
    """Return what the record of a measure says of the hearing; refuse while the days for it run."""
    if case.praises:
        return ""
    hearing = of(session, case)
    if hearing is None:
        raise Refused("review.unheard", "作决定前须先告知本人（单位）并听取陈述，请先由我来办办公室告知。")
    if not hearing.settled(on):
        raise Refused("review.hearing_runs", f"陈述期到{hearing.due}届满，此前须等本人（单位）陈述。")
    return hearing.words(on)
