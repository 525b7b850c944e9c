"""日推送、周周促、月月考、季季赛、年底排: five looks at the same due dates, to read and to copy.

Each due date stands in five digests, one a rhythm. Rates carry numerator and denominator: items finished
in time over items that are due or finished; units are ranked within their series only.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from sqlmodel import Session, select

from scoring.rates import percent
from survey.rectify.ledger import Row, rows
from survey.rectify.models import Cycle, Light, Task
from survey.roster.models import Series, Unit


class Rhythm(StrEnum):
    """How often a digest is made; the value is shown."""

    DAILY = "日推送"
    WEEKLY = "周周促"
    MONTHLY = "月月考"
    QUARTERLY = "季季赛"
    YEARLY = "年底排"

    @property
    def ranks(self) -> bool:
        """Tell whether this digest ranks units; a day or a week is too short to rank."""
        return self not in (Rhythm.DAILY, Rhythm.WEEKLY)


@dataclass(frozen=True)
class Span:
    """The days of one digest, both ends included."""

    first: dt.date
    last: dt.date

    def holds(self, day: dt.date) -> bool:
        """Tell whether `day` lies in the span."""
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}至{self.last}"


@dataclass(frozen=True)
class Score:
    """How one unit kept its due dates; `judged` leaves out what is not due yet and not done."""

    unit: Unit
    due: int
    in_time: int
    late: int
    overdue: int
    place: int | None = None

    @property
    def judged(self) -> int:
        """Return the items that can be judged."""
        return self.in_time + self.late + self.overdue

    @property
    def rate(self) -> Fraction | None:
        """Return the share finished in time, or None when nothing can be judged yet."""
        return Fraction(self.in_time, self.judged) if self.judged else None

    @property
    def shown_rate(self) -> str:
        """Return the rate with numerator and denominator."""
        if not self.judged:
            return "—"
        return f"{percent(self.in_time, self.judged)}%（{self.in_time}/{self.judged}）"


@dataclass(frozen=True)
class Digest:
    """One digest: its days, the items to chase, and how each unit stands."""

    rhythm: Rhythm
    span: Span
    today: dt.date
    chase: tuple[Row, ...]
    scores: tuple[Score, ...]


def span(rhythm: Rhythm, day: dt.date) -> Span:
    """Return the days of the digest of `rhythm` that holds `day`; weeks begin on Monday."""
    if rhythm is Rhythm.DAILY:
        return Span(day, day)
    if rhythm is Rhythm.WEEKLY:
        monday = day - dt.timedelta(days=day.weekday())
        return Span(monday, monday + dt.timedelta(days=6))
    months = {Rhythm.MONTHLY: 1, Rhythm.QUARTERLY: 3, Rhythm.YEARLY: 12}[rhythm]
    first = dt.date(day.year, (day.month - 1) // months * months + 1, 1)
    following = first.month + months
    end = dt.date(first.year + (following > 12), (following - 1) % 12 + 1, 1)
    return Span(first, end - dt.timedelta(days=1))


def events(task: Task) -> dict[Rhythm, Span]:
    """Return the five digests in which a task's due date stands."""
    return {rhythm: span(rhythm, task.deadline) for rhythm in Rhythm}


def digest(session: Session, rhythm: Rhythm, *, day: dt.date, today: dt.date) -> Digest:
    """Return the digest that holds `day`, as of `today`: its due items and all that is overdue."""
    days = span(rhythm, day)
    every = rows(session, today=today)
    mine = [row for row in judged(session, today=today) if days.holds(row.task.deadline)]
    chase = [row for row in every if row.task.done_on is None and _chased(row, days)]
    return Digest(rhythm, days, today, tuple(chase), tuple(scores(mine, today=today, ranked=rhythm.ranks)))


