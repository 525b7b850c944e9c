"""Holding a meeting or taking a batch: every point is an item of the ledger, with its source beside it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from survey import journal
from survey.errors import Invalid, Missing, Refused
from survey.rectify import service as rectify
from survey.rectify.models import Light, Task
from survey.review.access import key, only
from survey.roster.models import Unit
from survey.roster.taken import Taken
from survey.sources.models import Attendee, Occasion, Point, SourceKind
from survey.sources.sheets import Raised
from survey.staff.models import Account, Role

RAISERS = (Role.OFFICE, Role.INSPECTOR)
"""Who may see which project or firm raised a point; units never do."""


@dataclass(frozen=True)
class Person:
    """One attendee as typed."""

    name: str
    organ: str = ""
    post: str = ""


@dataclass(frozen=True)
class Line:
    """One occasion with its numbers of people, points, voices and open items."""

    occasion: Occasion
    people: int
    points: int
    voices: int
    open: int


@dataclass(frozen=True)
class Raising:
    """One point with its item."""

    point: Point
    task: Task
    unit: Unit

    def light(self, today: dt.date) -> Light:
        """Return the item's light."""
        return self.task.light(today)


def hold(
    session: Session,
    *,
    kind: SourceKind,
    title: str,
    held_on: dt.date,
    by: Account,
    today: dt.date,
    place: str = "",
    chair: str = "",
    people: Iterable[Person] = (),
) -> Occasion:
    """Enter a meeting with those who came, or a batch of a channel."""
    only(by, Role.OFFICE, act="登记会议和来源")
    came = [person for person in people if person.name.strip()]
    if not title.strip():
        raise Invalid("sources.title", "请填写会议或批次的名称。")
    if held_on > today:
        raise Invalid("sources.future", "会议日期在今天之后，开会以后再登记。")
    if kind.meeting and not came:
        raise Invalid("sources.nobody", f"{kind.value}须登记参加人，每行一人。")
    occasion = Occasion(
        kind=kind, title=title.strip(), held_on=held_on, place=place.strip(), chair=chair.strip(),
        account_id=key(by.id),
    )  # fmt: skip
    if _same(session, occasion):
        raise Refused("sources.known", f"{held_on}的{kind.value}「{occasion.title}」已经登记。")
    return _keep(session, occasion, came, by)


def _same(session: Session, occasion: Occasion) -> Occasion | None:
    query = select(Occasion).where(
        Occasion.kind == occasion.kind,
        Occasion.title == occasion.title,
        Occasion.held_on == occasion.held_on,
    )
    return session.exec(query).first()


def _keep(session: Session, occasion: Occasion, came: Sequence[Person], by: Account) -> Occasion:
    session.add(occasion)
    session.flush()
    for each in came:
        session.add(Attendee(occasion_id=key(occasion.id), name=each.name, organ=each.organ, post=each.post))
    session.flush()
    detail = {"kind": occasion.kind, "on": occasion.held_on, "people": len(came)}
    journal.record(session, by=by.login, act="sources.hold", subject=occasion.title, detail=detail)
    return occasion


def people_of(text: str) -> list[Person]:
    """Read attendees, one a line: name, organ, post, separated by spaces or tabs."""
    lines = (line.split(maxsplit=2) for line in text.splitlines())
    return [Person(*parts) for parts in lines if parts]


def add_point(
    session: Session,
    occasion: Occasion,
    *,
    title: str,
    theme: str,
    unit: Unit | None,
    owner: str,
    phone: str,
    deadline: dt.date | None,
    by: Account,
    today: dt.date,
    raised_by: str = "",
) -> Point:
    """Enter a point; its item stands in the ledger from the same moment."""
    task = rectify.open_task(
        session, poll=None, unit=unit, title=title, owner=owner, phone=phone, deadline=deadline,
        theme=theme, source=occasion.kind.value, by=by, today=today,
    )  # fmt: skip
    number = session.exec(
        select(func.coalesce(func.max(Point.number), 0)).where(Point.occasion_id == occasion.id)
    ).one()
    point = Point(
        occasion_id=key(occasion.id), number=number + 1, raised_by=raised_by.strip(), task_id=key(task.id)
    )
    session.add(point)
    session.flush()
    return point


