"""Workbooks as clerks bring them, for the tests of the intake."""

import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook

from survey.roster.blanks import Column


def a_book(title: str, columns: Sequence[Column], rows: Iterable[dict[str, object]]) -> io.BytesIO:
    """Return an .xlsx with the head row of `columns` and `rows` under it."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    heads = [column.head for column in columns]
    sheet.append(heads)
    for row in rows:
        sheet.append([row.get(head, "") for head in heads])
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream
