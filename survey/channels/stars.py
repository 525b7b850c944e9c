"""金牌审批师, at most one a month; 高平's rule on last places: rank alone leads to a talk, no further."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from sqlmodel import Session, col, select

from survey import journal
from survey.channels.models import Star, Workload
from survey.errors import Invalid, Refused
from survey.review.access import key, only
from survey.review.models import Measure
from survey.staff.models import Account, Role

LEAST_VOLUME, LEAST_RATED = 100, 30
IN_A_ROW = 3
REMINDER_TALK, MAY_MOVE = "提醒谈话", "可提请研究调整岗位"


@dataclass(frozen=True)
class LastPlace:
    """A person who stood last some months in a row, whether anything was verified, and what may follow."""

    workload: Workload
    months: int
    verified: bool

    @property
    def step(self) -> str:
        """Return what may follow: rank alone never leads beyond a talk."""
        return step(self.months, verified=self.verified)


def step(months: int, *, verified: bool) -> str:
    """Return what `months` last places in a row may lead to; a move needs three and a verified finding."""
    if months < IN_A_ROW:
        return ""
    return MAY_MOVE if verified else REMINDER_TALK


def months(session: Session) -> list[str]:
    """Return the months with figures, the newest first."""
    return sorted(set(session.exec(select(Workload.month)).all()), reverse=True)


def of_month(session: Session, month: str) -> list[Workload]:
    """Return everybody's figures of a month, best first by the fixed order of comparison."""
    found = session.exec(select(Workload).where(Workload.month == month)).all()
    return sorted(found, key=lambda row: (*_standing(row), row.badge))


def _standing(row: Workload) -> tuple[Fraction, Fraction, int]:
    """Order by share of good ratings, then share in time, then volume: the tie-breaks are fixed here."""
    good = Fraction(row.good, row.rated) if row.rated else Fraction(-1)
    in_time = Fraction(row.on_time, row.volume) if row.volume else Fraction(-1)
    return -good, -in_time, -row.volume


def candidates(session: Session, month: str) -> list[Workload]:
    """Return those with enough volume and ratings and nothing late, best first."""
    return [
        row
        for row in of_month(session, month)
        if row.volume >= LEAST_VOLUME and row.rated >= LEAST_RATED and row.on_time == row.volume
    ]


def best(session: Session, month: str) -> list[Workload]:
    """Return the first of the candidates, and whoever equals the first in all that is compared."""
    found = candidates(session, month)
    return [row for row in found if _standing(row) == _standing(found[0])]


def name_star(session: Session, month: str, badge: str, *, consent: str, by: Account, today: dt.date) -> Star:
    """Name the star of a month: the first by the rule, with the own written consent."""
    only(by, Role.LEADER, act="确定金牌审批师")
    if session.get(Star, month):
        raise Refused("channels.one_star", f"{month}的金牌审批师已经确定，每月至多一名。")
    if month >= f"{today:%Y-%m}":
        raise Refused("channels.month_open", f"{month}还没有结束，不能确定金牌审批师。")
    chosen = next((row for row in best(session, month) if row.badge == badge), None)
    if chosen is None:
        raise Refused(
            "channels.not_first",
            f"只能确定符合条件的第一名：办件不少于{LEAST_VOLUME}、评价不少于{LEAST_RATED}、没有逾期，再比好评率。",
        )
    if not consent.strip():
        raise Invalid("channels.consent", "公开姓名须本人同意，请写明同意书的编号或日期。")
    ground = (
        f"办件{chosen.volume}，按期{chosen.on_time}/{chosen.volume}，好评{chosen.good}/{chosen.rated}；"
        f"本人同意：{consent.strip()}"
    )
    star = Star(
        month=month, badge=badge, name=chosen.name, unit_id=chosen.unit_id, ground=ground, consent=True,
        decided_by=key(by.id), decided_on=today,
    )  # fmt: skip
    session.add(star)
    session.flush()
    journal.record(session, by=by.login, act="channels.star", subject=badge, detail={"month": month})
    return star


def stars(session: Session) -> list[Star]:
    """Return the stars, the newest first."""
    return list(session.exec(select(Star).order_by(col(Star.month).desc())))


def last_places(session: Session) -> list[LastPlace]:
    """Return who stands last in the newest month, alone and with enough volume, and for how many months."""
    newest = months(session)
    found: list[LastPlace] = []
    for row in _last(of_month(session, newest[0])) if newest else ():
        verified = session.exec(
            select(Measure).where(Measure.subject == row.badge, Measure.verification != "")
        ).first()
        found.append(LastPlace(row, _row_length(session, row.badge, newest), verified is not None))
    return found


def _last(rows: Iterable[Workload]) -> list[Workload]:
    judged = [row for row in rows if row.volume >= LEAST_VOLUME and row.rated >= LEAST_RATED]
    if len(judged) < IN_A_ROW or _standing(judged[-1]) == _standing(judged[-2]):
        return []
    return judged[-1:]


def _row_length(session: Session, badge: str, newest: list[str]) -> int:
    length = 0
    expected = newest[0]
    for month in newest:
        if month != expected or badge not in {row.badge for row in _last(of_month(session, month))}:
            break
        length += 1
        year, number = divmod(int(month[:4]) * 12 + int(month[5:]) - 2, 12)
        expected = f"{year}-{number + 1:02}"
    return length
