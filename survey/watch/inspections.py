"""入企检查备案登记.xlsx: read with every fault named, taken in, listed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from sqlmodel import Session, col, select

from survey import journal
from survey.review.access import key, only
from survey.roster import cells, checks
from survey.roster.blanks import Column
from survey.roster.cells import EXAMPLE, Row, Sheet
from survey.roster.models import Unit
from survey.roster.taken import Firms, Taken, Units
from survey.staff.models import Account, Role
from survey.watch.models import Inspection

TITLE = "入企检查备案登记"
OUTCOMES = ("未发现问题", "责令改正", "行政处罚", "其他")
COLUMNS = (
    Column("检查单位", "名册里的单位名称或编码。", EXAMPLE, 22),
    Column("企业名称", "与营业执照一致；不在企业名册里的企业也要登记。", "某某有限公司", 32),
    Column("检查日期", "入企的日期。", "2023-03-29", 12),
    Column("检查依据", "检查计划、投诉线索或专项行动的名称和文号。", "2023年度双随机计划第12项", 36),
    Column("备案号", "入企检查公示备案号；没有备案的留空，系统会预警。", "青检备2023-0012", 20),
    Column("检查结果", "从下拉列表选择。", OUTCOMES[0], 14, OUTCOMES),
)
HEADS = tuple(column.head for column in COLUMNS)


@dataclass(frozen=True)
class Visit:
    """One faultless row."""

    unit: Unit
    firm: str
    enterprise_id: int | None
    on: dt.date
    basis: str
    filing_number: str
    outcome: str


@dataclass(frozen=True)
class Registered:
    """One visit of the register with its unit."""

    inspection: Inspection
    unit: Unit


def read(session: Session, stream: IO[bytes], *, today: dt.date) -> tuple[Visit, ...]:
    """Read the register; raise Faulty with all faults. A missing filing number is no fault but an alert."""
    sheet = cells.read(stream, title=TITLE, heads=HEADS, dates=("检查日期",))
    checks.note_blanks(sheet, [head for head in HEADS if head != "备案号"])
    units, firms = Units(session), Firms(session)
    rows = [_visit(sheet, row, units, firms, today) for row in sheet.rows]
    _note_doubled(sheet)
    sheet.refuse_if_faulty()
    return tuple(row for row in rows if row)


def _visit(sheet: Sheet, row: Row, units: Units, firms: Firms, today: dt.date) -> Visit | None:
    unit, on = units.find(sheet, row, "检查单位"), checks.day(sheet, row, "检查日期")
    outcome = checks.choice(sheet, row, "检查结果", among=OUTCOMES)
    if on and on > today:
        sheet.fault(row.number, "检查日期", f"{on}在今天之后，请核对。")
    if unit is None or on is None:
        return None
    firm = firms.find(row["企业名称"])
    number = cells.halfwidth(row["备案号"])
    return Visit(unit, row["企业名称"], firm.id if firm else None, on, row["检查依据"], number, outcome)


def _note_doubled(sheet: Sheet) -> None:
    seen: dict[tuple[str, ...], int] = {}
    for row in sheet.rows:
        place = tuple(row[head] for head in ("检查单位", "企业名称", "检查日期", "检查依据"))
        if all(place) and seen.setdefault(place, row.number) != row.number:
            sheet.fault(row.number, "企业名称", f"与第{seen[place]}行是同一次检查，请删去一行。")
    checks.note_doubled(sheet, "备案号", "备案号")


def load(session: Session, visits: Sequence[Visit], *, by: Account, today: dt.date) -> Taken:
    """Add the visits that the register does not hold yet; a number filed later is written in."""
    only(by, Role.OFFICE, Role.INSPECTOR, act="登记入企检查")
    known = {_place(each): each for each in session.exec(select(Inspection))}
    taken = Taken(("检查单位", "企业名称", "检查日期", "检查依据", "备案号", "检查结果"))
    for visit in visits:
        place = (key(visit.unit.id), visit.firm, visit.on, visit.basis)
        kind = _take(session, known.get(place), visit)
        taken.add(
            kind,
            visit.unit.name,
            visit.firm,
            visit.on,
            visit.basis,
            visit.filing_number or "无",
            visit.outcome,
        )
    session.flush()
    unfiled = sum(not visit.filing_number for visit in visits)
    if unfiled:
        taken.warnings.append(f"有{unfiled}次检查没有备案号，导入后列入预警。")
    detail = {**taken.counts, "unfiled": unfiled, "as of": today}
    journal.record(session, by=by.login, act="watch.inspections", detail=detail)
    return taken


def _place(row: Inspection) -> tuple[int, str, dt.date, str]:
    return row.unit_id, row.firm, row.on, row.basis


def _take(session: Session, known: Inspection | None, visit: Visit) -> str:
    if known is None:
        session.add(
            Inspection(
                unit_id=key(visit.unit.id), firm=visit.firm, enterprise_id=visit.enterprise_id, on=visit.on,
                basis=visit.basis, filing_number=visit.filing_number, outcome=visit.outcome,
            )
        )  # fmt: skip
        return "新增"
    same = (known.filing_number, known.outcome) == (visit.filing_number, visit.outcome)
    known.filing_number, known.outcome = visit.filing_number, visit.outcome
    session.add(known)
    return "不变" if same else "更新"


def register(session: Session) -> list[Registered]:
    """Return every visit, those without a filing number first, then the newest."""
    query = (
        select(Inspection, Unit)
        .join(Unit, col(Unit.id) == col(Inspection.unit_id))
        .order_by(col(Inspection.filing_number) != "", col(Inspection.on).desc(), col(Inspection.id))
    )
    return [Registered(*found) for found in session.exec(query)]
