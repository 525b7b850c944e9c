"""Reading cases, opinions and measures: lists, one sheet, counts by state."""

import json
from typing import Any

from sqlmodel import Session, col, select

from survey.errors import Missing
from survey.poll.models import Poll
from survey.review.models import Case, CaseState, Measure, MeasureKind
from survey.tally.models import Count

KIND_NAMES = {"unit": "单位", "person": "个人", "reward": "表扬"}
LANE_NAMES = {"direct": "直接列入", "review": "转审查小组核实"}
# Labels of the figures that a proposal carries (scoring.md 5).
NUMBER_NAMES = {
    "n": "有效评价",
    "a": "非常满意",
    "g": "服务一般",
    "b": "差评",
    "rate": "差评率",
    "line": "规则线",
    "periods": "季数",
    "periods_with_poor": "有差评的季数",
    "times": "达到前一档次数",
    "officials": "涉及人员",
    "L": "差评率下限",
    "k": "去掉最严票数",
    "L_drop": "去掉后下限",
    "E": "按评分人严格程度应有",
    "P": "出现机会",
    "A": "同期处罚企业",
    "n_left": "扣除后有效评价",
    "b_left": "扣除后差评",
    "L_left": "扣除后下限",
}


def counted(session: Session, poll: Poll) -> dict[str, Any]:
    """Return the frozen result of the poll's count, as the recount gave it (scoring.md 5)."""
    count = session.get(Count, poll.id)
    if count is None:
        raise Missing("review.no_count", f"{poll.key} 测评还没有计票结果。")
    result: dict[str, Any] = json.loads(count.result)
    return result


def get(session: Session, case_id: int) -> Case:
    """Return the case, or refuse when there is none."""
    case = session.get(Case, case_id)
    if case is None:
        raise Missing("review.no_case", f"没有编号为{case_id}的审查事项。")
    return case


def cases(session: Session, poll: Poll, *, kind: str = "", lane: str = "", state: str = "") -> list[Case]:
    """Return the poll's cases, units first, heavier rungs first; empty filters take all."""
    query = select(Case).where(Case.poll_id == poll.id)
    if kind:
        query = query.where(Case.kind == kind)
    if lane:
        query = query.where(Case.lane == lane)
    if state in {item.value for item in CaseState}:
        query = query.where(Case.state == CaseState(state))
    order = {"unit": 0, "person": 1, "reward": 2}
    found = session.exec(query).all()
    return sorted(found, key=lambda case: (order[case.kind], -case.rung, case.unit_code, case.subject))


def undecided(session: Session, poll: Poll) -> list[Case]:
    """Return the cases that still wait for an opinion or a decision."""
    decided = set(session.exec(select(Measure.case_id).where(Measure.poll_id == poll.id)).all())
    waiting = (CaseState.OPEN, CaseState.UPHELD)
    return [case for case in cases(session, poll) if case.state in waiting and case.id not in decided]


def measure_of(session: Session, case: Case) -> Measure | None:
    """Return the measure decided for the case, if any."""
    return session.exec(select(Measure).where(Measure.case_id == case.id)).first()


def measures(session: Session, poll: Poll) -> list[tuple[Measure, Case]]:
    """Return the poll's standing measures with their cases, in the order of the ladders."""
    rows = session.exec(
        select(Measure, Case)
        .join(Case, col(Case.id) == col(Measure.case_id))
        .where(Measure.poll_id == poll.id, col(Measure.revoked_on).is_(None))
    ).all()
    order = list(MeasureKind)
    return sorted(rows, key=lambda row: (order.index(row[0].kind), row[0].unit_code, row[0].subject))


def measure(session: Session, measure_id: int) -> Measure:
    """Return the measure, or refuse when there is none."""
    found = session.get(Measure, measure_id)
    if found is None:
        raise Missing("review.no_measure", f"没有编号为{measure_id}的处理措施。")
    return found


def count_measures(session: Session, poll: Poll) -> dict[MeasureKind, int]:
    """Return how many measures of each kind the poll has; kinds without any are left out."""
    standing = (Measure.poll_id == poll.id, col(Measure.revoked_on).is_(None))
    kinds = session.exec(select(Measure.kind).where(*standing)).all()
    return {kind: kinds.count(kind) for kind in MeasureKind if kind in kinds}


def figure(key: str, value: object) -> str:
    """Write one figure of a proposal: shares as percent, numbers of ballots plain."""
    if value is None:
        return "—"
    if key in {"L", "L_drop", "L_left", "line", "P", "rate"} and isinstance(value, int | float):
        return "小于0.01%" if key == "P" and value < 0.0001 else f"{value * 100:.2f}%"
    if isinstance(value, list):
        return "、".join(str(item) for item in value)
    return f"{value:.1f}" if isinstance(value, float) else str(value)
