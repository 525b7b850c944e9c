"""The case sheet: all that the group needs before it votes, and all that happened since, on one page."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from scoring.rates import percent, share, wilson
from survey.poll.models import Poll
from survey.review import cases as reading
from survey.review import hearings, objections, rechecks, steps, votes
from survey.review.ladders import LadderStep, ladder
from survey.review.models import Case, Hearing, Measure, Objection, Opinion, Recheck, RecheckMatter, Talk
from survey.staff.models import Account

MOST_SIMILAR = 12


@dataclass(frozen=True)
class SignedOpinion:
    """An opinion with its author's name."""

    opinion: Opinion
    author: str


@dataclass(frozen=True)
class Similar:
    """Another case of the same rung in the same series: what was counted and what became of it."""

    case: Case
    poor: int
    rated: int
    rate: str
    outcome: str


@dataclass(frozen=True)
class Sheet:
    """All that the case page shows."""

    case: Case
    figures: tuple[tuple[str, str], ...]
    opinions: tuple[SignedOpinion, ...]
    board: votes.Board
    measure: Measure | None
    decided_by: str
    joined_to: Case | None
    ladder: tuple[LadderStep, ...]
    marks: tuple[int, int, int]
    interval: str
    adverse: int
    series: str
    similar: tuple[Similar, ...]
    hearing: Hearing | None
    objection: Objection | None
    rechecks: tuple[Recheck, ...]
    talks: tuple[Talk, ...]
    path: tuple[tuple[str, str, str], ...]


def sheet(session: Session, case: Case, *, today: dt.date) -> Sheet:
    """Return what the case page shows on one day."""
    poll = session.get_one(Poll, case.poll_id)
    result, slate = reading.counted(session, poll), json.loads(poll.slate)
    decided = reading.measure_of(session, case)
    leader = session.get(Account, decided.decided_by if decided else case.closed_by or 0)
    marks, hearing = marks_in(result, case), hearings.of(session, case)
    return Sheet(
        case=case,
        figures=_figures(case),
        opinions=_opinions(session, case),
        board=votes.board(session, case, on=today),
        measure=decided,
        decided_by=leader.name if leader else "",
        joined_to=session.get(Case, case.joined_to) if case.joined_to else None,
        ladder=tuple(ladder(session, case.kind, case.subject)),
        marks=marks,
        interval=interval(marks),
        adverse=_adverse(slate, case),
        series=series_of(slate, case.unit_code),
        similar=tuple(_similar(session, poll, case, result, slate)),
        hearing=hearing,
        objection=objections.of(session, decided) if decided else None,
        rechecks=_rechecks(session, case, decided),
        talks=tuple(steps.talks(session, decided)) if decided else (),
        path=tuple(steps.path(case, decided, heard=hearings.settled(session, case, on=today), today=today)),
    )


def _figures(case: Case) -> tuple[tuple[str, str], ...]:
    numbers = json.loads(case.numbers).items()
    return tuple((reading.NUMBER_NAMES.get(key, key), reading.figure(key, value)) for key, value in numbers)


def _opinions(session: Session, case: Case) -> tuple[SignedOpinion, ...]:
    rows = session.exec(
        select(Opinion, Account)
        .join(Account, col(Account.id) == col(Opinion.account_id))
        .where(Opinion.case_id == case.id)
        .order_by(col(Opinion.id))
    ).all()
    return tuple(SignedOpinion(opinion, account.name) for opinion, account in rows)


def marks_in(result: dict[str, Any], case: Case) -> tuple[int, int, int]:
    """Return 非常满意, 服务一般, 服务较差 of the subject; a unit's are those of its persons together."""
    rows = result["units"] if case.kind == "unit" else result["persons"]
    row = next(row for row in rows if row["id"] == case.subject)
    row = row["persons"] if case.kind == "unit" else row
    return int(row["a"]), int(row["g"]), int(row["b"])


def interval(marks: tuple[int, int, int]) -> str:
    """Return the 95 % interval of the share of poor marks, or an empty text when nobody rated."""
    if not sum(marks):
        return ""
    low, high = wilson(marks[2], sum(marks))
    return f"{share(low)}至{share(high)}"


def series_of(slate: dict[str, Any], unit_code: str) -> str:
    """Return the 单位类别 within which a unit is compared."""
    return next((str(unit["series"]) for unit in slate["units"] if unit["id"] == unit_code), "")


def _adverse(slate: dict[str, Any], case: Case) -> int:
    """Return how many penalties and the like against firms stand beside the subject on the slate."""
    mine = "unit" if case.kind == "unit" else "id"
    return sum(person["adverse_actions"] for person in slate["persons"] if person[mine] == case.subject)


def _similar(
    session: Session, poll: Poll, case: Case, result: dict[str, Any], slate: dict[str, Any]
) -> list[Similar]:
    """Return the other cases of this rung and series in the poll, the highest share of poor marks first."""
    series = series_of(slate, case.unit_code)
    found = [
        other
        for other in reading.cases(session, poll, kind=case.kind)
        if other.rung == case.rung and other.id != case.id and series_of(slate, other.unit_code) == series
    ]
    rows = [_as_similar(session, other, marks_in(result, other)) for other in found]
    return sorted(rows, key=lambda row: -row.poor / max(1, row.rated))[:MOST_SIMILAR]


def _as_similar(session: Session, case: Case, marks: tuple[int, int, int]) -> Similar:
    measure, rated = reading.measure_of(session, case), sum(marks)
    outcome = measure.kind.value if measure and not measure.revoked_on else case.state.chinese
    rate = f"{percent(marks[2], rated)}%" if rated else "—"
    return Similar(case=case, poor=marks[2], rated=rated, rate=rate, outcome=outcome)


def _rechecks(session: Session, case: Case, measure: Measure | None) -> tuple[Recheck, ...]:
    objection = objections.of(session, measure) if measure else None
    wanted = {(RecheckMatter.EXCLUSION, case.id), (RecheckMatter.OBJECTION, objection.id if objection else 0)}
    poll = session.get_one(Poll, case.poll_id)
    every = rechecks.rechecks(session, poll=poll)
    return tuple(one for one in every if (one.matter, one.reference) in wanted)
