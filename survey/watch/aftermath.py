"""Were those who took part inspected more after the poll than before? Counts only, no firm, no ballot.

Participants are compared with the other firms of the roster over equal spans before and after the poll. A
ballot cannot be traced to a firm, so nothing here can tell who voted what; attendance itself stays with
office and inspectors.
"""

import datetime as dt
from dataclasses import dataclass
from math import comb

from sqlmodel import Session, col, select

from survey.errors import Refused
from survey.poll.attendance import present
from survey.poll.models import Poll
from survey.roster.models import Enterprise, Unit
from survey.watch.models import Inspection

LONGEST = 90
FEWEST = 5
"""Groups of fewer firms, and units with fewer visits, are not set apart."""
ODD = 0.01


@dataclass(frozen=True)
class Group:
    """Some firms and the visits they had before and after."""

    name: str
    firms: int
    before: int
    after: int


@dataclass(frozen=True)
class Comparison:
    """Participants beside the others; `chance` is Fisher's exact one-sided probability."""

    days: int
    took_part: Group
    others: Group
    chance: float
    units: tuple[Group, ...]

    @property
    def odd(self) -> bool:
        """Tell whether so many more visits to participants are hardly luck."""
        return self.chance < ODD


def compare(session: Session, poll: Poll, *, today: dt.date) -> Comparison:
    """Compare the visits in equal spans before and after a poll; refuse while groups are too small."""
    days = min(LONGEST, (today - poll.held_on).days)
    if days < 1:
        raise Refused("watch.too_early", f"{poll.key} 还没有过去一天，不能比较前后检查次数。")
    came = present(session, poll)
    roster = set(session.exec(select(Enterprise.id).where(col(Enterprise.active))).all()) | came
    others = roster - came
    if min(len(came), len(others)) < FEWEST:
        raise Refused(
            "watch.too_few",
            f"到场{len(came)}家、未到场{len(others)}家，少于{FEWEST}家的一方不单独统计，以免认出企业。",
        )
    visits = _visits(session, poll.held_on, days)
    mine = [visit for visit in visits if visit.enterprise_id in came]
    rest = [visit for visit in visits if visit.enterprise_id in others]
    took_part = _group("到场企业", len(came), mine, poll.held_on)
    remaining = _group("其他在册企业", len(others), rest, poll.held_on)
    return Comparison(
        days, took_part, remaining, chance_of(took_part, remaining), _units(session, mine, poll)
    )


def _visits(session: Session, held_on: dt.date, days: int) -> list[Inspection]:
    span = dt.timedelta(days=days)
    query = select(Inspection).where(
        col(Inspection.on) >= held_on - span,
        col(Inspection.on) <= held_on + span,
        col(Inspection.on) != held_on,
    )
    return list(session.exec(query))


def _group(name: str, firms: int, visits: list[Inspection], held_on: dt.date) -> Group:
    before = sum(visit.on < held_on for visit in visits)
    return Group(name, firms, before, len(visits) - before)


def chance_of(took_part: Group, others: Group) -> float:
    """Return how probable so many of the later visits among participants are, if nothing had changed.

    Fisher's exact test, one-sided, on visits before and after of both groups.
    """
    mine, total = took_part.before + took_part.after, took_part.before + took_part.after
    total += others.before + others.after
    after = took_part.after + others.after
    ways = sum(
        comb(mine, k) * comb(total - mine, after - k) for k in range(took_part.after, min(mine, after) + 1)
    )
    return ways / comb(total, after)


def _units(session: Session, visits: list[Inspection], poll: Poll) -> tuple[Group, ...]:
    """Return the visits to participants by unit; units with too few are one line together."""
    names = {unit.id: unit.name for unit in session.exec(select(Unit).order_by(col(Unit.position)))}
    shown, small = [], []
    for unit_id, name in names.items():
        mine = [visit for visit in visits if visit.unit_id == unit_id]
        firms = len({visit.enterprise_id for visit in mine})
        if len(mine) >= FEWEST and firms >= FEWEST:
            shown.append(_group(name, firms, mine, poll.held_on))
        else:
            small += mine
    rest = _group("其他单位合计", len({visit.enterprise_id for visit in small}), small, poll.held_on)
    return (*sorted(shown, key=lambda group: group.before - group.after), *([rest] if small else []))
