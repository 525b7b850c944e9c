"""Rosters as spreadsheets: every fault by sheet, row and column; nothing is taken in until all are mended."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

from stdnum import exceptions as stdnum_faults
from stdnum.cn import uscc

from survey.roster import blanks, cells
from survey.roster.blanks import ENTERPRISE_HEADS, ENTERPRISE_TITLE, KINDS, PEOPLE_HEADS, PEOPLE_TITLE
from survey.roster.cells import Row, Sheet, halfwidth
from survey.roster.checks import note_blanks, note_doubled, phone
from survey.roster.models import Kind, Series, Tag

people_template = blanks.people_template
enterprise_template = blanks.enterprise_template

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,29}")
SEPARATORS = re.compile(r"[、，,；;/\s]+")
# 党政正职: a township has a party secretary and a head; nobody else leads a unit.
MOST_LEADERS = 2


@dataclass(frozen=True)
class UnitLine:
    """One unit as its first row tells it."""

    code: str
    name: str
    series: Series
    position: int


@dataclass(frozen=True)
class PersonLine:
    """One person's row; `unit` is the unit's code."""

    badge: str
    name: str
    unit: str
    post: str
    duties: str
    kind: Kind
    position: int


@dataclass(frozen=True)
class PeopleSheet:
    """A faultless 单位与人员名册."""

    units: tuple[UnitLine, ...]
    people: tuple[PersonLine, ...]


@dataclass(frozen=True)
class EnterpriseLine:
    """One enterprise's row."""

    uscc: str
    name: str
    tags: tuple[Tag, ...]
    contact: str
    phone: str


@dataclass(frozen=True)
class EnterpriseSheet:
    """A faultless 企业名册."""

    enterprises: tuple[EnterpriseLine, ...]


def read_people(stream: IO[bytes]) -> PeopleSheet:
    """Read 单位与人员名册; raise Faulty with all faults."""
    sheet = cells.read(stream, title=PEOPLE_TITLE, heads=PEOPLE_HEADS)
    note_blanks(sheet, PEOPLE_HEADS)
    units = _units(sheet)
    people = [_person(sheet, row, position) for position, row in enumerate(sheet.rows)]
    _note_doubled_people(sheet)
    _note_leaders(sheet)
    sheet.refuse_if_faulty()
    return PeopleSheet(tuple(units.values()), tuple(person for person in people if person))


def read_enterprises(stream: IO[bytes]) -> EnterpriseSheet:
    """Read 企业名册; raise Faulty with all faults."""
    sheet = cells.read(stream, title=ENTERPRISE_TITLE, heads=ENTERPRISE_HEADS)
    note_blanks(sheet, ENTERPRISE_HEADS)
    lines = tuple(_enterprise(sheet, row) for row in sheet.rows)
    note_doubled(sheet, "统一社会信用代码", "企业（统一社会信用代码）")
    note_doubled(sheet, "企业名称", "企业")
    sheet.refuse_if_faulty()
    return EnterpriseSheet(lines)


def _units(sheet: Sheet) -> Mapping[str, UnitLine]:
    """Return the units by code; a unit keeps one code, one name and one series."""
    units: dict[str, UnitLine] = {}
    codes: dict[str, str] = {}
    for row in sheet.rows:
        code, name, series = halfwidth(row["单位编码"]), row["单位"], row["单位类别"]
        _note_bad_code(sheet, row, "单位编码", code)
        if series and series not in set(Series):
            allowed = "、".join(Series)
            sheet.fault(row.number, "单位类别", f"「{series}」不是单位类别，只能填{allowed}之一。")
            continue
        if not (code and name and series):
            continue
        unit = units.setdefault(code, UnitLine(code, name, Series(series), len(units)))
        if unit.name != name:
            sheet.fault(
                row.number, "单位", f"编码{code}在前面是「{unit.name}」，这里是「{name}」，请改成一致。"
            )
        if unit.series != series:
            sheet.fault(
                row.number, "单位类别", f"「{name}」在前面是{unit.series}，这里是{series}，请改成一致。"
            )
        if codes.setdefault(name, code) != code:
            sheet.fault(row.number, "单位编码", f"「{name}」在前面的编码是{codes[name]}，请改成一致。")
    return units


