"""异议: within five working days of delivery, decided within ten by people who had no part, never made worse.

While an objection is open nothing further happens to whoever objected, except by a named leader with a
reason. One person examines, another decides; both stand outside the review group (domain.md 5.3).
"""

import datetime as dt

from sqlmodel import Session, col, select

from survey import journal
from survey.clock import CHINA, add_working_days
from survey.errors import Forbidden, Invalid, Missing, Refused
from survey.poll.models import Poll
from survey.review import rechecks
from survey.review.access import concerned, key, only
from survey.review.ladders import LADDERS
from survey.review.models import (
    Case,
    CaseState,
    Measure,
    MeasureKind,
    Objection,
    Opinion,
    RecheckMatter,
    Ruling,
)
from survey.review.models.safeguards import OBJECTION_DAYS
from survey.review.recusal import keep_out
from survey.staff.models import Account, Role

EXAMINERS = (Role.INSPECTOR, Role.LEADER)


def last_day(measure: Measure) -> dt.date | None:
    """Return until when the measure may be objected to, or None before it is delivered."""
    return add_working_days(measure.delivered_on, OBJECTION_DAYS) if measure.delivered_on else None


def of(session: Session, measure: Measure) -> Objection | None:
    """Return the objection to a measure, if there is one."""
    return session.exec(select(Objection).where(Objection.measure_id == measure.id)).first()


def may_file(session: Session, measure: Measure, *, today: dt.date) -> None:
    """Refuse an objection to praise, before delivery, after the fifth working day, or a second one."""
    if measure.kind is MeasureKind.COMMENDATION:
        raise Refused("review.objection_praise", "对通报表扬不适用异议程序。")
    until = last_day(measure)
    if until is None:
        raise Refused("review.undelivered", "该措施还没有送达，送达以后才开始计算异议期限。")
    if of(session, measure):
        raise Refused("review.objected", "对该措施已经提出过异议，不能重复提出。")
    if today > until:
        raise Refused(
            "review.objection_late",
            f"异议须在送达后{OBJECTION_DAYS}个工作日内书面提出，期限已于{until}届满，不再受理。",
        )


def file(
    session: Session, measure: Measure, *, text: str, signed_name: str, by: Account, today: dt.date
) -> Objection:
    """Take an objection from whoever the measure is about, or a paper one through the office."""
    case = session.get_one(Case, measure.case_id)
    if by.role is Role.OFFICE:
        only(by, Role.OFFICE, act="登记书面异议")
    else:
        concerned(session, case, by=by)
    may_file(session, measure, today=today)
    missing = [name for name, value in (("异议理由", text), ("署名", signed_name)) if not value.strip()]
    if missing:
        raise Invalid("review.objection_incomplete", f"异议须书面并署名，请填写：{'、'.join(missing)}。")
    objection = Objection(
        measure_id=key(measure.id),
        text=text.strip(),
        signed_name=signed_name.strip(),
        filed_on=today,
        filed_by=key(by.id),
    )
    session.add(objection)
    session.flush()
    _note(session, objection, "review.object", {"due": objection.due}, by=by)
    return objection


def involved(session: Session, objection: Objection) -> set[int]:
    """Return everybody who sat on the case, decided the measure, or refused this objection before."""
    measure = session.get_one(Measure, objection.measure_id)
    authors = session.exec(select(Opinion.account_id).where(Opinion.case_id == measure.case_id)).all()
    before = rechecks.earlier_refusers(session, matter=RecheckMatter.OBJECTION, reference=key(objection.id))
    return {*authors, measure.decided_by, objection.filed_by} | before


def may_rule(session: Session, objection: Objection, *, by: Account, on: dt.date) -> None:
    """Refuse whoever had a part in what is objected to, or is tied to the unit."""
    if not objection.open:
        raise Refused("review.objection_decided", f"该异议已于{objection.decided_on}决定，不能再改。")
    if by.id in involved(session, objection):
        raise Forbidden(
            "review.objection_involved", "您参与过该事项的研判或决定，异议须由没有参与的人员复核。"
        )
    unit_code = session.get_one(Measure, objection.measure_id).unit_code
    keep_out(session, by=by, unit_code=unit_code, on=on)


def examine(session: Session, objection: Objection, *, text: str, by: Account, today: dt.date) -> Objection:
    """Write down what the examination of the objection found."""
    only(by, *EXAMINERS, act="核查异议")
    may_rule(session, objection, by=by, on=today)
    if not text.strip():
        raise Invalid("review.no_examination", "请写明核查情况：调阅了什么、听取了谁、查明了什么。")
    objection.examined_by, objection.examined_on = key(by.id), today
    objection.examination = text.strip()
    session.add(objection)
    session.flush()
    _note(session, objection, "review.examine", {}, by=by)
    return objection


