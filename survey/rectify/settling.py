"""What became of a comment: its outcome with the reason; a refusal goes before somebody else at once."""

import datetime as dt

from sqlmodel import Session

from survey import clock, journal
from survey.errors import Invalid, Refused
from survey.poll.models import Poll
from survey.rectify.ledger import repetitions
from survey.rectify.models import Outcome, OutcomeKind
from survey.review import comments, rechecks
from survey.review.access import key, only
from survey.review.comments import to_inspectors
from survey.review.models import Comment, RecheckMatter
from survey.staff.models import Account, Role


def settle_comment(
    session: Session,
    comment: Comment,
    *,
    kind: OutcomeKind,
    reason: str,
    by: Account,
    today: dt.date | None = None,
) -> Outcome:
    """Give a comment an outcome other than a ledger item, with its reason and the day."""
    if kind is OutcomeKind.TASK:
        raise Refused("rectify.task_first", "列入台账请登记整改事项，系统会自动记下去向。")
    if kind is OutcomeKind.DISCIPLINE:
        only(by, Role.OFFICE, Role.REVIEWER, Role.INSPECTOR, act="移交线索")
    else:
        only(by, Role.OFFICE, act="登记反映去向")
        if comment.closed:
            raise Refused("rectify.to_inspectors", "该反映属于问题线索，只移交纪委监委。")
    if not reason.strip():
        raise Invalid("rectify.no_reason", f"去向为「{kind}」时须写明理由。")
    outcome = Outcome(comment_id=key(comment.id), kind=kind, reason=reason.strip(), on=today)
    add_outcome(session, comment, outcome, by=by)
    if kind is OutcomeKind.DISCIPLINE and not comment.closed:
        to_inspectors(session, comment, by=by)
    if kind is OutcomeKind.DECLINED:
        _second_look(session, comment, outcome, by=by)
    return outcome


def _second_look(session: Session, comment: Comment, outcome: Outcome, *, by: Account) -> None:
    """Lay a declined remark before somebody else (批否倒查)."""
    rechecks.spawn(
        session,
        matter=RecheckMatter.DECLINED,
        reference=key(outcome.id),
        poll_id=comment.poll_id,
        unit_code=comment.unit_code,
        title=f"{comment.line_name}：{comment.paraphrase}（不采纳：{outcome.reason}）",
        refusers={key(by.id)},
        on=outcome.on or clock.today(),
    )


def add_outcome(session: Session, comment: Comment, outcome: Outcome, *, by: Account) -> Outcome:
    """Keep one outcome of one comment."""
    session.add(outcome)
    session.flush()
    detail = {"outcome": outcome.kind, "task": outcome.task_id}
    journal.record(session, by=by.login, act="rectify.settle", subject=f"反映{comment.id}", detail=detail)
    return outcome


def settle_repetitions(session: Session, poll: Poll, *, by: Account, today: dt.date) -> int:
    """Give every comment that repeats a settled one its outcome; return how many."""
    found = repetitions(session, poll)
    for number, reason in found.items():
        comment, kind = comments.get(session, number), OutcomeKind.DUPLICATE
        settle_comment(session, comment, kind=kind, reason=reason, by=by, today=today)
    return len(found)
