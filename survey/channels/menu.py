"""菜单驿站: firms order services from a menu; each order that was served takes one rating."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from sqlmodel import Session, col, select

from survey import journal
from survey.channels.models import Mark, Offering, Order
from survey.errors import Missing, Refused
from survey.review.access import only
from survey.roster.models import Unit
from survey.staff.models import Account, Role

FEWEST = 5
"""Ratings of a service with fewer of them are not shown."""


@dataclass(frozen=True)
class Dish:
    """One service of the menu with its unit, its orders and its ratings."""

    offering: Offering
    unit: Unit
    orders: int
    open: int
    marks: dict[Mark, int]

    @property
    def rated(self) -> int:
        """Return how many orders were rated."""
        return sum(self.marks.values())

    @property
    def shown_marks(self) -> str:
        """Return the ratings as numbers, unless they are too few to show."""
        if not self.rated:
            return "—"
        if self.rated < FEWEST:
            return f"少于{FEWEST}个评价，不显示"
        return "，".join(f"{mark}{self.marks.get(mark, 0)}" for mark in Mark)


def menu(session: Session) -> list[Dish]:
    """Return the services on offer with their orders."""
    orders = session.exec(select(Order)).all()
    query = (
        select(Offering, Unit)
        .where(Offering.unit_id == Unit.id, col(Offering.active))
        .order_by(Offering.code)
    )
    return [
        _dish(offering, unit, [o for o in orders if o.code == offering.code])
        for offering, unit in session.exec(query)
    ]


def _dish(offering: Offering, unit: Unit, orders: list[Order]) -> Dish:
    marks = Counter(order.mark for order in orders if order.mark)
    return Dish(offering, unit, len(orders), sum(o.served_on is None for o in orders), dict(marks))


def order(session: Session, code: str, *, by: Account, today: dt.date) -> Order:
    """Take an order; it gets a number and names no firm."""
    only(by, Role.OFFICE, act="登记点单")
    offering = session.get(Offering, code)
    if offering is None or not offering.active:
        raise Missing("channels.no_offering", f"服务目录里没有编号为「{code}」的服务。")
    made = Order(code=code, ordered_on=today)
    session.add(made)
    session.flush()
    journal.record(
        session, by=by.login, act="channels.order", subject=f"点单{made.id}", detail={"code": code}
    )
    return made


def find(session: Session, order_id: int) -> Order:
    """Return one order."""
    if found := session.get(Order, order_id):
        return found
    raise Missing("channels.no_order", f"没有{order_id}号点单。")


def serve(session: Session, made: Order, *, by: Account, today: dt.date) -> Order:
    """Note that an order was served."""
    only(by, Role.OFFICE, act="登记点单")
    if made.served_on:
        raise Refused("channels.served", f"{made.id}号点单已于{made.served_on}办结。")
    made.served_on = today
    session.add(made)
    journal.record(session, by=by.login, act="channels.serve", subject=f"点单{made.id}")
    return made


def rate(session: Session, made: Order, *, mark: Mark, by: Account) -> Order:
    """Enter the one rating of a served order; a second one is refused."""
    only(by, Role.OFFICE, act="登记点单评价")
    if made.served_on is None:
        raise Refused("channels.not_served", f"{made.id}号点单还没有办结，办结以后再评价。")
    if made.mark:
        raise Refused("channels.rated", f"{made.id}号点单已经评价，一单只评一次。")
    made.mark = mark
    session.add(made)
    journal.record(session, by=by.login, act="channels.rate", subject=f"点单{made.id}")
    return made


def waiting(session: Session) -> list[Order]:
    """Return the orders that wait to be served or rated, the oldest first."""
    return list(session.exec(select(Order).where(col(Order.mark).is_(None)).order_by(col(Order.id))))
