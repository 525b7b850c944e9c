"""问题清单.xlsx: points of meetings and channels, each with unit, owner, phone and deadline."""

import datetime as dt
from dataclasses import dataclass
from typing import IO

from sqlmodel import Session

from survey.review.models import Theme
from survey.roster import cells, checks
from survey.roster.blanks import Column
from survey.roster.cells import EXAMPLE, LONGEST, Row, Sheet
from survey.roster.models import Unit
from survey.roster.taken import Units
from survey.sources.models import SourceKind

TITLE = "问题清单"
THEMES = tuple(theme.value for theme in Theme if theme not in (Theme.BRIBERY, Theme.PRAISE))
COLUMNS = (
    Column("会议或批次", "会议名称，或这一批的名称；同一会议各行相同。", EXAMPLE, 26),
    Column("来源", "从下拉列表选择。", SourceKind.TALK, 14, tuple(SourceKind)),
    Column("日期", "开会或收到的日期。", "2023-03-29", 12),
    Column("反映主体", "项目、企业或来电编号；只有办公室和纪委监委看得到，可不填。", "某某项目", 22),
    Column("事项", f"责任单位看得到的内容，不写企业名、人名，最多{LONGEST}个字。", "厂区外道路未通路灯", 44),
    Column("问题类别", "从下拉列表选择；吃拿卡要线索只交纪委监委，不填在这里。", "慢", 12, THEMES),
    Column("责任单位", "名册里的单位名称或编码。", "某某县住建局", 20),
    Column("盯办人", "一个人，负责到底。", "张某某", 10),
    Column("联系电话", "盯办人的电话。", "0335-1234567", 16),
    Column("完成时限", "不早于今天。", "2023-04-28", 12),
)
HEADS = tuple(column.head for column in COLUMNS)
MAY_BE_BLANK = ("反映主体",)


@dataclass(frozen=True)
class Raised:
    """One faultless row."""

    occasion: tuple[str, SourceKind, dt.date]
    raised_by: str
    title: str
    theme: str
    unit: Unit
    owner: str
    phone: str
    deadline: dt.date


def read(session: Session, stream: IO[bytes], *, today: dt.date) -> tuple[Raised, ...]:
    """Read 问题清单; raise Faulty with all faults."""
    sheet = cells.read(stream, title=TITLE, heads=HEADS, dates=("日期", "完成时限"))
    checks.note_blanks(sheet, [head for head in HEADS if head not in MAY_BE_BLANK])
    units = Units(session)
    rows = [_row(sheet, row, units, today) for row in sheet.rows]
    _note_doubled(sheet)
    sheet.refuse_if_faulty()
    return tuple(row for row in rows if row)


def _row(sheet: Sheet, row: Row, units: Units, today: dt.date) -> Raised | None:
    kind = checks.choice(sheet, row, "来源", among=tuple(SourceKind))
    theme = checks.choice(sheet, row, "问题类别", among=THEMES)
    unit = units.find(sheet, row, "责任单位")
    phone = checks.phone(sheet, row, "联系电话")
    day, deadline = checks.day(sheet, row, "日期"), checks.day(sheet, row, "完成时限")
    if deadline and deadline < today:
        sheet.fault(row.number, "完成时限", f"{deadline}早于今天，请重新填写。")
    if day and day > today:
        sheet.fault(row.number, "日期", f"{day}在今天之后，请核对。")
    if not (kind in set(SourceKind) and unit and day and deadline):
        return None
    occasion = (row["会议或批次"], SourceKind(kind), day)
    return Raised(occasion, row["反映主体"], row["事项"], theme, unit, row["盯办人"], phone, deadline)


def _note_doubled(sheet: Sheet) -> None:
    seen: dict[tuple[str, str, str], int] = {}
    for row in sheet.rows:
        place = (row["会议或批次"], row["反映主体"], row["事项"])
        if row["事项"] and seen.setdefault(place, row.number) != row.number:
            sheet.fault(row.number, "事项", f"与第{seen[place]}行重复，请删去一行。")