def _note_bad_code(sheet: Sheet, row: Row, column: str, code: str) -> None:
    if code and (not CODE.fullmatch(code) or code.lower() == "overall"):
        sheet.fault(row.number, column, f"「{code}」不能用，只能是1至30位字母、数字或短横线。")


def _person(sheet: Sheet, row: Row, position: int) -> PersonLine | None:
    badge, kind = halfwidth(row["工号"]), row["人员类别"]
    _note_bad_code(sheet, row, "工号", badge)
    if kind and kind not in KINDS:
        sheet.fault(row.number, "人员类别", f"「{kind}」不对，只能填{'或'.join(KINDS)}。")
    if kind not in KINDS:
        return None
    name = _plain_name(row["姓名"])
    unit = halfwidth(row["单位编码"])
    return PersonLine(badge, name, unit, row["职务"], row["负责事项"], KINDS[kind], position)


def _plain_name(name: str) -> str:
    """Return a name without the spaces that align two-character names; Latin names keep theirs."""
    return name if re.search("[A-Za-z]", name) else name.replace(" ", "")


def _note_doubled_people(sheet: Sheet) -> None:
    note_doubled(sheet, "工号", "工号")
    lines: dict[tuple[str, str, str], int] = {}
    units = {halfwidth(row["单位编码"]) for row in sheet.rows}
    for row in sheet.rows:
        badge = halfwidth(row["工号"])
        if badge and badge in units:
            sheet.fault(row.number, "工号", f"工号{badge}与一个单位编码相同，请改用不同的编号。")
        line = (halfwidth(row["单位编码"]), _plain_name(row["姓名"]), row["职务"])
        first = lines.setdefault(line, row.number)
        if all(line) and first != row.number:
            who = f"{row['单位']}的{line[1]}（{line[2]}）"
            sheet.fault(
                row.number, "姓名", f"{who}与第{first}行重复，请删去一行；若是同名两人，请把职务写得有区别。"
            )


def _note_leaders(sheet: Sheet) -> None:
    leaders: dict[str, list[int]] = defaultdict(list)
    first: dict[str, int] = {}
    for row in sheet.rows:
        if row["单位"] and row["人员类别"]:
            first.setdefault(row["单位"], row.number)
            leaders[row["单位"]] += [row.number] if KINDS.get(row["人员类别"]) is Kind.LEADER else []
    for unit, rows in leaders.items():
        if not rows:
            sheet.fault(
                first[unit], "人员类别", f"「{unit}」没有部门领导，请把主要负责人的人员类别改为部门领导。"
            )
        if len(rows) > MOST_LEADERS:
            sheet.fault(
                rows[MOST_LEADERS],
                "人员类别",
                f"「{unit}」有{len(rows)}名部门领导，只有党政主要负责人（最多{MOST_LEADERS}人）填部门领导，请改正。",
            )


def _enterprise(sheet: Sheet, row: Row) -> EnterpriseLine:
    code, number = halfwidth(row["统一社会信用代码"]).upper(), phone(sheet, row, "联系电话")
    if code and (reason := wrong_credit_code(code)):
        sheet.fault(row.number, "统一社会信用代码", f"「{code}」{reason}，请对照营业执照改正。")
    tags = [text for text in SEPARATORS.split(row["企业类别"]) if text]
    for text in tags:
        if text not in set(Tag):
            sheet.fault(
                row.number, "企业类别", f"「{text}」不是企业类别，只能填{'、'.join(Tag)}，多个用顿号隔开。"
            )
    known = tuple(tag for tag in Tag if tag in tags)
    return EnterpriseLine(code, row["企业名称"], known, _plain_name(row["联系人"]), number)


def wrong_credit_code(code: str) -> str:
    """Tell why a 统一社会信用代码 is wrong (GB 32100), or return an empty string."""
    try:
        uscc.validate(code)
    except stdnum_faults.InvalidLength:
        return f"有{len(code)}位，应为18位"
    except stdnum_faults.InvalidFormat:
        return "含有不该出现的字符：前8位应是数字，其余不用字母 I、O、S、V、Z"
    except stdnum_faults.InvalidChecksum:
        return "校验位不符，至少有一位写错"
    return ""
