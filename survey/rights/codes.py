"""One-time codes: an official opens the own account with 工号 and a code handed over on paper.

The code is drawn at random, valid once and for two weeks, and kept as a digest; a new one voids the old.
Whoever hands codes out could misuse one, so issue and use are journaled and stand on the own page.
"""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from survey import journal
from survey.errors import Forbidden, Refused
from survey.review.access import key, only
from survey.rights.models import OpeningCode
from survey.roster import queries
from survey.roster.models import Official, Unit
from survey.staff.models import OF_A_UNIT, Account, Role

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
GROUPS = 3
DAYS = 14


@dataclass(frozen=True)
class Slip:
    """What is handed to one official: the 工号 and the code."""

    badge: str
    name: str
    code: str
    expires_on: dt.date


def issue(session: Session, unit: Unit, badges: Iterable[str], *, by: Account, today: dt.date) -> list[Slip]:
    """Draw a code for each of the unit's people that are named; their former unused codes are void."""
    only(by, Role.OFFICE, *OF_A_UNIT, act="发放开通码")
    if by.role in OF_A_UNIT and by.unit_id != unit.id:
        raise Forbidden("rights.other_unit", "只能给本单位人员发放开通码。")
    held = {post.official.badge: post.official for post in queries.posts(session, on=today, unit=unit)}
    slips = []
    for badge in badges:
        if badge not in held:
            raise Refused("rights.not_of_unit", f"工号{badge}目前不在{unit.name}的名册上，不能发放。")
        slips.append(_draw(session, held[badge], by=by, today=today))
    return slips


def _draw(session: Session, person: Official, *, by: Account, today: dt.date) -> Slip:
    for old in session.exec(select(OpeningCode).where(OpeningCode.badge == person.badge)):
        old.void = True
        session.add(old)
    code = "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(GROUPS))
    expires = today + dt.timedelta(days=DAYS)
    row = OpeningCode(
        badge=person.badge, digest=_digest(code), issued_by=key(by.id), issued_on=today, expires_on=expires
    )
    session.add(row)
    session.flush()
    journal.record(session, by=by.login, act="rights.code", subject=person.badge, detail={"until": expires})
    return Slip(person.badge, person.name, code, expires)


def _digest(code: str) -> str:
    plain = "".join(mark for mark in code.upper() if mark.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def use(session: Session, badge: str, code: str, *, today: dt.date) -> Official:
    """Use up a code and return whose it is; a wrong, used, void or expired one is refused."""
    row = session.exec(select(OpeningCode).where(OpeningCode.digest == _digest(code))).first()
    if row is None or row.badge != badge or row.void or row.used_on or today > row.expires_on:
        raise Forbidden("rights.bad_code", "工号或开通码不对，或开通码已用过、已过期；请向单位联络员重领。")
    row.used_on = today
    session.add(row)
    session.flush()
    return queries.official(session, badge)


def history(session: Session, badge: str) -> list[tuple[OpeningCode, Account]]:
    """Return the codes drawn for somebody with who drew them, the newest first."""
    rows = session.exec(
        select(OpeningCode, Account)
        .join(Account, col(Account.id) == col(OpeningCode.issued_by))
        .where(OpeningCode.badge == badge)
        .order_by(col(OpeningCode.id).desc())
    ).all()
    return [(code, account) for code, account in rows]


def opened(session: Session, badges: Iterable[str]) -> set[str]:
    """Return which of these people have an account."""
    query = select(Account.badge).where(col(Account.badge).in_(list(badges)), col(Account.active))
    return {badge for badge in session.exec(query) if badge}
