"""月报: one page for the county's secretary; what came, what was done, what is red, what he has to decide."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from survey.clock import Quarter
from survey.config import Config
from survey.errors import Invalid, Refused
from survey.letters import render
from survey.poll.models import Stage
from survey.rectify import digests, ledger
from survey.rectify.digests import Rhythm, Score, Span
from survey.rectify.ledger import Row
from survey.rectify.models import Light
from survey.review.models import Case, CaseState, Measure
from survey.roster.models import Series
from survey.tally import counts

MOST_RED = 6
"""Red items that fit on the page by name; the others are told as a number."""
LONGEST_TITLE = 30
STALE = 30
"""A red item older than this many days is for the secretary."""


@dataclass(frozen=True)
class SeriesLine:
    """One series of units in the month."""

    name: str
    due: int
    in_time: int
    late: int
    overdue: int


@dataclass(frozen=True)
class Note:
    """Everything on the page."""

    county: str
    office: str
    month: str
    as_of: dt.date
    poll: str
    rates: tuple[dict[str, Any], ...]
    opened: int
    closed: int
    lights: dict[Light, int]
    series: tuple[SeriesLine, ...]
    sources: tuple[tuple[str, int], ...]
    red: tuple[Row, ...]
    more_red: int
    stale: int
    undecided: int


def month_of(text: str) -> Span:
    """Return the days of a month written like 2023-04, or refuse."""
    try:
        return digests.span(Rhythm.MONTHLY, dt.date.fromisoformat(f"{text}-01"))
    except ValueError as fault:
        raise Invalid("reports.month", f"「{text}」不是月份，请按2023-04的样子填写。") from fault


def note(session: Session, month: Span, *, config: Config, today: dt.date) -> Note:
    """Gather the page of a month that has begun."""
    if today < month.first:
        raise Refused("reports.future", f"{month.first:%Y-%m}还没有开始，没有月报。")
    as_of = min(today, month.last)
    rows = ledger.rows(session, today=as_of)
    rows = [row for row in rows if row.task.opened_on <= as_of]
    due = [row for row in digests.judged(session, today=as_of) if row.task.opened_on <= as_of]
    opened = [row for row in rows if month.holds(row.task.opened_on)]
    red = [row for row in rows if row.light is Light.RED]
    poll, rates = _newest(session, as_of)
    return Note(
        county=config.county,
        office=config.office,
        month=f"{month.first.year}年{month.first.month}月",
        as_of=as_of,
        poll=poll,
        rates=rates,
        opened=len(opened),
        closed=sum(bool(row.task.verified_on and month.holds(row.task.verified_on)) for row in rows),
        lights=ledger.lights(rows),
        series=tuple(_series([r for r in due if month.holds(r.task.deadline)], as_of)),
        sources=tuple(ledger.by_source(opened).items()),
        red=tuple(red[:MOST_RED]),
        more_red=max(0, len(red) - MOST_RED),
        stale=sum((as_of - row.task.deadline).days > STALE for row in red),
        undecided=_undecided(session),
    )


def _undecided(session: Session) -> int:
    """Return how many cases the group upheld that no leader has decided yet."""
    decided = set(session.exec(select(Measure.case_id)).all())
    upheld = session.exec(select(Case.id).where(Case.state == CaseState.UPHELD)).all()
    return sum(case not in decided for case in upheld)


def _newest(session: Session, as_of: dt.date) -> tuple[str, tuple[dict[str, Any], ...]]:
    """Return the newest published poll by that day, and its rates with definitions and changes."""
    published = (Stage.REPORTED, Stage.RECTIFYING, Stage.CONCLUDED)
    found = [p for p in counts.counted_polls(session) if p.held_on <= as_of and p.stage in published]
    if not found:
        return "", ()
    return Quarter.parse(found[-1].round).chinese, tuple(counts.result(session, found[-1])["rates"])


def _series(rows: list[Row], as_of: dt.date) -> list[SeriesLine]:
    made = digests.scores(rows, today=as_of, ranked=False)
    return [_sum(series.value, [s for s in made if s.unit.series is series]) for series in Series]


def _sum(name: str, scores: list[Score]) -> SeriesLine:
    return SeriesLine(
        name,
        sum(s.due for s in scores),
        sum(s.in_time for s in scores),
        sum(s.late for s in scores),
        sum(s.overdue for s in scores),
    )


def short(title: str) -> str:
    """Return a title that fits on one line of the page."""
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"


def pdf(made: Note, *, fonts: Path) -> bytes:
    """Return the note as one A4 page."""
    context = {"note": made, "short": short}
    return render.pdf(
        "reports/monthly.html", context, fonts=fonts, dated=made.as_of, style="reports/monthly.css"
    )
