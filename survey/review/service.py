"""Between the count and any consequence: raise cases, hear opinions, decide measures, close the review.

The engine only proposes (scoring.md 1); nothing here ever changes a count.
"""

import datetime as dt
from collections.abc import Mapping

from sqlmodel import Session

from survey import journal
from survey.clock import CHINA
from survey.errors import Invalid, Refused
from survey.poll import queries, stages
from survey.poll.models import Poll, Stage
from survey.review import hearings, ladders, objections, rechecks, steps, votes
from survey.review.access import key, only
from survey.review.cases import cases, counted, measure_of, undecided
from survey.review.comments import take_in_comments as take_in_comments
from survey.review.models import (
    Case,
    CaseState,
    Measure,
    MeasureKind,
    Opinion,
    ReasonCode,
    RecheckMatter,
    Verdict,
)
from survey.review.raising import case_from, slate_names
from survey.review.recusal import keep_out
from survey.staff.models import Account, Role

CLOSED = (CaseState.EXCLUDED, CaseState.WAIVED, CaseState.JOINED)
PENDING = (CaseState.OPEN, CaseState.UPHELD)


def raise_cases(session: Session, poll: Poll, *, by: Account) -> list[Case]:
    """Lay one case before the review group for each proposal of the count; a second call adds nothing.

    A subject with a running thread of the same measure is joined to it at once: nobody gets two letters.
    """
    only(by, Role.OFFICE, Role.REVIEWER, act="提出审查事项")
    stages.require(poll, Stage.COUNTED)
    result = counted(session, poll)
    known = {(case.kind, case.subject, case.rung) for case in cases(session, poll)}
    names = slate_names(poll)
    raised = []
    for proposal in result["proposals"]:
        case = case_from(proposal, poll, names)
        if (case.kind, case.subject, case.rung) in known:
            continue
        session.add(case)
        raised.append(case)
    session.flush()
    journal.record(session, by=by.login, act="review.raise", subject=poll.key, detail={"cases": len(raised)})
    for case in raised:
        join(session, case, by=by)
    return cases(session, poll)


def give_opinion(
    session: Session,
    case: Case,
    *,
    verdict: Verdict,
    by: Account,
    at: dt.datetime,
    reason: ReasonCode | None = None,
    evidence_number: str = "",
    evidence_date: dt.date | None = None,
    text: str = "",
) -> Opinion:
    """Write one member's opinion, which is the vote; the case stands upheld while the group carries that."""
    only(by, Role.REVIEWER, act="填写研判意见")
    _undecided(session, case)
    day = at.astimezone(CHINA).date()
    keep_out(session, by=by, unit_code=case.unit_code, on=day)
    if verdict is not Verdict.UPHOLD:
        _check_evidence(reason, evidence_number, evidence_date, text, at)
    opinion = Opinion(
        case_id=key(case.id),
        account_id=key(by.id),
        at=at,
        verdict=verdict,
        reason=reason,
        evidence_number=evidence_number.strip(),
        evidence_date=evidence_date,
        text=text.strip(),
    )
    session.add(opinion)
    session.flush()
    upheld = votes.board(session, case, on=day).carried in (Verdict.UPHOLD, Verdict.ANNOTATE)
    case.state = CaseState.UPHELD if upheld else CaseState.OPEN
    session.add(case)
    session.flush()
    detail = {"verdict": verdict, "reason": reason, "evidence": evidence_number, "date": evidence_date}
    journal.record(session, by=by.login, act="review.opinion", subject=_subject(case), detail=detail, at=at)
    return opinion


def unvoted(session: Session, poll: Poll, *, by: Account, on: dt.date) -> list[Case]:
    """Return the undecided cases on which a member has no opinion yet and need not keep out."""
    if by.role is not Role.REVIEWER or poll.stage is not Stage.COUNTED:
        return []
    boards = [(case, votes.board(session, case, on=on)) for case in undecided(session, poll)]
    return [
        case
        for case, board in boards
        if any(member.account.id == by.id and not member.opinion for member in board.eligible)
    ]


