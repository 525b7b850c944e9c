"""三级督导: closed items drawn by a seed that anybody can repeat; what fails on the spot is red again."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from survey import journal
from survey.channels.models import Level, SpotCheck, SpotItem
from survey.errors import Forbidden, Invalid, Missing, Refused
from survey.rectify import revisits
from survey.rectify.models import Task
from survey.review.access import key
from survey.roster.models import Unit
from survey.staff.models import Account, Role

WHO = {Level.OFFICE: Role.OFFICE, Level.LEADER: Role.LEADER, Level.INSPECTOR: Role.INSPECTOR}


@dataclass(frozen=True)
class Drawn:
    """One drawn item with its task and unit."""

    item: SpotItem
    task: Task
    unit: Unit


def draw(population: Sequence[int], size: int, seed: str) -> list[int]:
    """Return `size` of `population`: those whose SHA-256 of `seed:number` is smallest."""
    order = sorted(population, key=lambda number: hashlib.sha256(f"{seed}:{number}".encode()).hexdigest())
    return order[:size]


def level_of(by: Account) -> Level | None:
    """Return at which level an account checks."""
    return next((level for level, role in WHO.items() if role is by.role), None)


def begin(session: Session, *, size: int, seed: str, by: Account, today: dt.date) -> SpotCheck:
    """Draw closed items by a seed that was agreed on before, such as the day's lottery number."""
    level = level_of(by)
    if level is None:
        raise Forbidden("channels.level", "抽查只能由我来办、县领导或纪委监委发起。")
    if not seed.strip():
        raise Invalid("channels.seed", "请填写抽签种子，例如当天公开的开奖号码，任何人可据此重抽。")
    closed = session.exec(
        select(Task.id).where(col(Task.verified_on).is_not(None)).order_by(col(Task.id))
    ).all()
    population = [number for number in closed if number is not None]
    if not 1 <= size <= len(population):
        raise Refused(
            "channels.size", f"已销号事项共{len(population)}件，抽查件数须在1至{len(population)}之间。"
        )
    check = SpotCheck(level=level, on=today, seed=seed.strip(), population=population, account_id=key(by.id))
    session.add(check)
    session.flush()
    chosen = draw(population, size, check.seed)
    session.add_all([SpotItem(check_id=key(check.id), task_id=number) for number in chosen])
    session.flush()
    detail = {"level": level, "seed": check.seed, "of": len(population), "drawn": sorted(chosen)}
    journal.record(session, by=by.login, act="channels.spot_check", subject=f"抽查{check.id}", detail=detail)
    return check


def get(session: Session, check_id: int) -> SpotCheck:
    """Return one draw."""
    if found := session.get(SpotCheck, check_id):
        return found
    raise Missing("channels.no_check", "没有找到这次抽查。")


def checks(session: Session) -> list[SpotCheck]:
    """Return the draws, the newest first."""
    return list(session.exec(select(SpotCheck).order_by(col(SpotCheck.id).desc())))


def items(session: Session, check: SpotCheck) -> list[Drawn]:
    """Return the drawn items."""
    query = (
        select(SpotItem, Task, Unit)
        .where(SpotItem.check_id == check.id, SpotItem.task_id == Task.id, Task.unit_id == Unit.id)
        .order_by(col(SpotItem.task_id))
    )
    return [Drawn(*found) for found in session.exec(query)]


def repeats(session: Session, check: SpotCheck) -> bool:
    """Tell whether drawing again from the same list by the same seed gives the same items."""
    drawn = {each.item.task_id for each in items(session, check)}
    return drawn == set(draw(check.population, len(drawn), check.seed))


def record(
    session: Session,
    check: SpotCheck,
    task_id: int,
    *,
    passed: bool,
    note: str,
    by: Account,
    today: dt.date,
) -> SpotItem:
    """Keep what was found on the spot; an item that failed is reopened as red."""
    if by.role is not WHO[check.level]:
        raise Forbidden("channels.level", f"{check.level}的结果由{WHO[check.level].chinese}登记。")
    item = session.get(SpotItem, (check.id, task_id))
    if item is None:
        raise Missing("channels.not_drawn", "这件事项不在这次抽查之列。")
    if item.passed is not None:
        raise Refused("channels.recorded", "这件事项的抽查结果已经登记。")
    if not note.strip():
        raise Invalid("channels.note", "请写明现场查看的情况。")
    item.passed, item.note = passed, note.strip()
    session.add(item)
    session.flush()
    task = session.get_one(Task, task_id)
    if not passed and task.verified_on:
        reason = f"{check.level}发现没有办好：{item.note}"
        revisits.reopen(session, task, reason=reason, by=by, today=today, deadline=today + revisits.AGAIN)
    subject, detail = f"抽查{check.id}", {"task": task_id, "passed": passed}
    journal.record(session, by=by.login, act="channels.spot_result", subject=subject, detail=detail)
    return item
