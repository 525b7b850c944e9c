"""红黑榜: units only, by how they rectify, within their series; a rule fixed before the quarter or no list.

Entry and exit stand in the rule. A series that met its target has no black list (the practice of 曲靖).
"""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from sqlmodel import Session, col, select

from survey import journal
from survey.clock import Quarter
from survey.errors import Invalid, Refused
from survey.rectify import digests
from survey.rectify.digests import Rhythm, Score, Span
from survey.rectify.ledger import Row
from survey.rectify.models import Light, RollRule
from survey.review.access import key, only
from survey.roster.models import Series
from survey.staff.models import Account, Role

HUNDRED = 100


@dataclass(frozen=True)
class Entry:
    """One unit on a list: its score, and why it has left the list since, if it has."""

    score: Score
    left: str = ""


@dataclass(frozen=True)
class SeriesRolls:
    """The lists of one series; `spared` says why it has no black list."""

    series: Series
    red: tuple[Entry, ...]
    black: tuple[Entry, ...]
    spared: str = ""


def first_day(quarter: Quarter) -> dt.date:
    """Return the first day of a quarter."""
    return dt.date(quarter.year, quarter.number * 3 - 2, 1)


def span_of(quarter: Quarter) -> Span:
    """Return the days of a quarter."""
    return digests.span(Rhythm.QUARTERLY, first_day(quarter))


def parse(text: str) -> Quarter:
    """Read a quarter such as 2023Q2, or refuse."""
    try:
        return Quarter.parse(text.strip())
    except ValueError as fault:
        raise Invalid("rectify.quarter", f"「{text}」不是季度，请按2023Q2的样子填写。") from fault


def fix_rule(
    session: Session,
    *,
    valid_from: Quarter,
    least_items: int,
    red_from: int,
    black_below: int,
    target: int,
    by: Account,
    today: dt.date,
) -> RollRule:
    """Fix the rule for a quarter that has not begun, and all after it until a newer rule."""
    only(by, Role.LEADER, act="确定红黑榜规则")
    if today >= first_day(valid_from):
        raise Refused("rectify.rule_late", f"{valid_from}已经开始，榜单规则必须在季度开始之前确定。")
    if session.get(RollRule, str(valid_from)):
        raise Refused("rectify.rule_fixed", f"{valid_from}起的榜单规则已经确定，不能改动。")
    if not (least_items >= 1 and 0 <= black_below <= red_from <= HUNDRED and 1 <= target <= HUNDRED):
        raise Invalid("rectify.rule_lines", "红榜线不能低于黑榜线，各线在0至100之间，最少件数至少为1。")
    rule = RollRule(
        valid_from=str(valid_from), least_items=least_items, red_from=red_from, black_below=black_below,
        target=target, decided_by=key(by.id), decided_on=today,
    )  # fmt: skip
    session.add(rule)
    session.flush()
    detail = {"least": least_items, "red": red_from, "black": black_below, "target": target}
    journal.record(session, by=by.login, act="rectify.roll_rule", subject=str(valid_from), detail=detail)
    return rule


def rule_for(session: Session, quarter: Quarter) -> RollRule | None:
    """Return the rule that holds in a quarter: the newest that was fixed for it or an earlier one."""
    query = select(RollRule).where(RollRule.valid_from <= str(quarter))
    return session.exec(query.order_by(col(RollRule.valid_from).desc())).first()


def words(rule: RollRule) -> tuple[str, ...]:
    """Return the rule in sentences, as it is printed beside the lists."""
    return (
        f"只列单位，只按整改台账，只在同类单位之间比较；当季到期不满{rule.least_items}件的单位不列。",
        f"红榜：当季按期完成率不低于{rule.red_from}%，且没有逾期未完成事项。",
        f"黑榜：当季按期完成率低于{rule.black_below}%；本类别合计按期完成率达到{rule.target}%的，不列黑榜。",
        "退出：红榜单位此后出现红灯事项即退出；黑榜单位当季到期事项全部完成即退出。",
    )


def rolls(session: Session, quarter: Quarter, *, today: dt.date) -> list[SeriesRolls]:
    """Return the lists of a quarter that is over; refuse when no rule was fixed before it."""
    rule, days = rule_for(session, quarter), span_of(quarter)
    if rule is None:
        raise Refused("rectify.no_rule", f"{quarter}没有事先确定的榜单规则，不排红黑榜。")
    if today <= days.last:
        raise Refused("rectify.quarter_open", f"{quarter}到{days.last}才结束，结束后再排红黑榜。")
    every = digests.judged(session, today=today)
    mine = [row for row in every if days.holds(row.task.deadline)]
    made = digests.scores(mine, today=today, ranked=True)
    return [
        _series(series, [score for score in made if score.unit.series is series], rule, every, days)
        for series in Series
        if any(score.unit.series is series for score in made)
    ]


def _series(series: Series, scores: list[Score], rule: RollRule, every: list[Row], days: Span) -> SeriesRolls:
    in_time, judged = sum(s.in_time for s in scores), sum(s.judged for s in scores)
    met = judged > 0 and Fraction(in_time * HUNDRED, judged) >= rule.target
    counted = [(s, s.rate * HUNDRED) for s in scores if s.rate is not None and s.due >= rule.least_items]
    red = [s for s, rate in counted if rate >= rule.red_from and not s.overdue]
    black = [] if met else [s for s, rate in counted if rate < rule.black_below]
    return SeriesRolls(
        series,
        tuple(Entry(s, _left_red(s, every)) for s in red),
        tuple(Entry(s, _left_black(s, every, days)) for s in black),
        f"本类别合计按期{in_time}/{judged}，已达目标，不列黑榜" if met else "",
    )


def _left_red(score: Score, every: list[Row]) -> str:
    red = [row for row in every if row.unit.id == score.unit.id and row.light is Light.RED]
    return "已出现红灯事项，退出红榜" if red else ""


def _left_black(score: Score, every: list[Row], days: Span) -> str:
    mine = [row.task for row in every if row.unit.id == score.unit.id and days.holds(row.task.deadline)]
    done = [task.done_on for task in mine if task.done_on]
    return f"{max(done)}全部完成，退出黑榜" if len(done) == len(mine) else ""