def _check_evidence(
    reason: ReasonCode | None, number: str, date: dt.date | None, text: str, at: dt.datetime
) -> None:
    missing = [
        name
        for name, value in (("理由", reason), ("证据文号", number.strip()), ("证据日期", date))
        if not value
    ]
    if reason is ReasonCode.OTHER and not text.strip():
        missing.append("情况说明")
    if missing:
        raise Invalid("review.no_evidence", f"加注或不作使用须填写：{'、'.join(missing)}。")
    if date and date > at.astimezone(CHINA).date():
        raise Invalid("review.evidence_date", "证据日期晚于今天，请核对后重填。")


def exclude(session: Session, case: Case, *, by: Account, today: dt.date) -> Case:
    """Exclude a case from use as the group carried it; no count changes, and somebody else rechecks."""
    only(by, Role.LEADER, act="决定不作使用")
    _undecided(session, case)
    keep_out(session, by=by, unit_code=case.unit_code, on=today)
    board = votes.board(session, case, on=today)
    if board.carried is not Verdict.EXCLUDE:
        raise Refused(
            "review.no_exclusion",
            "审查小组没有表决通过「不作使用」，不能排除，请先由审查小组填写意见和证据。",
        )
    excluding = [vote for vote in board.votes if vote.verdict is Verdict.EXCLUDE]
    _close(session, case, CaseState.EXCLUDED, reason=str(excluding[-1].reason), by=by)
    rechecks.spawn(
        session,
        matter=RecheckMatter.EXCLUSION,
        reference=key(case.id),
        poll_id=case.poll_id,
        unit_code=case.unit_code,
        title=f"{case.subject_name}：{case.name}",
        refusers={vote.account_id for vote in excluding} | {key(by.id)},
        on=today,
    )
    return case


def waive(session: Session, case: Case, *, reason: str, by: Account, today: dt.date) -> Case:
    """End an upheld case without a measure; the leader's reason stays on the record."""
    only(by, Role.LEADER, act="决定不采取措施")
    _undecided(session, case)
    keep_out(session, by=by, unit_code=case.unit_code, on=today)
    if not reason.strip():
        raise Invalid("review.no_reason", "不采取措施须写明理由。")
    if case.state is not CaseState.UPHELD:
        raise Refused("review.not_upheld", "审查小组还没有认定该事项成立，请先填写研判意见。")
    return _close(session, case, CaseState.WAIVED, reason=reason.strip(), by=by)


def join(session: Session, case: Case, *, by: Account) -> bool:
    """Join a case to an earlier poll's running thread of the same measure; tell whether there was one."""
    if case.state is CaseState.JOINED:
        return True
    _undecided(session, case)
    poll = queries.get(session, case.poll_id)
    thread = ladders.running_thread(session, case, poll)
    if thread is None:
        return False
    case.joined_to = thread[0].id
    _close(session, case, CaseState.JOINED, reason=f"并入{thread[1].kind}办理中的前案", by=by)
    return True


def _close(session: Session, case: Case, state: CaseState, *, reason: str, by: Account) -> Case:
    case.state, case.closed_by, case.closed_reason = state, by.id, reason
    session.add(case)
    session.flush()
    journal.record(
        session, by=by.login, act=f"review.{state.value}", subject=_subject(case), detail={"reason": reason}
    )
    return case


