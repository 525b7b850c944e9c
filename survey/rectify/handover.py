"""首接负责: whoever received a task first stays its owner until somebody accepts the hand-over."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session, col, select

from survey import journal
from survey.errors import Forbidden, Invalid, Missing, Refused
from survey.rectify.models import HandOver, StepKind, Task
from survey.rectify.threads import add_step
from survey.review.access import key, only
from survey.roster.models import Unit
from survey.staff.models import Account, Role

PHONE_MARKS = set("0123456789-—()（）+ 转")


@dataclass(frozen=True)
class Offer:
    """A hand-over with its task and both units, as a page lists it."""

    handover: HandOver
    task: Task
    giver: Unit
    taker: Unit


def check_phone(phone: str) -> None:
    """Refuse a text that cannot be a telephone number."""
    if not set(phone) <= PHONE_MARKS or sum(mark.isdigit() for mark in phone) < 5:
        raise Invalid("rectify.phone", f"联系电话「{phone}」不像电话号码，请核对。")


def offer(
    session: Session,
    task: Task,
    *,
    unit: Unit,
    owner: str,
    phone: str,
    reason: str,
    by: Account,
    today: dt.date,
) -> HandOver:
    """Offer a task to another owner, in the own unit or another; nothing changes until it is accepted."""
    _may_offer(task, by)
    owner, phone = owner.strip(), phone.strip()
    if not (owner and phone and reason.strip()):
        raise Invalid("rectify.handover_gap", "移交须写明接手的盯办人、联系电话和理由，请补齐。")
    check_phone(phone)
    if (unit.id, owner) == (task.unit_id, task.owner):
        raise Refused("rectify.same_owner", f"{owner}已经是该事项的盯办人，不需要移交。")
    if pending(session, task):
        raise Refused("rectify.offered", "该事项已有一次移交在等待接收，请等对方答复后再提出。")
    handover = HandOver(
        task_id=key(task.id), from_unit_id=task.unit_id, from_owner=task.owner, unit_id=key(unit.id),
        owner=owner, phone=phone, reason=reason.strip(), offered_on=today, offered_by=key(by.id),
    )  # fmt: skip
    session.add(handover)
    words = f"拟移交{unit.name}{owner}（{phone}）：{handover.reason}。接收前仍由{task.owner}负责。"
    add_step(session, task, StepKind.OFFERED, words, by=by, today=today)
    return handover


def _may_offer(task: Task, by: Account) -> None:
    only(by, Role.OFFICE, Role.UNIT_CLERK, act="提出移交")
    if by.role is Role.UNIT_CLERK and by.unit_id != task.unit_id:
        raise Forbidden("rectify.other_unit", "这是其他单位的整改事项，您不能查看或办理。")
    if task.done_on:
        raise Refused("rectify.reported", f"该事项已于{task.done_on}反馈完成，不再移交。")


def accept(session: Session, handover: HandOver, *, by: Account, today: dt.date) -> Task:
    """Accept a hand-over: from now on the new unit and owner answer for the task; its deadline stays."""
    task = _answerable(session, handover, by)
    handover.accepted, handover.answered_on, handover.answered_by = True, today, key(by.id)
    before = task.owner
    task.unit_id, task.owner, task.phone = handover.unit_id, handover.owner, handover.phone
    session.add_all([handover, task])
    words = f"{task.owner}（{task.phone}）接收，即日起负责到底；原盯办人{before}。时限不变。"
    add_step(session, task, StepKind.ACCEPTED, words, by=by, today=today)
    journal.record(
        session, by=by.login, act="rectify.accept", subject=f"事项{task.id}",
        detail={"unit": task.unit_id, "owner": task.owner, "before": before},
    )  # fmt: skip
    return task


def refuse(session: Session, handover: HandOver, *, reason: str, by: Account, today: dt.date) -> Task:
    """Refuse a hand-over with a reason: the first owner goes on."""
    task = _answerable(session, handover, by)
    if not reason.strip():
        raise Invalid("rectify.no_reason", "不予接收须写明理由。")
    handover.accepted, handover.answered_on, handover.answered_by = False, today, key(by.id)
    handover.answer = reason.strip()
    session.add(handover)
    words = f"{handover.answer}。仍由{task.owner}负责。"
    add_step(session, task, StepKind.REFUSED, words, by=by, today=today)
    return task


def _answerable(session: Session, handover: HandOver, by: Account) -> Task:
    if handover.accepted is not None:
        raise Refused("rectify.answered", f"这次移交已于{handover.answered_on}答复。")
    if not may_answer(handover, by):
        raise Forbidden("rectify.not_taker", "移交由接手单位答复；单位内部移交由提出人以外的人确认。")
    return session.get_one(Task, handover.task_id)


def may_answer(handover: HandOver, by: Account) -> bool:
    """Tell whether an account answers this offer: the taking unit; inside one unit the office as well."""
    if by.id == handover.offered_by or not by.active:
        return False
    if by.role is Role.UNIT_CLERK:
        return by.unit_id == handover.unit_id
    return by.role is Role.OFFICE and handover.unit_id == handover.from_unit_id


def pending(session: Session, task: Task) -> HandOver | None:
    """Return the offer that waits for its answer, if there is one."""
    query = select(HandOver).where(HandOver.task_id == task.id, col(HandOver.accepted).is_(None))
    return session.exec(query).first()


def get(session: Session, handover_id: int, *, by: Account) -> HandOver:
    """Return an offer to whoever gives it, takes it or watches over both."""
    found = session.get(HandOver, handover_id)
    if found is None:
        raise Missing("rectify.no_handover", "没有找到这次移交。")
    if by.role is Role.UNIT_CLERK and by.unit_id not in (found.unit_id, found.from_unit_id):
        raise Forbidden("rectify.other_unit", "这是其他单位的移交，您不能查看或办理。")
    return found


def offers(session: Session, *, by: Account) -> list[Offer]:
    """Return the hand-overs that concern an account, those without an answer first, then the newest."""
    query = select(HandOver).order_by(col(HandOver.answered_on).is_not(None), col(HandOver.id).desc())
    if by.role is Role.UNIT_CLERK:
        query = query.where((HandOver.unit_id == by.unit_id) | (HandOver.from_unit_id == by.unit_id))
    units = {unit.id: unit for unit in session.exec(select(Unit))}
    return [
        Offer(each, session.get_one(Task, each.task_id), units[each.from_unit_id], units[each.unit_id])
        for each in session.exec(query)
    ]
