"""Checks that several workbooks share: blanks, doubles, dates, numbers, choices; each names its cell."""

import datetime as dt
import re
from collections.abc import Collection, Sequence

from survey.roster.cells import Row, Sheet, halfwidth

PHONE = re.compile(r"[0-9+()-]{7,24}(转[0-9]{1,6})?")
DAY = re.compile(r"(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
MONTH = re.compile(r"(20\d\d)[-/.年](\d{1,2})月?")
WHOLE = re.compile(r"\d{1,9}")


def note_blanks(sheet: Sheet, heads: Sequence[str]) -> None:
    """Note every blank under `heads`; a cell that is faulty already is not named twice."""
    broken = {(fault.row, fault.column) for fault in sheet.faults}
    for row in sheet.rows:
        if row.number in sheet.merged:
            continue
        for head in heads:
            if not row[head] and (row.number, head) not in broken:
                sheet.fault(row.number, head, f"没有填写{head}，请补上。")


def note_doubled(sheet: Sheet, column: str, what: str) -> None:
    """Note every text under `column` that stands in an earlier row already."""
    seen: dict[str, int] = {}
    for row in sheet.rows:
        key = halfwidth(row[column]).upper()
        if key and seen.setdefault(key, row.number) != row.number:
            sheet.fault(row.number, column, f"{what}「{row[column]}」与第{seen[key]}行重复，请核对后删改。")


def phone(sheet: Sheet, row: Row, column: str) -> str:
    """Return a telephone number in plain digits; note one that is none."""
    text = halfwidth(row[column])
    if text and not PHONE.fullmatch(text):
        sheet.fault(row.number, column, f"「{text}」不像电话号码，请填手机号，或区号加座机号。")
    return text


def day(sheet: Sheet, row: Row, column: str) -> dt.date | None:
    """Return a date written like 2023-03-29 or 2023年3月29日; note any other text."""
    text = halfwidth(row[column])
    found = DAY.fullmatch(text)
    try:
        if found:
            return dt.date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    if text:
        sheet.fault(row.number, column, f"「{text}」不是日期，请按2023-03-29的样子填写。")
    return None


def month(sheet: Sheet, row: Row, column: str) -> str:
    """Return a month as 2023-03; note any other text."""
    text = halfwidth(row[column])
    found = MONTH.fullmatch(text)
    if found and 1 <= int(found[2]) <= 12:
        return f"{found[1]}-{int(found[2]):02}"
    if text:
        sheet.fault(row.number, column, f"「{text}」不是月份，请按2023-03的样子填写。")
    return ""


def whole(sheet: Sheet, row: Row, column: str) -> int | None:
    """Return a whole number, separators taken out; note any other text, also a percentage."""
    text = halfwidth(row[column]).replace(",", "")
    if WHOLE.fullmatch(text):
        return int(text)
    if text:
        sheet.fault(row.number, column, f"「{text}」不是整数，这里只填件数，不填百分数或算式。")
    return None


def choice(sheet: Sheet, row: Row, column: str, *, among: Collection[str]) -> str:
    """Return the text if it is one of `among`; else note the choices."""
    text = row[column]
    if text and text not in among:
        sheet.fault(row.number, column, f"「{text}」不在可选范围内，只能填{'、'.join(among)}之一。")
    return text
