"""一人一档: one person's posts, quarters, cases, measures and objections under the permanent 工号.

It is open to the person, the party organisation of the present unit and the inspectors, nobody else. The last
two name the task they open it for; each opening is journaled with it.
"""

import datetime as dt
import json
from dataclasses import asdict, dataclass
from typing import Any

from sqlmodel import Session, col, select

from survey import journal
from survey.errors import Forbidden, Invalid
from survey.poll.models import Poll
from survey.review import comments, hearings, objections, steps
from survey.review.cases import measure_of
from survey.review.models import Case, CaseState, Comment
from survey.roster import queries as roster
from survey.roster.models import Official
from survey.staff.models import Account, Role
from survey.tally import counts, figures
from survey.tally.people import PUBLISHED

READERS = (Role.OFFICIAL, Role.PARTY, Role.INSPECTOR)
NAMES = {"a": "非常满意", "g": "服务一般", "b": "服务较差", "n": "有效评价"}
SHORTEST_REASON = 4


@dataclass(frozen=True)
class Standing:
    """One quarter: the counts, or that they are withheld, beside the median of the series."""

    round: str
    unit: str
    post: str
    withheld: bool
    counts: dict[str, int]
    rate: str
    interval: str
    median: str
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Affair:
    """One case and what became of it."""

    case_id: int
    round: str
    proposed: str
    state: str
    heard: str
    measure: str
    decided_on: dt.date | None
    delivered_on: dt.date | None
    carried_out_on: dt.date | None
    record: str
    talks: int
    objection: str
    followed_up_on: dt.date | None


@dataclass(frozen=True)
class Dossier:
    """Everything that is kept of one person, for the readers named above."""

    badge: str
    name: str
    posts: tuple[dict[str, str], ...]
    quarters: tuple[Standing, ...]
    affairs: tuple[Affair, ...]

    def plain(self) -> dict[str, Any]:
        """Return the dossier as JSON takes it."""
        kept: dict[str, Any] = json.loads(json.dumps(asdict(self), ensure_ascii=False, default=str))
        return kept


def may_open(session: Session, person: Official, *, by: Account, today: dt.date) -> None:
    """Refuse everybody but the person, the party organisation of the present unit, and the inspectors."""
    if by.active and by.role is Role.INSPECTOR:
        return
    if by.active and by.role is Role.OFFICIAL and by.badge == person.badge:
        return
    held = [post for post in roster.history(session, person) if post.tenure.held_on(today)]
    if by.active and by.role is Role.PARTY and any(post.unit.id == by.unit_id for post in held):
        return
    raise Forbidden("rights.not_your_dossier", "个人档案只由本人、所在单位党组织和纪委监委查阅，您不能查看。")


def open_for(session: Session, person: Official, *, by: Account, today: dt.date, reason: str = "") -> Dossier:
    """Return the dossier to whoever may see it; others than the person name their task, for the journal."""
    may_open(session, person, by=by, today=today)
    if by.role is not Role.OFFICIAL:
        if len(reason.strip()) < SHORTEST_REASON:
            raise Invalid("rights.no_task", "请写明为办理哪项工作查阅（如：约谈教育、核实第12号事项）。")
        tasks = [key for key, open_ in _open_tasks(session, person.badge) if open_]
        detail = {"reason": reason.strip(), "task": "、".join(tasks)}
        journal.record(session, by=by.login, act="dossier.open", subject=person.badge, detail=detail)
    return compile(session, person, by=by)


def _open_tasks(session: Session, badge: str) -> list[tuple[str, bool]]:
    """Return the person's cases and whether each still has something to be done."""
    found = []
    for case in _cases(session, badge):
        measure = measure_of(session, case)
        waits = case.state in (CaseState.OPEN, CaseState.UPHELD) and measure is None
        runs = measure is not None and measure.revoked_on is None and measure.followed_up_on is None
        found.append((f"审查事项{case.id}", waits or runs))
    return found


def compile(session: Session, person: Official, *, by: Account) -> Dossier:
    """Gather everything; unpublished quarters only for the inspectors."""
    sees = None if by.role is Role.INSPECTOR else PUBLISHED
    return Dossier(
        badge=person.badge,
        name=person.name,
        posts=tuple(_post(post) for post in roster.history(session, person)),
        quarters=tuple(
            standing
            for poll in counts.counted_polls(session)
            if (sees is None or poll.stage in sees)
            and (standing := _standing(session, poll, person.badge)) is not None
        ),
        affairs=tuple(_affair(session, case, by) for case in _cases(session, person.badge)),
    )


def _post(post: roster.Post) -> dict[str, str]:
    return {
        "单位": post.unit.name,
        "职务": post.tenure.post,
        "负责事项": post.tenure.duties,
        "人员类别": post.kind,
        "开始": str(post.tenure.since),
        "结束": str(post.tenure.until or "至今"),
    }


def _standing(session: Session, poll: Poll, badge: str) -> Standing | None:
    rows = counts.figures(session, poll)["persons"]
    row = next((row for row in rows if row["id"] == badge), None)
    if row is None:
        return None
    interval = None if row["withheld"] or not row["n"] else row["interval"]
    return Standing(
        round=poll.round,
        unit=row["unit_name"],
        post=row["post"],
        withheld=row["withheld"],
        counts={} if row["withheld"] else {name: row[key] for key, name in NAMES.items()},
        rate="" if row["withheld"] else row["pct"]["not_poor"],
        interval="" if interval is None else "～".join(f"{end * 100:.2f}%" for end in interval),
        median=figures.median_percent(figures.by_series(rows)[row["series"]]) or "",
        remarks=tuple(_remarks(session, poll, badge)),
    )


def _remarks(session: Session, poll: Poll, line: str) -> list[str]:
    """Return the checked paraphrases about one line, each once."""
    query = select(Comment).where(Comment.poll_id == poll.id, Comment.line == line).order_by(col(Comment.id))
    return list(dict.fromkeys(one.paraphrase for one in session.exec(query) if comments.tells(one)))


def _cases(session: Session, badge: str) -> list[Case]:
    query = select(Case).where(Case.subject == badge, Case.kind != "unit").order_by(col(Case.id))
    return list(session.exec(query).all())


def _affair(session: Session, case: Case, by: Account) -> Affair:
    measure, hearing = measure_of(session, case), hearings.of(session, case)
    objection = objections.of(session, measure) if measure else None
    ruling = (objection.ruling.value if objection.ruling else "复核中") if objection else ""
    told = by.role is Role.INSPECTOR or case.state is CaseState.JOINED or bool(hearing or measure)
    return Affair(
        case_id=case.id or 0,
        round=session.get_one(Poll, case.poll_id).round,
        proposed=case.name if told else "研判中",
        state="已撤销" if measure and measure.revoked_on else case.state.chinese,
        heard=measure.hearing if measure else (hearing.statement if hearing else ""),
        measure=measure.kind.value if measure else "",
        decided_on=measure.decided_on if measure else None,
        delivered_on=measure.delivered_on if measure else None,
        carried_out_on=measure.carried_out_on if measure else None,
        record=measure.record if measure else "",
        talks=len(steps.talks(session, measure)) if measure else 0,
        objection=ruling,
        followed_up_on=measure.followed_up_on if measure else None,
    )
