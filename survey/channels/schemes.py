"""企业考核办法: a year's weights add up to 100, and the enterprises' weight is the largest of them."""

import datetime as dt
from collections.abc import Mapping

from sqlmodel import Session, col, select

from survey import journal
from survey.channels.models import Scheme
from survey.errors import Invalid, Refused
from survey.review.access import key, only
from survey.staff.models import Account, Role

ENTERPRISES = "企业评价"
WHOLE = 100


def weights_of(text: str) -> dict[str, int]:
    """Read weights, one a line: a name and a whole number."""
    weights: dict[str, int] = {}
    for line in text.splitlines():
        name, _, number = line.strip().replace("%", "").replace("　", " ").rpartition(" ")
        if not line.strip():
            continue
        if not name.strip() or not number.isdigit() or name.strip() in weights:
            raise Invalid(
                "channels.weights", f"「{line.strip()}」看不懂，请每行写一项：名称 空格 整数权重，不重复。"
            )
        weights[name.strip()] = int(number)
    return weights


def check(weights: Mapping[str, int]) -> None:
    """Refuse weights that do not add up, or in which the enterprises' is not the largest."""
    if sum(weights.values()) != WHOLE:
        raise Refused("channels.sum", f"各项权重合计{sum(weights.values())}，应为{WHOLE}，请改正。")
    own = weights.get(ENTERPRISES, 0)
    others = [weight for name, weight in weights.items() if name != ENTERPRISES]
    if not own or own <= max(others, default=0):
        raise Refused(
            "channels.largest",
            f"“{ENTERPRISES}”的权重为{own}，必须大于其他每一项（现最大{max(others, default=0)}），请改正。",
        )


def decide(session: Session, *, year: int, weights: Mapping[str, int], by: Account, today: dt.date) -> Scheme:
    """Fix the weights of a year before it ends; they are not changed afterwards."""
    only(by, Role.LEADER, act="确定考核办法")
    check(weights)
    if session.get(Scheme, year):
        raise Refused("channels.scheme_fixed", f"{year}年的考核办法已经确定，不能改动。")
    if year < today.year:
        raise Refused("channels.scheme_late", f"{year}年已经过去，考核办法须事先确定。")
    scheme = Scheme(year=year, weights=dict(weights), decided_by=key(by.id), decided_on=today)
    session.add(scheme)
    session.flush()
    journal.record(session, by=by.login, act="channels.scheme", subject=str(year), detail=dict(weights))
    return scheme


def schemes(session: Session) -> list[Scheme]:
    """Return the schemes, the newest year first."""
    return list(session.exec(select(Scheme).order_by(col(Scheme.year).desc())))