def judged(session: Session, *, today: dt.date) -> list[Row]:
    """Return every due date that counts: all items, and how reopened ones stood before they were reopened."""
    every = rows(session, today=today)
    by_id = {row.task.id: row for row in every}
    units = {unit.id: unit for unit in session.exec(select(Unit))}
    for cycle in session.exec(select(Cycle)):
        row = by_id[cycle.task_id]
        was = row.task.model_dump() | {"deadline": cycle.deadline, "done_on": cycle.done_on}
        every.append(replace(row, task=Task(**was), unit=units[cycle.unit_id], light=Light.GREEN))
    return every


def _chased(row: Row, days: Span) -> bool:
    return days.holds(row.task.deadline) or (row.light is Light.RED and row.task.deadline <= days.last)


def scores(found: Iterable[Row], *, today: dt.date, ranked: bool) -> list[Score]:
    """Return one score for each unit with items, by series and place."""
    by_unit: dict[str, list[Row]] = {}
    for row in found:
        by_unit.setdefault(row.unit.code, []).append(row)
    made = [_score(items, today) for items in by_unit.values()]
    if ranked:
        made = [place for series in Series for place in _placed([s for s in made if s.unit.series is series])]
    order = list(Series)
    return sorted(made, key=lambda s: (order.index(s.unit.series), s.place or 99, s.unit.position))


def _score(items: Sequence[Row], today: dt.date) -> Score:
    tasks = [row.task for row in items]
    done = [task for task in tasks if task.done_on]
    late = sum(task.days_late(today) > 0 for task in done)
    overdue = sum(task.done_on is None and task.deadline < today for task in tasks)
    return Score(items[0].unit, len(tasks), len(done) - late, late, overdue)


def _placed(series: Sequence[Score]) -> list[Score]:
    """Return the scores of one series with places; equal rates share the better place."""
    rates = [score.rate for score in series if score.rate is not None]
    return [
        Score(s.unit, s.due, s.in_time, s.late, s.overdue, 1 + sum(other > s.rate for other in rates))
        if s.rate is not None
        else s
        for s in series
    ]


def text(made: Digest) -> str:
    """Return a digest as plain text to paste into a message; it names units and owners, never a firm."""
    lines = [f"【整改台账{made.rhythm.value}】{made.span}（数据截至{made.today}）"]
    lines.append(f"应盯办{len(made.chase)}件：" if made.chase else "没有需要盯办的事项。")
    for number, row in enumerate(made.chase, 1):
        task = row.task
        lines.append(
            f"{number}. {row.unit.name}：{task.title}（时限{task.deadline}，{row.label}；"
            f"盯办人{task.owner} {task.phone}）"
        )
    lines += [line for score in made.scores for line in [_line(score)]] if made.rhythm.ranks else []
    return "\n".join(lines)


def _line(score: Score) -> str:
    place = f"第{score.place}名" if score.place else "不排名"
    return (
        f"【{score.unit.series.value}】{score.unit.name}：到期{score.due}件，按期{score.in_time}件，"
        f"逾期完成{score.late}件，逾期未完成{score.overdue}件，按期率{score.shown_rate}，本类别{place}"
    )


def agenda(session: Session, *, today: dt.date) -> str:
    """Return the agenda of the next co-ordination meeting: the red items, then those due within a week."""
    soon = today + dt.timedelta(days=7)
    open_rows = [row for row in rows(session, today=today) if row.task.done_on is None]
    red = [row for row in open_rows if row.light is Light.RED]
    near = [row for row in open_rows if row.light is Light.YELLOW and row.task.deadline <= soon]
    lines = [f"调度会议题（{today}）"]
    for heading, items in (("一、红灯事项", red), ("二、一周内到期事项", near)):
        lines.append(f"{heading}（{len(items)}件）")
        lines += [
            f"{number}. {row.unit.name}汇报：{row.task.title}（{row.label}，盯办人{row.task.owner}）"
            for number, row in enumerate(items, 1)
        ]
    return "\n".join(lines)
