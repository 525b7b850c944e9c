"""What somebody may see of the cases that are about the own person or unit, and what may be done now."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session, col, select

from survey.errors import Refused
from survey.poll.models import Poll
from survey.review import hearings, objections, steps
from survey.review.access import concerned, is_concerned
from survey.review.cases import counted, get, measure_of
from survey.review.casesheet import interval, marks_in
from survey.review.comments import comments, tells
from survey.review.models import Case, CaseState, Hearing, Measure, Objection
from survey.staff.models import Account, Role
from survey.tally import counts, figures


@dataclass(frozen=True)
class Matter:
    """One case as the person or unit it is about sees it."""

    case: Case
    round: str
    hearing: Hearing | None
    measure: Measure | None
    objection: Objection | None
    until: dt.date | None
    marks: tuple[int, int, int]
    interval: str
    median: str
    remarks: tuple[str, ...]
    path: tuple[tuple[str, str, str], ...]
    may_state: bool
    may_object: bool


def mine(session: Session, *, by: Account) -> list[Case]:
    """Return the cases about the account that it was told of, the newest first."""
    found = session.exec(select(Case).where(Case.kind != "reward").order_by(col(Case.id).desc())).all()
    return [case for case in found if is_concerned(session, case, by=by) and told(session, case)]


def told(session: Session, case: Case) -> bool:
    """Tell whether whoever the case is about was told of it."""
    return hearings.of(session, case) is not None or measure_of(session, case) is not None


def matter(session: Session, case_id: int, *, by: Account, today: dt.date) -> Matter:
    """Return one case to whoever it is about; everybody else is refused, whatever number they try."""
    case = get(session, case_id)
    concerned(session, case, by=by)
    poll = session.get_one(Poll, case.poll_id)
    hearing, measure = hearings.of(session, case), measure_of(session, case)
    objection = objections.of(session, measure) if measure else None
    until = objections.last_day(measure) if measure else None
    marks = marks_in(counted(session, poll), case)
    standing = measure is not None and measure.revoked_on is None
    return Matter(
        case=case,
        round=poll.round,
        hearing=hearing,
        measure=measure,
        objection=objection,
        until=until,
        marks=marks,
        interval=interval(marks),
        median=_median(session, poll, case),
        remarks=tuple(_remarks(session, poll, case)),
        path=tuple(steps.path(case, measure, heard=hearings.settled(session, case, on=today), today=today)),
        may_state=hearing is not None and hearing.way is None and case.state is CaseState.UPHELD
        and measure is None,
        may_object=standing and objection is None and until is not None and today <= until,
    )  # fmt: skip


def _median(session: Session, poll: Poll, case: Case) -> str:
    """Return the median 非差评率 of the subject's series, among units or among persons."""
    result = counts.figures(session, poll)
    rows = figures.units(result) if case.kind == "unit" else list(result["persons"])
    own = next((row for row in rows if row["id"] == case.subject), None)
    return (figures.median_percent(figures.by_series(rows)[own["series"]]) or "") if own else ""


def _remarks(session: Session, poll: Poll, case: Case) -> list[str]:
    """Return the checked paraphrases on a person's own line, or on a unit and all its persons."""
    mine = [
        comment.paraphrase
        for comment in comments(session, poll)
        if tells(comment)
        and (comment.unit_code == case.subject if case.kind == "unit" else comment.line == case.subject)
    ]
    return list(dict.fromkeys(mine))


def measure_about(session: Session, case_id: int, *, by: Account) -> Measure:
    """Return the measure of a case to whoever the case is about."""
    case = get(session, case_id)
    concerned(session, case, by=by)
    if measure := measure_of(session, case):
        return measure
    raise Refused("rights.no_measure", "该事项还没有决定措施，没有可以提出异议的对象。")


def duties(session: Session, *, by: Account) -> list[tuple[Measure, Case]]:
    """Return the measures that a party organisation carries out: those on its unit and its people."""
    if by.role is not Role.PARTY:
        return []
    rows = session.exec(
        select(Measure, Case)
        .join(Case, col(Case.id) == col(Measure.case_id))
        .where(col(Measure.revoked_on).is_(None), Case.kind != "reward")
        .order_by(col(Measure.id).desc())
    ).all()
    return [(measure, case) for measure, case in rows if steps.of_own_unit(session, measure.unit_code, by=by)]
