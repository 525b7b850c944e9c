"""The two ladders of measures, and what a proposal of the rules asks for on them (domain.md 2.1, L13-L17)."""

import json
from dataclasses import dataclass

from sqlmodel import Session, col, select

from survey.errors import Refused
from survey.poll.models import Poll, Stage
from survey.review.models import Case, CaseState, Measure, MeasureKind

LADDERS = {
    "unit": (MeasureKind.REMINDER, MeasureKind.INTERVIEW, MeasureKind.LIFE_MEETING),
    "person": (MeasureKind.TALK, MeasureKind.ADMONITION, MeasureKind.TRANSFER),
    "reward": (MeasureKind.COMMENDATION,),
}
# The policy file names rungs in the county's words: a rung belongs to the measure whose name it opens with.
OPENINGS = {
    "整改工作提示函": MeasureKind.REMINDER,
    "约谈主要负责人": MeasureKind.INTERVIEW,
    "专题民主生活会": MeasureKind.LIFE_MEETING,
    "谈心谈话": MeasureKind.TALK,
    "约谈教育": MeasureKind.ADMONITION,
    "调整岗位": MeasureKind.TRANSFER,
    "表扬": MeasureKind.COMMENDATION,
}
PROOFS = {"verified": "verification", "heard": "hearing", "group_decision": "group_decision"}
WRITTEN_PROOFS = ("verification", "group_decision")
"""What the leader writes; the hearing comes from its own record."""
PROOF_NAMES = {"verification": "核实情况", "hearing": "本人（单位）陈述", "group_decision": "集体研究决定"}


@dataclass(frozen=True)
class LadderStep:
    """One rung as a page shows it: the measure, and in which rounds it was proposed or decided."""

    kind: MeasureKind
    decided: tuple[str, ...]
    proposed: tuple[str, ...]


def proposed_measure(case: Case) -> MeasureKind:
    """Return the measure that the case's rung stands for; refuse a rung that no measure is known for."""
    if case.kind == "reward":
        return MeasureKind.COMMENDATION
    for opening, kind in OPENINGS.items():
        if case.name.startswith(opening) and kind in LADDERS[case.kind]:
            return kind
    raise Refused(
        "review.unknown_rung", f"测评规则中的档次「{case.name}」没有对应的处理措施，请核对规则文件。"
    )


def within_proposal(case: Case, kind: MeasureKind) -> bool:
    """Tell whether `kind` stands on the case's ladder and is not heavier than what was proposed."""
    ladder = LADDERS[case.kind]
    return kind in ladder and ladder.index(kind) <= ladder.index(proposed_measure(case))


def required_proofs(case: Case, kind: MeasureKind) -> tuple[str, ...]:
    """Return which of verification, hearing and group decision `kind` needs for this case.

    A transfer needs all three whatever the rules say, an admonition verification (scoring.md 1); a milder
    measure than the proposed one drops what only the proposed one asked for.
    """
    if kind is MeasureKind.TRANSFER:
        return tuple(PROOFS.values())
    asked = json.loads(case.requires) if kind is proposed_measure(case) else []
    needed = {PROOFS[item] for item in asked if item in PROOFS}
    if kind in (MeasureKind.ADMONITION, MeasureKind.COMMENDATION):
        needed.add("verification")
    return tuple(field for field in PROOFS.values() if field in needed)


def needed_proofs(case: Case) -> dict[MeasureKind, list[str]]:
    """Return by lawful measure what must be on paper before it, in the words of the form."""
    lawful = [kind for kind in LADDERS[case.kind] if within_proposal(case, kind)]
    return {kind: [PROOF_NAMES[name] for name in required_proofs(case, kind)] for kind in lawful}


def running_thread(session: Session, case: Case, poll: Poll) -> tuple[Case, Measure] | None:
    """Return the earlier case and measure of the same kind whose poll is not concluded, if there is one."""
    query = (
        select(Case, Measure)
        .join(Measure, col(Measure.case_id) == col(Case.id))
        .join(Poll, col(Poll.id) == col(Measure.poll_id))
        .where(Measure.subject == case.subject, Measure.kind == proposed_measure(case))
        .where(Poll.round < poll.round, col(Poll.stage).not_in([Stage.CONCLUDED, Stage.VOID]))
        .where(Case.kind == case.kind, col(Measure.revoked_on).is_(None))
        .order_by(col(Poll.round).desc())
    )
    return session.exec(query).first()


def ladder(session: Session, kind: str, subject: str) -> list[LadderStep]:
    """Return the subject's steps, mildest first, over all polls."""
    rows = session.exec(
        select(Case, Poll.round, Measure)
        .join(Poll, col(Poll.id) == col(Case.poll_id))
        .join(Measure, col(Measure.case_id) == col(Case.id), isouter=True)
        .where(Case.kind == kind, Case.subject == subject)
        .order_by(Poll.round)
    ).all()
    steps = []
    for measure_kind in LADDERS[kind]:
        decided = tuple(round_ for _, round_, measure in rows if _stands(measure, measure_kind))
        proposed = tuple(
            round_
            for case, round_, measure in rows
            if not measure and proposed_measure(case) is measure_kind and case.state is not CaseState.EXCLUDED
        )
        steps.append(LadderStep(measure_kind, decided, proposed))
    return steps


def _stands(measure: Measure | None, kind: MeasureKind) -> bool:
    return measure is not None and measure.kind is kind and measure.revoked_on is None


def climbed(session: Session, kind: str) -> list[tuple[Case, list[LadderStep]]]:
    """Return each unit or person that ever had a case, under the newest name, with its steps."""
    query = select(Case).where(Case.kind == kind).order_by(col(Case.id))
    newest = {case.subject: case for case in session.exec(query).all()}
    subjects = sorted(newest.values(), key=lambda case: (case.unit_code, case.subject))
    return [(case, ladder(session, kind, case.subject)) for case in subjects]
