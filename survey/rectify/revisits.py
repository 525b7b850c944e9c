"""回头看: a closed task is asked about again after 3 and 6 months; what has come back is red again."""

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session, col, select

from survey.errors import Invalid, Refused
from survey.rectify.models import Cycle, Finding, Revisit, StepKind, Task
from survey.rectify.threads import append
from survey.review.access import key, only
from survey.roster.models import Unit
from survey.staff.models import Account, Role

MONTHS = (3, 6)
"""Months after the closing, domain.md 5.3."""
AGAIN = dt.timedelta(days=30)
"""The usual new deadline of what has come back."""


@dataclass(frozen=True)
class Due:
    """One revisit that is to be made: of which task, after how many months, since when."""

    task: Task
    unit: Unit
    months: int
    on: dt.date


def after_months(day: dt.date, months: int) -> dt.date:
    """Return the same day some months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def planned(session: Session) -> Iterator[Due]:
    """Yield every revisit that was not made yet, of all closed tasks."""
    made = {(each.task_id, each.closed_on, each.months) for each in session.exec(select(Revisit))}
    closed = session.exec(
        select(Task, Unit)
        .join(Unit, col(Unit.id) == col(Task.unit_id))
        .where(col(Task.verified_on).is_not(None))
        .order_by(col(Task.verified_on), col(Task.id))
    )
    for task, unit in closed:
        for months in MONTHS:
            if task.verified_on and (task.id, task.verified_on, months) not in made:
                yield Due(task, unit, months, after_months(task.verified_on, months))


def due(session: Session, *, today: dt.date) -> list[Due]:
    """Return the revisits whose day has come, the oldest first."""
    return sorted((each for each in planned(session) if each.on <= today), key=lambda each: each.on)


def made(session: Session, task: Task) -> list[Revisit]:
    """Return the revisits of one task in their order."""
    return list(session.exec(select(Revisit).where(Revisit.task_id == task.id).order_by(col(Revisit.id))))


def next_due(session: Session, task: Task) -> Due | None:
    """Return the task's next revisit, come or not."""
    mine = [each for each in planned(session) if each.task.id == task.id]
    return min(mine, key=lambda each: each.on) if mine else None


def revisit(
    session: Session,
    task: Task,
    *,
    finding: Finding,
    text: str,
    by: Account,
    today: dt.date,
    deadline: dt.date | None = None,
) -> Revisit:
    """Keep what the revisit that is due found; a problem that has come back reopens the task as red."""
    only(by, Role.OFFICE, Role.INSPECTOR, act="登记回头看")
    waiting = next_due(session, task)
    if task.verified_on is None or waiting is None:
        raise Refused("rectify.no_revisit", "该事项没有待办的回头看：销号以后三个月、六个月各一次。")
    if today < waiting.on:
        raise Refused("rectify.early_revisit", f"下一次回头看在{waiting.on}，还没有到期。")
    row = Revisit(
        task_id=key(task.id), closed_on=task.verified_on, months=waiting.months, on=today,
        finding=finding, text=text.strip(), account_id=key(by.id),
    )  # fmt: skip
    words = f"销号{waiting.months}个月回头看：{finding.value}。{text.strip()}"
    append(session, task, StepKind.REVISITED, words if text.strip() else "", by=by, today=today)
    session.add(row)
    session.flush()
    if finding is Finding.RECURRED:
        reopen(session, task, reason=text, by=by, today=today, deadline=deadline or today + AGAIN)
    return row


def reopen(
    session: Session, task: Task, *, reason: str, by: Account, today: dt.date, deadline: dt.date
) -> Task:
    """Open a closed task again: it is red from now on and gets a new deadline."""
    only(by, Role.OFFICE, Role.INSPECTOR, Role.LEADER, act="重新打开事项")
    if task.verified_on is None:
        raise Refused("rectify.still_open", "该事项还没有销号，不需要重新打开。")
    if deadline < today:
        raise Invalid("rectify.deadline", "完成时限早于今天，请重新填写。")
    if not reason.strip():
        raise Invalid("rectify.no_text", "请写明情况后再提交。")
    session.add(
        Cycle(
            task_id=key(task.id), unit_id=task.unit_id, deadline=task.deadline,
            done_on=task.done_on or task.verified_on,
        )
    )  # fmt: skip
    task.done_on = task.verified_on = None
    task.reopened_on, task.deadline = today, deadline
    words = f"{reason.strip()}。亮红灯重新整改，限{deadline}前完成。"
    append(session, task, StepKind.REOPENED, words, by=by, today=today)
    return task
