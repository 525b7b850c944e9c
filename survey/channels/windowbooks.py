"""Workbooks of the windows: each person's month, and the menu of services that firms may order."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from sqlmodel import Session, select

from survey import journal
from survey.channels.models import Offering, Workload
from survey.review.access import key, only
from survey.roster import cells, checks
from survey.roster.blanks import Column
from survey.roster.cells import EXAMPLE, Row, Sheet, halfwidth
from survey.roster.models import Unit
from survey.roster.taken import Taken, Units
from survey.staff.models import Account, Role

WORKLOAD_TITLE, MENU_TITLE = "窗口人员月度办件", "菜单驿站服务目录"
WORKLOAD_COLUMNS = (
    Column("工号", "本人固定编号。", EXAMPLE, 12),
    Column("姓名", "每行一人。", "张某某", 12),
    Column("单位", "名册里的单位名称或编码。", "某某县行政审批局", 24),
    Column("月份", "如2023-03。", "2023-03", 10),
    Column("办件数", "当月办结件数。", "420", 10),
    Column("按期办结", "其中按期办结件数。", "418", 10),
    Column("评价数", "其中作出评价的件数。", "300", 10),
    Column("好评数", "评价中的好评件数。", "297", 10),
)
MENU_COLUMNS = (
    Column("编号", "服务的固定编号。", EXAMPLE, 12),
    Column("服务名称", "企业看得懂的名称。", "项目代办帮办", 36),
    Column("责任单位", "名册里的单位名称或编码。", "某某县行政审批局", 24),
    Column("联系人", "每项服务一个人。", "张某某", 12),
    Column("联系电话", "联系人的电话。", "0335-1234567", 16),
)
WORKLOAD_HEADS = tuple(column.head for column in WORKLOAD_COLUMNS)
MENU_HEADS = tuple(column.head for column in MENU_COLUMNS)


@dataclass(frozen=True)
class Month:
    """One faultless row of a person's month."""

    workload: Workload
    unit: Unit


def read_workloads(session: Session, stream: IO[bytes], *, today: dt.date) -> tuple[Month, ...]:
    """Read 窗口人员月度办件."""
    sheet = cells.read(stream, title=WORKLOAD_TITLE, heads=WORKLOAD_HEADS)
    checks.note_blanks(sheet, WORKLOAD_HEADS)
    units = Units(session)
    rows = [_month(sheet, row, units, today) for row in sheet.rows]
    seen: dict[tuple[str, str], int] = {}
    for row in sheet.rows:
        place = (halfwidth(row["工号"]), row["月份"])
        if seen.setdefault(place, row.number) != row.number:
            sheet.fault(row.number, "工号", f"与第{seen[place]}行是同一人同一月，请删去一行。")
    sheet.refuse_if_faulty()
    return tuple(row for row in rows if row)


def _month(sheet: Sheet, row: Row, units: Units, today: dt.date) -> Month | None:
    unit, month = units.find(sheet, row, "单位"), checks.month(sheet, row, "月份")
    numbers = [checks.whole(sheet, row, head) for head in WORKLOAD_HEADS[4:]]
    if month > f"{today:%Y-%m}":
        sheet.fault(row.number, "月份", f"{month}还没有到，请核对。")
    if unit is None or None in numbers:
        return None
    volume, on_time, rated, good = (number or 0 for number in numbers)
    if on_time > volume or rated > volume or good > rated:
        sheet.fault(row.number, "办件数", "按期办结和评价数不能多于办件数，好评数不能多于评价数，请核对。")
    badge = halfwidth(row["工号"])
    workload = Workload(
        month=month, badge=badge, name=row["姓名"], unit_id=key(unit.id), volume=volume, on_time=on_time,
        rated=rated, good=good,
    )  # fmt: skip
    return Month(workload, unit)


def load_workloads(session: Session, rows: Sequence[Month], *, by: Account, today: dt.date) -> Taken:
    """Take in a month of the windows; a month that is corrected replaces the earlier figures."""
    only(by, Role.OFFICE, act="导入窗口办件")
    known = {(each.month, each.badge): each for each in session.exec(select(Workload))}
    taken = Taken(("工号", "姓名", "单位", "月份", "办件数", "按期办结", "评价数", "好评数"))
    for each in rows:
        row = each.workload
        old = known.get((row.month, row.badge))
        for name in ("name", "unit_id", "volume", "on_time", "rated", "good"):
            if old:
                setattr(old, name, getattr(row, name))
        session.add(old or row)
        numbers = (row.volume, row.on_time, row.rated, row.good)
        taken.add("更新" if old else "新增", row.badge, row.name, each.unit.name, row.month, *numbers)
    session.flush()
    journal.record(session, by=by.login, act="channels.workloads", detail={**taken.counts, "as of": today})
    return taken


def read_menu(session: Session, stream: IO[bytes]) -> tuple[tuple[Offering, Unit], ...]:
    """Read 菜单驿站服务目录; no service without unit, contact and phone."""
    sheet = cells.read(stream, title=MENU_TITLE, heads=MENU_HEADS)
    checks.note_blanks(sheet, MENU_HEADS)
    checks.note_doubled(sheet, "编号", "编号")
    units = Units(session)
    rows = [_offering(sheet, row, units) for row in sheet.rows]
    sheet.refuse_if_faulty()
    return tuple(row for row in rows if row)


def _offering(sheet: Sheet, row: Row, units: Units) -> tuple[Offering, Unit] | None:
    unit, phone = units.find(sheet, row, "责任单位"), checks.phone(sheet, row, "联系电话")
    if unit is None:
        return None
    code = halfwidth(row["编号"])
    return Offering(
        code=code, name=row["服务名称"], unit_id=key(unit.id), contact=row["联系人"], phone=phone
    ), unit


def load_menu(
    session: Session, rows: Sequence[tuple[Offering, Unit]], *, by: Account, today: dt.date
) -> Taken:
    """Make the menu what the sheet says; services missing from it are kept but no longer offered."""
    only(by, Role.OFFICE, act="导入服务目录")
    known = {each.code: each for each in session.exec(select(Offering))}
    taken = Taken(("编号", "服务名称", "责任单位", "联系人", "联系电话"))
    for row, unit in rows:
        old = known.pop(row.code, None)
        target = old or row
        target.name, target.unit_id, target.active = row.name, row.unit_id, True
        target.contact, target.phone = row.contact, row.phone
        session.add(target)
        taken.add("更新" if old else "新增", row.code, row.name, unit.name, row.contact, row.phone)
    for gone in known.values():
        if gone.active:
            gone.active = False
            taken.add("停供", gone.code, gone.name, "", gone.contact, gone.phone)
    session.flush()
    journal.record(session, by=by.login, act="channels.menu", detail={**taken.counts, "as of": today})
    return taken