def rule(
    session: Session,
    objection: Objection,
    *,
    ruling: Ruling,
    reason: str,
    by: Account,
    at: dt.datetime,
    kind: MeasureKind | None = None,
) -> Objection:
    """Decide an objection: revoke the measure, make it milder, or let it stand; never make it worse."""
    only(by, Role.LEADER, act="决定异议")
    today = at.astimezone(CHINA).date()
    may_rule(session, objection, by=by, on=today)
    _ready(objection, reason, by)
    measure = session.get_one(Measure, objection.measure_id)
    if ruling is Ruling.REDUCED:
        _make_milder(session, measure, kind)
    if ruling is Ruling.REVOKED:
        _revoke(session, measure, today, by)
    objection.ruling, objection.reason = ruling, reason.strip()
    objection.decided_by, objection.decided_on = key(by.id), today
    session.add(objection)
    session.flush()
    _note(session, objection, "review.rule", {"ruling": ruling, "measure": measure.kind}, by=by, at=at)
    if ruling is Ruling.REFUSED:
        _second_look(session, objection, measure, today)
    return objection


def _ready(objection: Objection, reason: str, by: Account) -> None:
    if objection.examined_by is None:
        raise Refused("review.unexamined", "该异议还没有核查，请先由纪委监委或其他县领导核查。")
    if objection.examined_by == by.id:
        raise Forbidden("review.two_people", "核查和决定须由两人办理，您已核查，请由其他县领导决定。")
    if not reason.strip():
        raise Invalid("review.no_ruling_reason", "请写明复核决定的理由。")


def milder(measure: Measure) -> tuple[MeasureKind, ...]:
    """Return the measures of the same ladder that are milder."""
    ladder = next(steps for steps in LADDERS.values() if measure.kind in steps)
    return ladder[: ladder.index(measure.kind)]


def _make_milder(session: Session, measure: Measure, kind: MeasureKind | None) -> None:
    if kind is None or kind not in milder(measure):
        raise Refused("review.never_worse", "复核只能改为同一阶梯中更轻的措施，不能加重，请重新选择。")
    measure.kind = kind
    session.add(measure)


def _revoke(session: Session, measure: Measure, today: dt.date, by: Account) -> None:
    case = session.get_one(Case, measure.case_id)
    measure.revoked_on = today
    case.state, case.closed_by, case.closed_reason = CaseState.WAIVED, by.id, "异议成立，撤销原措施"
    session.add_all([measure, case])


def _second_look(session: Session, objection: Objection, measure: Measure, today: dt.date) -> None:
    case = session.get_one(Case, measure.case_id)
    rechecks.spawn(
        session,
        matter=RecheckMatter.OBJECTION,
        reference=key(objection.id),
        poll_id=measure.poll_id,
        unit_code=measure.unit_code,
        title=f"{case.subject_name}对「{measure.kind}」的异议",
        refusers={objection.examined_by or 0, objection.decided_by or 0} | involved(session, objection),
        on=today,
    )


def lift(session: Session, objection: Objection, *, reason: str, by: Account) -> Objection:
    """Let steps go on while an objection is open; a named leader gives the reason for it."""
    only(by, Role.LEADER, act="决定异议期间继续办理")
    if not by.name.strip() or not reason.strip():
        raise Invalid("review.no_lift_reason", "异议期间继续办理，须由实名县领导写明理由。")
    if not objection.open:
        raise Refused("review.objection_decided", "该异议已有决定，不需要再批准继续办理。")
    objection.lifted_by, objection.lifted_reason = key(by.id), reason.strip()
    session.add(objection)
    session.flush()
    _note(session, objection, "review.lift", {"reason": objection.lifted_reason}, by=by)
    return objection


def holds(session: Session) -> set[str]:
    """Return the subjects (badges, unit codes) for whom nothing may happen now."""
    query = (
        select(Measure.subject)
        .join(Objection, col(Objection.measure_id) == col(Measure.id))
        .where(col(Objection.ruling).is_(None), col(Objection.lifted_by).is_(None))
    )
    return set(session.exec(query).all())


def require_none(session: Session, subject: str) -> None:
    """Refuse a step against somebody whose objection is open."""
    if subject in holds(session):
        raise Refused(
            "review.objection_open",
            "当事人的异议正在复核，期间不得采取下一步；确需继续的，由实名县领导在异议页面写明理由批准。",
        )


def objections(session: Session, *, poll: Poll | None = None) -> list[tuple[Objection, Measure, Case]]:
    """Return the objections with measure and case, the open ones first, by their last day."""
    query = (
        select(Objection, Measure, Case)
        .join(Measure, col(Measure.id) == col(Objection.measure_id))
        .join(Case, col(Case.id) == col(Measure.case_id))
    )
    if poll is not None:
        query = query.where(Measure.poll_id == poll.id)
    rows = [(objection, measure, case) for objection, measure, case in session.exec(query).all()]
    return sorted(rows, key=lambda row: (not row[0].open, row[0].due, row[0].id or 0))


def get(session: Session, objection_id: int) -> Objection:
    """Return the objection, or refuse when there is none."""
    if objection := session.get(Objection, objection_id):
        return objection
    raise Missing("review.no_objection", "没有找到这份异议，请返回列表重新选择。")


def _note(
    session: Session,
    objection: Objection,
    act: str,
    detail: dict[str, object],
    *,
    by: Account,
    at: dt.datetime | None = None,
) -> None:
    journal.record(session, by=by.login, act=act, subject=f"异议{objection.id}", detail=detail, at=at)
