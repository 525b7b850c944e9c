"""Reading the ledger: rows with their lights, filters, threads, the equation of comments and outcomes."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from sqlmodel import Session, col, select

from survey.errors import Forbidden, Missing
from survey.poll.models import Poll
from survey.rectify.models import Evidence, Light, Outcome, Step, Task
from survey.review.comments import comments
from survey.review.models import Comment, RecheckMatter
from survey.review.rechecks import overturned
from survey.roster.models import Unit
from survey.staff.models import Account, Role

LIGHT_NAMES = {Light.RED: "红", Light.YELLOW: "黄", Light.GREEN: "绿"}
STATE_NAMES = ("办理中", "待核实", "已销号")


@dataclass(frozen=True)
class Row:
    """One task as the wall shows it on one day; an item that no poll brought has no round."""

    task: Task
    unit: Unit
    round: str
    light: Light
    label: str
    state: str


@dataclass(frozen=True)
class Entry:
    """One step of a thread with its author and its files."""

    step: Step
    author: str
    files: tuple[Evidence, ...]


@dataclass(frozen=True)
class Filters:
    """What the wall is narrowed to; empty texts narrow nothing."""

    unit: str = ""
    light: str = ""
    theme: str = ""
    round: str = ""
    source: str = ""


def label(task: Task, today: dt.date) -> str:
    """Return the words beside the light: 逾期 stays on a task that was finished late."""
    late, light = task.days_late(today), task.light(today)
    if light is Light.GREEN:
        return f"逾期{late}天" if late else "按期"
    if late:
        return f"已逾期{late}天"
    if task.reopened_on:
        return "问题反弹，重新整改"
    left = (task.deadline - today).days
    return f"还有{left}天" if left else "今天到期"


def state(task: Task) -> str:
    """Return where a task stands: worked on, reported and waiting for the office, or closed."""
    if task.verified_on:
        return STATE_NAMES[2]
    return STATE_NAMES[1] if task.done_on else STATE_NAMES[0]


def rows(session: Session, *, today: dt.date, filters: Filters | None = None) -> list[Row]:
    """Return the tasks with their lights: red first, then by deadline."""
    found = session.exec(
        select(Task, Unit, Poll.round)
        .join(Unit, col(Unit.id) == col(Task.unit_id))
        .join(Poll, col(Poll.id) == col(Task.poll_id), isouter=True)
    ).all()
    every = [
        Row(task, unit, round_ or "", task.light(today), label(task, today), state(task))
        for task, unit, round_ in found
    ]
    order = list(Light)
    kept = [row for row in every if _fits(row, filters or Filters())]
    return sorted(kept, key=lambda row: (order.index(row.light), row.task.deadline, row.unit.position))


def _fits(row: Row, filters: Filters) -> bool:
    wanted = (
        (filters.unit, row.unit.code),
        (filters.light, row.light.value),
        (filters.theme, row.task.theme),
        (filters.round, row.round),
        (filters.source, row.task.source),
    )
    return all(not asked or asked == value for asked, value in wanted)


def ledger(
    session: Session, *, today: dt.date, unit: Unit | None = None, filters: Filters | None = None
) -> list[Row]:
    """Return the ledger of one day, of one unit or of the whole county."""
    found = rows(session, today=today, filters=filters)
    return [row for row in found if unit is None or row.unit.id == unit.id]


def wall(session: Session, *, by: Account, today: dt.date, filters: Filters | None = None) -> list[Row]:
    """Return what the account may see: a unit clerk the own unit's tasks, all others everything."""
    if by.role is not Role.UNIT_CLERK:
        return ledger(session, today=today, filters=filters)
    unit = session.get(Unit, by.unit_id) if by.unit_id else None
    return ledger(session, today=today, unit=unit, filters=filters) if unit else []


def by_source(found: list[Row]) -> dict[str, int]:
    """Return how many tasks each source brought, most first; sources never share one rate."""
    return dict(Counter(row.task.source for row in found).most_common())


def lights(found: list[Row]) -> dict[Light, int]:
    """Return how many tasks carry each light."""
    return {light: sum(row.light is light for row in found) for light in Light}