def load(session: Session, rows: Sequence[Raised], *, by: Account, today: dt.date) -> Taken:
    """Take in a faultless 问题清单: its occasions and their points; a list loaded twice is refused."""
    only(by, Role.OFFICE, act="导入问题清单")
    taken = Taken(("会议或批次", "反映主体", "事项", "责任单位", "盯办人", "完成时限"), label="来源")
    occasions: dict[tuple[str, SourceKind, dt.date], Occasion] = {}
    for row in rows:
        occasion = occasions.get(row.occasion) or _opened(session, row, by)
        occasions[row.occasion] = occasion
        add_point(
            session, occasion, title=row.title, theme=row.theme, unit=row.unit, owner=row.owner,
            phone=row.phone, deadline=row.deadline, raised_by=row.raised_by, by=by, today=today,
        )  # fmt: skip
        taken.add(
            occasion.kind, occasion.title, row.raised_by, row.title, row.unit.name, row.owner, row.deadline
        )
    return taken


def _opened(session: Session, row: Raised, by: Account) -> Occasion:
    title, kind, day = row.occasion
    occasion = Occasion(kind=kind, title=title, held_on=day, account_id=key(by.id))
    known = _same(session, occasion)
    if known is None:
        return _keep(session, occasion, [], by)
    if session.exec(select(Point).where(Point.occasion_id == known.id)).first():
        raise Refused("sources.loaded", f"{day}的{kind.value}「{title}」已经有事项，不能再导入一次。")
    return known


def get(session: Session, occasion_id: int) -> Occasion:
    """Return one occasion."""
    if found := session.get(Occasion, occasion_id):
        return found
    raise Missing("sources.no_occasion", "没有找到这次会议，请从列表进入。")


def attendees(session: Session, occasion: Occasion) -> list[Attendee]:
    """Return who came, in the order of the list."""
    query = select(Attendee).where(Attendee.occasion_id == occasion.id).order_by(col(Attendee.id))
    return list(session.exec(query))


def points(session: Session, occasion: Occasion | None = None) -> list[Raising]:
    """Return the points of one occasion, or of all, with their items."""
    query = (
        select(Point, Task, Unit)
        .where(Point.task_id == Task.id, Task.unit_id == Unit.id)
        .order_by(col(Point.occasion_id), col(Point.number))
    )
    if occasion:
        query = query.where(Point.occasion_id == occasion.id)
    return [Raising(*found) for found in session.exec(query)]


def lines(session: Session) -> list[Line]:
    """Return every occasion with its numbers, the newest first."""
    raised: dict[int, list[Raising]] = {}
    for each in points(session):
        raised.setdefault(each.point.occasion_id, []).append(each)
    people = dict(
        session.exec(select(Attendee.occasion_id, func.count()).group_by(col(Attendee.occasion_id))).all()
    )
    every = session.exec(select(Occasion).order_by(col(Occasion.held_on).desc(), col(Occasion.id).desc()))
    return [_line(each, people.get(key(each.id), 0), raised.get(key(each.id), [])) for each in every]


def _line(occasion: Occasion, people: int, raised: Sequence[Raising]) -> Line:
    voices = {each.point.raised_by for each in raised if each.point.raised_by}
    return Line(
        occasion, people, len(raised), len(voices), sum(each.task.verified_on is None for each in raised)
    )


def by_source(session: Session) -> list[tuple[SourceKind, int, int]]:
    """Return (source, items, voices) of each source; sources are set side by side, never in one rate."""
    totals: dict[SourceKind, tuple[int, int]] = {}
    for line in lines(session):
        items, voices = totals.get(line.occasion.kind, (0, 0))
        totals[line.occasion.kind] = (items + line.points, voices + line.voices)
    return [(kind, *totals[kind]) for kind in SourceKind if kind in totals]
