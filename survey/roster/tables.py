"""Any table of the desk as a workbook: numbers as numbers, dates as dates, texts never as formulas."""

import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

Cell = str | int | float | dt.date | None
Table = Iterable[Sequence[Cell]]
WIDEST = 60


def workbook(tables: Mapping[str, Table]) -> bytes:
    """Return an .xlsx with one sheet for each table; the first row of each is its head."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in tables.items():
        sheet = book.create_sheet(title[:31])
        for number, row in enumerate(rows, 1):
            for at, value in enumerate(row, 1):
                _write(sheet.cell(number, at), value)
        _dress(sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write(cell: Any, value: Cell) -> None:
    cell.value = value
    if isinstance(value, str):
        # A text that begins with an equals sign must not become a formula.
        cell.data_type = "s"
    elif isinstance(value, float):
        cell.number_format = "0.00"


def _dress(sheet: Any) -> None:
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, column in enumerate(sheet.columns, 1):
        longest = max((len(str(cell.value or "")) for cell in column), default=0)
        sheet.column_dimensions[get_column_letter(number)].width = min(WIDEST, 4 + 2 * longest)
        for cell in column:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
