"""批否倒查: every refusal is looked at once more by somebody who had no part in it."""

import datetime as dt
import json
from collections.abc import Collection

from sqlmodel import Session, col, func, select

from survey import journal
from survey.clock import CHINA
from survey.errors import Forbidden, Invalid, Missing, Refused
from survey.poll.models import Poll
from survey.review.access import key, only
from survey.review.models import (
    Case,
    CaseState,
    Finding,
    Objection,
    Opinion,
    Recheck,
    RecheckMatter,
)
from survey.review.recusal import keep_out
from survey.staff.models import Account, Role

CHECKERS = (Role.INSPECTOR, Role.REVIEWER, Role.LEADER)
# The words of a declined remark are not shown to a checker, so a second person of the office may check too.
CHECKERS_OF = {RecheckMatter.DECLINED: (*CHECKERS, Role.OFFICE)}


def spawn(
    session: Session,
    *,
    matter: RecheckMatter,
    reference: int,
    poll_id: int,
    unit_code: str,
    title: str,
    refusers: Collection[int],
    on: dt.date,
) -> Recheck:
    """Lay a refusal before somebody else; whoever refuses calls this in the same unit of work."""
    recheck = Recheck(
        poll_id=poll_id,
        matter=matter,
        reference=reference,
        unit_code=unit_code,
        title=title,
        refusers=json.dumps(sorted(set(refusers))),
        opened_on=on,
    )
    session.add(recheck)
    session.flush()
    detail = {"matter": matter, "reference": reference}
    journal.record(session, by="", act="review.recheck", subject=f"复查{recheck.id}", detail=detail)
    return recheck


def check(
    session: Session, recheck: Recheck, *, finding: Finding, text: str, by: Account, at: dt.datetime
) -> Recheck:
    """Confirm a refusal, or send it back: the case or objection behind it is open again."""
    may_check(session, recheck, by=by, on=at.astimezone(CHINA).date())
    if not text.strip():
        raise Invalid("review.no_finding", "请写明复查情况：看了什么、为什么维持或退回。")
    recheck.finding, recheck.text = finding, text.strip()
    recheck.checked_by, recheck.checked_on = key(by.id), at.astimezone(CHINA).date()
    session.add(recheck)
    if finding is Finding.OVERTURNED:
        _send_back(session, recheck)
    session.flush()
    subject, detail = f"复查{recheck.id}", {"finding": finding}
    journal.record(session, by=by.login, act="review.rechecked", subject=subject, detail=detail, at=at)
    return recheck


def may_check(session: Session, recheck: Recheck, *, by: Account, on: dt.date) -> None:
    """Refuse whoever had a part in the refusal, is tied to the unit, or holds no fitting role."""
    only(by, *CHECKERS_OF.get(recheck.matter, CHECKERS), act="批否倒查")
    if recheck.finding is not None:
        raise Refused("review.rechecked", f"该项已于{recheck.checked_on}复查，结论为「{recheck.finding}」。")
    if by.id in refusers(recheck):
        raise Forbidden("review.own_refusal", "不能复查自己参与的否定意见，请由其他人复查。")
    keep_out(session, by=by, unit_code=recheck.unit_code, on=on)


def refusers(recheck: Recheck) -> set[int]:
    """Return the ids of the accounts that refused."""
    return set(json.loads(recheck.refusers))


def _send_back(session: Session, recheck: Recheck) -> None:
    if recheck.matter is RecheckMatter.EXCLUSION:
        case = session.get_one(Case, recheck.reference)
        last = session.exec(select(func.max(Opinion.id)).where(Opinion.case_id == case.id)).one()
        case.state, case.closed_by, case.closed_reason = CaseState.OPEN, None, ""
        case.votes_after = last or 0
        session.add(case)
    if recheck.matter is RecheckMatter.OBJECTION:
        objection = session.get_one(Objection, recheck.reference)
        objection.ruling, objection.decided_by, objection.decided_on, objection.reason = None, None, None, ""
        objection.examined_by, objection.examined_on, objection.examination = None, None, ""
        objection.reopened_on = recheck.checked_on
        session.add(objection)


def earlier_refusers(session: Session, *, matter: RecheckMatter, reference: int) -> set[int]:
    """Return everybody who refused the same thing before."""
    query = select(Recheck).where(Recheck.matter == matter, Recheck.reference == reference)
    return {account for recheck in session.exec(query) for account in refusers(recheck)}


def overturned(session: Session, matter: RecheckMatter) -> set[int]:
    """Return what was refused and sent back, by reference; such a refusal no longer counts."""
    query = select(Recheck.reference).where(Recheck.matter == matter, Recheck.finding == Finding.OVERTURNED)
    return set(session.exec(query).all())


def rechecks(session: Session, *, poll: Poll | None = None) -> list[Recheck]:
    """Return the second checks, those still open first, oldest first."""
    query = select(Recheck)
    if poll is not None:
        query = query.where(Recheck.poll_id == poll.id)
    found = session.exec(query.order_by(col(Recheck.id))).all()
    return sorted(found, key=lambda recheck: recheck.finding is not None)


def open_rechecks(session: Session, poll: Poll, *matters: RecheckMatter) -> list[Recheck]:
    """Return the poll's second checks that wait, of the given matters or of all."""
    wanted = matters or tuple(RecheckMatter)
    found = rechecks(session, poll=poll)
    return [recheck for recheck in found if recheck.finding is None and recheck.matter in wanted]


def require_done(session: Session, poll: Poll, *matters: RecheckMatter) -> None:
    """Refuse to end a stage while one of its refusals was not looked at a second time."""
    if left := open_rechecks(session, poll, *matters):
        titles = "、".join(recheck.title for recheck in left[:3])
        raise Refused("review.unchecked", f"还有{len(left)}项否定意见未经他人复查（批否倒查）：{titles}。")


def get(session: Session, recheck_id: int) -> Recheck:
    """Return the second check, or refuse when there is none."""
    if recheck := session.get(Recheck, recheck_id):
        return recheck
    raise Missing("review.no_recheck", "没有找到这项复查，请返回列表重新选择。")
