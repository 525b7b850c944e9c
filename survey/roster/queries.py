"""Who is rated and who rates, as of a day: the slate, units with their people, histories, enterprises."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, or_, select

from survey.errors import Missing
from survey.roster.blanks import KIND_NAMES
from survey.roster.models import Enterprise, Kind, Official, Tenure, Unit


@dataclass(frozen=True)
class Post:
    """One person in one post of one unit."""

    official: Official
    unit: Unit
    tenure: Tenure

    @property
    def kind(self) -> str:
        """Return 部门领导 or 工作人员."""
        return KIND_NAMES[self.tenure.kind]


def posts(session: Session, *, on: dt.date, unit: Unit | None = None) -> list[Post]:
    """Return who holds which post on the day `on`, by unit position, then position."""
    query = (
        select(Official, Unit, Tenure)
        .where(Tenure.official_id == Official.id, Tenure.unit_id == Unit.id, Tenure.since <= on)
        .where(or_(col(Tenure.until).is_(None), col(Tenure.until) > on))
        .order_by(col(Unit.position), col(Unit.code), col(Tenure.position), col(Official.badge))
    )
    if unit:
        query = query.where(Unit.id == unit.id)
    return [Post(*found) for found in session.exec(query)]


def slate(session: Session, *, poll: str, on: dt.date) -> dict[str, Any]:
    """Return who is rated on the day `on`, in the form of SLATE.json."""
    held = posts(session, on=on)
    units = {post.unit.code: post.unit for post in held}
    return {
        "poll": poll,
        "units": [
            {"id": unit.code, "name": unit.name, "series": unit.series.value} for unit in units.values()
        ],
        "persons": [_person(post) for post in held],
    }


def _person(post: Post) -> dict[str, Any]:
    return {
        "id": post.official.badge,
        "unit": post.unit.code,
        "name": post.official.name,
        "post": post.tenure.post,
        "duties": post.tenure.duties,
        "kind": post.tenure.kind.value,
        "series": post.unit.series.value,
        # 执法监管 acts against enterprises are not recorded yet, so none is deducted.
        "adverse_actions": 0,
    }


def units(session: Session) -> Sequence[Unit]:
    """Return every unit in its position, those that nobody serves in today included."""
    return session.exec(select(Unit).order_by(col(Unit.position), col(Unit.code))).all()


@dataclass(frozen=True)
class UnitLine:
    """One unit with its leaders' names and the number of its people on a day."""

    unit: Unit
    leaders: str
    people: int


def unit_lines(session: Session, *, on: dt.date) -> list[UnitLine]:
    """Return every unit with its leaders and its number of people on the day `on`."""
    held = posts(session, on=on)
    lines = []
    for unit in units(session):
        mine = [post for post in held if post.unit.id == unit.id]
        leaders = "、".join(post.official.name for post in mine if post.tenure.kind is Kind.LEADER)
        lines.append(UnitLine(unit, leaders, len(mine)))
    return lines


def unit(session: Session, unit_id: int) -> Unit:
    """Return one unit."""
    if found := session.get(Unit, unit_id):
        return found
    raise Missing("roster.no_unit", "没有找到这个单位，请从单位列表进入。")


def official(session: Session, badge: str) -> Official:
    """Return one official by 工号."""
    if found := session.exec(select(Official).where(Official.badge == badge)).first():
        return found
    raise Missing("roster.no_official", f"没有工号为「{badge}」的人员，请检查工号。")


def history(session: Session, person: Official) -> list[Post]:
    """Return every post of one official, the latest first."""
    query = (
        select(Unit, Tenure)
        .where(Tenure.official_id == person.id, Tenure.unit_id == Unit.id)
        .order_by(col(Tenure.since).desc())
    )
    return [Post(person, unit, tenure) for unit, tenure in session.exec(query)]


def enterprises(session: Session) -> Sequence[Enterprise]:
    """Return the enterprises invited to rate, by name."""
    query = select(Enterprise).where(col(Enterprise.active))
    return session.exec(query.order_by(col(Enterprise.name), col(Enterprise.uscc))).all()


def people_rows(session: Session, *, on: dt.date) -> list[tuple[str, ...]]:
    """Return the rows of 单位与人员名册 on the day `on`."""
    return [
        (
            post.unit.code,
            post.unit.name,
            post.unit.series.value,
            post.official.badge,
            post.official.name,
            post.tenure.post,
            post.tenure.duties,
            post.kind,
        )
        for post in posts(session, on=on)
    ]


def enterprise_rows(session: Session) -> list[tuple[str, ...]]:
    """Return the rows of 企业名册."""
    return [
        (firm.name, firm.uscc, "、".join(firm.tags), firm.contact, firm.phone)
        for firm in enterprises(session)
    ]