def task_for(session: Session, task_id: int, *, by: Account) -> Task:
    """Return a task to somebody who may see it: a unit clerk sees the own unit's tasks only."""
    task = session.get(Task, task_id)
    if task is None:
        raise Missing("rectify.no_task", f"没有编号为{task_id}的整改事项。")
    if by.role is Role.UNIT_CLERK and (by.unit_id is None or task.unit_id != by.unit_id):
        raise Forbidden("rectify.other_unit", "这是其他单位的整改事项，您不能查看或办理。")
    return task


def thread(session: Session, task: Task) -> list[Entry]:
    """Return the task's steps from the first to the last."""
    steps = session.exec(
        select(Step, Account)
        .join(Account, col(Account.id) == col(Step.account_id))
        .where(Step.task_id == task.id)
        .order_by(col(Step.id))
    ).all()
    entries = []
    for step, account in steps:
        files = session.exec(select(Evidence).where(Evidence.step_id == step.id)).all()
        entries.append(Entry(step, account.name, tuple(files)))
    return entries


def evidence_for(session: Session, evidence_id: int, *, by: Account) -> Evidence:
    """Return an evidence file to somebody who may see its task."""
    found = session.get(Evidence, evidence_id)
    step = session.get(Step, found.step_id) if found else None
    if found is None or step is None:
        raise Missing("rectify.no_evidence", "没有找到这份佐证材料。")
    task_for(session, step.task_id, by=by)
    return found


def unit_of(session: Session, task: Task) -> Unit:
    """Return the unit that must act."""
    unit = session.get(Unit, task.unit_id)
    if unit is None:
        raise Missing("rectify.no_unit", "没有找到该事项的责任单位。")
    return unit


def outcomes(session: Session, poll: Poll) -> dict[int, list[Outcome]]:
    """Return the outcomes of each comment by its id; a refusal that was sent back is no outcome."""
    found = session.exec(
        select(Outcome)
        .join(Comment, col(Comment.id) == col(Outcome.comment_id))
        .where(Comment.poll_id == poll.id)
        .order_by(col(Outcome.id))
    ).all()
    sent_back = overturned(session, RecheckMatter.DECLINED)
    by_comment: dict[int, list[Outcome]] = {}
    for outcome in (each for each in found if each.id not in sent_back):
        by_comment.setdefault(outcome.comment_id, []).append(outcome)
    return by_comment


def repetitions(session: Session, poll: Poll) -> dict[int, str]:
    """Return, by id, the comments that say the same of the same unit as a settled one, with that reason."""
    settled, every = outcomes(session, poll), comments(session, poll)
    first: dict[tuple[str, str], int] = {}
    for one in every:
        if one.id in settled and one.paraphrase and not one.closed:
            first.setdefault((one.unit_code, one.paraphrase), one.id or 0)
    return {
        one.id or 0: f"与反映{first[one.unit_code, one.paraphrase]}相同，一并办理"
        for one in every
        if one.id not in settled and (one.unit_code, one.paraphrase) in first and not one.closed
    }


def equation(session: Session, poll: Poll) -> tuple[int, int]:
    """Return (comments, comments with an outcome); the quarter is done when both are equal."""
    return len(comments(session, poll)), len(outcomes(session, poll))


def open_tasks(session: Session, poll: Poll) -> list[Task]:
    """Return the poll's tasks that the office has not verified yet."""
    query = select(Task).where(Task.poll_id == poll.id, col(Task.verified_on).is_(None))
    return list(session.exec(query).all())


def tasks(session: Session, poll: Poll) -> list[Task]:
    """Return all tasks of the poll."""
    return list(session.exec(select(Task).where(Task.poll_id == poll.id).order_by(col(Task.id))).all())


def last_task(session: Session, unit_code: str) -> Task | None:
    """Return the unit's newest task, whose owner and phone the next one probably shares."""
    query = (
        select(Task)
        .join(Unit, col(Unit.id) == col(Task.unit_id))
        .where(Unit.code == unit_code)
        .order_by(col(Task.id).desc())
    )
    return session.exec(query).first()
