"""Workbooks going out: blank templates with notes, example and choices, and the rosters as they stand."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from survey.roster.cells import EXAMPLE, LONGEST
from survey.roster.models import Kind, Series, Tag

PEOPLE_TITLE, ENTERPRISE_TITLE = "单位与人员", "企业"
KINDS = {"部门领导": Kind.LEADER, "工作人员": Kind.STAFF}
KIND_NAMES = {kind: name for name, kind in KINDS.items()}
LAST_ROW = 2000


@dataclass(frozen=True)
class Column:
    """One column of a template: its head, what to write, an example, its width, the choices if limited."""

    head: str
    note: str
    example: str
    width: int
    choices: tuple[str, ...] = ()


PEOPLE_COLUMNS = (
    Column("单位编码", "单位的固定编号，每季不变；字母、数字或短横线。同一单位各行相同。", EXAMPLE, 12),
    Column("单位", "单位全称，与公章一致。同一单位各行相同。", "某某县行政审批局", 26),
    Column("单位类别", "从下拉列表选择。单位只与同类单位比较。", Series.APPROVAL, 12, tuple(Series)),
    Column("工号", "本人的固定编号，调动、改任后不变；不同的人不能相同。", "SP001", 12),
    Column("姓名", "每行一人。", "张某某", 12),
    Column("职务", "现任职务，不能空。", "局长", 18),
    Column("负责事项", f"企业看得懂的事项，不能空，最多{LONGEST}个字。", "主持全面工作", 48),
    Column("人员类别", "主要负责人填部门领导，其他人填工作人员。", "部门领导", 12, tuple(KINDS)),
)
ENTERPRISE_COLUMNS = (
    Column("企业名称", "与营业执照一致。", f"{EXAMPLE}某某有限公司", 34),
    Column("统一社会信用代码", "18位，与营业执照一致；单元格保持文本格式。", "91110000600037341L", 24),
    Column(
        "企业类别", f"可填多个，用顿号隔开：{'、'.join(Tag)}。", f"{Tag.ABOVE_SCALE}、{Tag.KEY_PROJECT}", 26
    ),
    Column("联系人", "本企业参加测评的联系人。", "李某某", 12),
    Column("联系电话", "手机号，或区号加座机号。", "0335-1234567", 18),
)
PEOPLE_HEADS = tuple(column.head for column in PEOPLE_COLUMNS)
ENTERPRISE_HEADS = tuple(column.head for column in ENTERPRISE_COLUMNS)

HEAD_FILL = PatternFill("solid", fgColor="DCECEF")
EDGE = Border(*[Side("thin", "9FB3BA")] * 4)


def people_template() -> bytes:
    """Return the blank 单位与人员名册.xlsx."""
    return template(PEOPLE_TITLE, PEOPLE_COLUMNS)


def enterprise_template() -> bytes:
    """Return the blank 企业名册.xlsx."""
    return template(ENTERPRISE_TITLE, ENTERPRISE_COLUMNS)


def people_workbook(rows: Iterable[Sequence[str]]) -> bytes:
    """Return 单位与人员名册.xlsx with `rows` in the order of PEOPLE_HEADS; it can be loaded again."""
    return filled(PEOPLE_TITLE, PEOPLE_COLUMNS, rows)


def enterprise_workbook(rows: Iterable[Sequence[str]]) -> bytes:
    """Return 企业名册.xlsx with `rows` in the order of ENTERPRISE_HEADS; it can be loaded again."""
    return filled(ENTERPRISE_TITLE, ENTERPRISE_COLUMNS, rows)


def template(title: str, columns: Sequence[Column]) -> bytes:
    """Return a blank workbook with notes, an example row and choices."""
    book = _book(title, columns, [[column.example for column in columns]])
    for cell in book[title][2]:
        cell.font = Font(italic=True, color="6B7D86")
    notes = book.create_sheet("填写说明")
    notes.append(["列", "怎样填写", "示例"])
    for column in columns:
        notes.append([column.head, column.note, column.example])
    notes.append([])
    notes.append([f"第一列以「{EXAMPLE}」开头的行不会导入；不要合并单元格，不要隐藏行；每一格都要填写。"])
    for letter, width in zip("ABC", (20, 64, 28), strict=True):
        notes.column_dimensions[letter].width = width
    return _bytes(book)


def filled(title: str, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a workbook of `rows` in the order of `columns`."""
    return _bytes(_book(title, columns, rows))


def _book(title: str, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> Workbook:
    book = Workbook()
    sheet: Any = book.active
    sheet.title = title
    _write_row(sheet, 1, [column.head for column in columns])
    for number, row in enumerate(rows, 2):
        _write_row(sheet, number, row)
    for at, column in enumerate(columns, 1):
        _dress(sheet, at, column)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    return book


def _write_row(sheet: Any, number: int, texts: Sequence[str]) -> None:
    for at, text in enumerate(texts, 1):
        cell = sheet.cell(number, at)
        cell.value = text
        # A text that begins with an equals sign must not become a formula.
        cell.data_type = "s"
        cell.number_format = "@"
        cell.border = EDGE
        cell.alignment = Alignment(vertical="center", wrap_text=True)


def _dress(sheet: Any, at: int, column: Column) -> None:
    letter = get_column_letter(at)
    head = sheet.cell(1, at)
    head.font, head.fill = Font(bold=True), HEAD_FILL
    head.alignment = Alignment(horizontal="center", vertical="center")
    head.comment = Comment(column.note, "企评", width=240, height=90)
    sheet.column_dimensions[letter].width = column.width
    sheet.column_dimensions[letter].number_format = "@"
    place = f"{letter}2:{letter}{LAST_ROW}"
    if column.choices:
        rule = DataValidation("list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
        rule.error = f"只能填{'、'.join(column.choices)}之一。"
    else:
        rule = DataValidation(
            "textLength", operator="lessThanOrEqual", formula1=str(LONGEST), allow_blank=True
        )
        rule.error = f"最多{LONGEST}个字。"
    rule.errorTitle, rule.showErrorMessage = column.head, True
    rule.add(place)
    sheet.add_data_validation(rule)


def _bytes(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
