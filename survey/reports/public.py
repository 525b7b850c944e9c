"""What the public page tells beside the result: what was raised by theme, and what became of it, in numbers.

No person, no firm, no words of a remark; a clue for the inspectors is not told apart from 其他.
"""

import datetime as dt
import json
from collections import Counter
from typing import Any

from sqlmodel import Session

from survey import journal
from survey.box.board import Board
from survey.config import Config
from survey.errors import Refused
from survey.poll.models import Poll
from survey.rectify import ledger
from survey.rectify.models import Outcome, OutcomeKind, Task
from survey.review.access import only
from survey.review.comments import comments
from survey.review.models import Comment, Theme
from survey.staff.models import Account, Role
from survey.tally.audit import PUBLISHED

NOTICE = "changes"
FATES = ("done", "pending", "cannot", "other")
TAKEN_UP = (OutcomeKind.ADOPTED, OutcomeKind.PARTLY)


def changes(session: Session, poll: Poll, *, today: dt.date) -> dict[str, Any]:
    """Return by theme how many remarks there were and what became of them; the fates add up."""
    outcomes = ledger.outcomes(session, poll)
    by_theme: dict[str, Counter[str]] = {}
    for comment in comments(session, poll):
        theme = Theme.OTHER if comment.closed else comment.theme or Theme.OTHER
        fate = _fate(session, comment, outcomes.get(comment.id or 0, []))
        by_theme.setdefault(theme.chinese, Counter())[fate] += 1
    rows: list[dict[str, Any]] = [
        {"theme": theme, "raised": fates.total(), **{fate: fates[fate] for fate in FATES}}
        for theme, fates in by_theme.items()
    ]
    rows.sort(key=lambda row: (-row["raised"], row["theme"]))
    return {"as_of": today.isoformat(), "themes": rows}


def _fate(session: Session, comment: Comment, outcomes: list[Outcome]) -> str:
    kinds = {outcome.kind for outcome in outcomes}
    tasks = [session.get_one(Task, outcome.task_id) for outcome in outcomes if outcome.task_id]
    if tasks:
        return "done" if all(task.verified_on for task in tasks) else "pending"
    if comment.closed or not kinds:
        return "other"
    if kinds & set(TAKEN_UP):
        return "done"
    return "cannot" if OutcomeKind.DECLINED in kinds else "other"


def publish(session: Session, poll: Poll, *, config: Config, by: Account, today: dt.date) -> None:
    """Put up what was raised and what became of it; a later notice replaces this one."""
    only(by, Role.OFFICE, act="公布整改情况")
    if poll.stage not in PUBLISHED:
        raise Refused("reports.not_published", f"{poll.key} 的结果还没有公布，先公布结果，再公布整改情况。")
    told = changes(session, poll, today=today)
    content = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
    Board(config.board).post(NOTICE, poll.key, content, "application/json")
    journal.record(session, by=by.login, act="reports.changes", subject=poll.key, detail={"as of": today})
