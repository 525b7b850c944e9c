"""The ledger and its digests as spreadsheets."""

import io
from collections.abc import Iterable

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill

from survey.rectify.digests import Digest
from survey.rectify.ledger import LIGHT_NAMES, Row
from survey.rectify.models import Light
from survey.roster import tables

HEADS = (
    ("编号", 8),
    ("季度", 10),
    ("责任单位", 20),
    ("问题类别", 12),
    ("整改事项", 44),
    ("来源", 12),
    ("盯办人", 10),
    ("联系电话", 16),
    ("受理日期", 12),
    ("完成时限", 12),
    ("完成日期", 12),
    ("销号日期", 12),
    ("状态", 10),
    ("灯色", 8),
    ("说明", 14),
)
FILLS = {Light.RED: "F4C7C3", Light.YELLOW: "FCE8B2", Light.GREEN: "C8E6C9"}


def workbook(rows: Iterable[Row]) -> bytes:
    """Return the rows as an .xlsx file with a frozen, filterable head row."""
    book = Workbook()
    sheet = book.active
    sheet.title = "整改台账"
    sheet.append([name for name, _ in HEADS])
    for row in rows:
        sheet.append(_cells(row))
        sheet.cell(sheet.max_row, 14).fill = PatternFill("solid", fgColor=FILLS[row.light])
    for cell, (_, width) in zip(sheet[1], HEADS, strict=True):
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = width
    for line in sheet.iter_rows(min_row=2):
        line[4].alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _cells(row: Row) -> list[object]:
    task = row.task
    texts = [row.unit.name, task.theme, task.title, task.source, task.owner, task.phone]
    dates = [task.opened_on, task.deadline, task.done_on, task.verified_on]
    return [
        task.id,
        row.round,
        *(_plain(text) for text in texts),
        *dates,
        row.state,
        LIGHT_NAMES[row.light],
        row.label,
    ]


def _plain(text: str) -> str:
    # A leading formula sign would be run by the spreadsheet program.
    return f"'{text}" if text[:1] in "=+-@" else text


def chase(digest: Digest) -> tables.Table:
    """Give the items of a digest that are to be chased."""
    yield ("责任单位", "整改事项", "完成时限", "灯色", "说明", "盯办人", "联系电话", "来源")
    for row in digest.chase:
        task = row.task
        yield (
            row.unit.name, task.title, task.deadline, LIGHT_NAMES[row.light], row.label, task.owner,
            task.phone, task.source,
        )  # fmt: skip


def standings(digest: Digest) -> tables.Table:
    """Give how each unit kept its due dates in the days of a digest."""
    yield ("单位类别", "单位", "到期", "按期完成", "逾期完成", "逾期未完成", "按期率（%）", "本类别名次")
    for score in digest.scores:
        rate = float(100 * score.rate) if score.rate is not None else None
        yield (
            score.unit.series.value, score.unit.name, score.due, score.in_time, score.late, score.overdue,
            rate, score.place,
        )  # fmt: skip