def decide(
    session: Session,
    case: Case,
    *,
    kind: MeasureKind,
    by: Account,
    at: dt.datetime,
    verification: str = "",
    group_decision: str = "",
) -> Measure:
    """Let a named leader turn an upheld case into a measure, never a heavier one than was proposed.

    The person or unit was told and heard before, or let the days for it pass; the record says which.
    """
    day = at.astimezone(CHINA).date()
    _may_decide(session, case, kind, by, day)
    proofs = {
        "verification": verification.strip(),
        "hearing": hearings.heard(session, case, on=day),
        "group_decision": group_decision.strip(),
    }
    _proven(case, kind, proofs)
    measure = Measure(
        case_id=key(case.id),
        poll_id=case.poll_id,
        kind=kind,
        subject=case.subject,
        unit_code=case.unit_code,
        decided_by=key(by.id),
        decided_at=at,
        verification=proofs["verification"],
        hearing=proofs["hearing"],
        group_decision=proofs["group_decision"],
    )
    session.add(measure)
    session.flush()
    detail = {"measure": kind, **proofs}
    journal.record(session, by=by.login, act="review.decide", subject=_subject(case), detail=detail, at=at)
    return measure


def _proven(case: Case, kind: MeasureKind, proofs: Mapping[str, str]) -> None:
    """Refuse a measure whose papers are missing, and name them."""
    missing = [ladders.PROOF_NAMES[name] for name in ladders.required_proofs(case, kind) if not proofs[name]]
    if missing:
        raise Refused("review.unproven", f"「{kind}」须先有书面记录：{'、'.join(missing)}，请补齐后再决定。")


def _may_decide(session: Session, case: Case, kind: MeasureKind, by: Account, day: dt.date) -> None:
    only(by, Role.LEADER, act="决定处理措施")
    if not by.name.strip():
        raise Refused("review.unnamed", "处理措施须由实名的县领导决定，请先在账号中填写姓名。")
    _undecided(session, case)
    keep_out(session, by=by, unit_code=case.unit_code, on=day)
    objections.require_none(session, case.subject)
    if case.state is not CaseState.UPHELD:
        raise Refused("review.not_upheld", "审查小组还没有认定该事项成立，不能决定措施。")
    if not ladders.within_proposal(case, kind):
        raise Refused(
            "review.too_heavy", f"「{kind}」重于规则提出的「{case.name}」或不在同一阶梯，不能决定。"
        )


def carry_out(session: Session, measure: Measure, *, record: str, on: dt.date, by: Account) -> Measure:
    """Record what the unit's party organisation did, and when; the system itself does nothing to a person."""
    steps.may_record(session, measure, by=by)
    if not record.strip():
        raise Invalid("review.no_record", "请写明落实情况。")
    if on < measure.decided_on:
        raise Invalid("review.before_decision", "落实日期早于决定日期，请核对。")
    if measure.carried_out_on is not None:
        raise Refused("review.carried_out", f"该措施已于{measure.carried_out_on}登记落实，不能重复登记。")
    steps.ready(session, measure, on=on)
    measure.carried_out_on, measure.record = on, record.strip()
    session.add(measure)
    session.flush()
    detail = {"measure": measure.kind, "on": on}
    journal.record(session, by=by.login, act="review.carry_out", subject=f"措施{measure.id}", detail=detail)
    return measure


def close_review(session: Session, poll: Poll, *, by: Account) -> Poll:
    """End the review of a poll whose cases are all decided; the poll becomes reviewed."""
    only(by, Role.OFFICE, Role.REVIEWER, Role.LEADER, act="结束审查")
    stages.require(poll, Stage.COUNTED)
    left = undecided(session, poll)
    if left:
        names = "、".join(f"{case.subject_name}（{case.name}）" for case in left[:3])
        raise Refused(
            "review.undecided", f"还有{len(left)}件审查事项没有结论：{names}{'等' if len(left) > 3 else ''}。"
        )
    rechecks.require_done(session, poll, RecheckMatter.EXCLUSION)
    journal.record(session, by=by.login, act="review.close", subject=poll.key)
    return stages.move(session, poll, Stage.REVIEWED, by=by)


def _undecided(session: Session, case: Case) -> None:
    stages.require(queries.get(session, case.poll_id), Stage.COUNTED)
    if case.state in CLOSED or measure_of(session, case):
        raise Refused("review.decided", "该事项已有结论，不能再改。")


def _subject(case: Case) -> str:
    return f"审查事项{case.id}"
