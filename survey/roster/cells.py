"""Reading a workbook's cells as plain text, with every fault that makes a cell's text uncertain."""

import datetime as dt
import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from survey.errors import Fault, Faulty

# Rows whose first cell begins so stay out: the templates carry one.
EXAMPLE = "示例（不导入）"
LONGEST = 240
HEADER_WITHIN = 10
MOST_ROWS = 20_000
MOST_BYTES = 200 * 1024 * 1024
# Zero-width characters and byte-order marks that come along with copied text.
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
# What openpyxl raises on a damaged part depends on the part.
DAMAGE = (
    InvalidFileException,
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    TypeError,
    OSError,
    SyntaxError,
    EOFError,
)


@dataclass(frozen=True)
class Row:
    """One row of a sheet: its number in Excel and the text under each wanted head."""

    number: int
    texts: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.texts[column]


@dataclass
class Sheet:
    """The rows of one sheet, the faults found so far, and the rows whose blanks come from merging."""

    title: str
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    merged: set[int] = field(default_factory=set)

    def fault(self, row: int | None, column: str | None, sentence: str) -> None:
        """Note one fault."""
        self.faults.append(Fault(self.title, row, column, sentence))

    def refuse_if_faulty(self) -> None:
        """Raise all faults at once, in the order of rows."""
        if self.faults:
            self.faults.sort(key=lambda fault: fault.row or 0)
            sentence = (
                f"工作表「{self.title}」有{len(self.faults)}处问题，没有导入任何内容。请逐项改好后重新上传。"
            )
            raise Faulty("roster.faults", sentence, self.faults)


def read(stream: IO[bytes], *, title: str, heads: Sequence[str], dates: Collection[str] = ()) -> Sheet:
    """Return the rows under `heads` in the sheet `title`, or else in the first that has them all.

    Under the heads named in `dates` a cell that Excel holds as a date is read as one.
    """
    raw = stream.read()
    values, formulas = _open(raw, data_only=True), _open(raw, data_only=False)
    name, header, places = _find(values, title, heads)
    sheet = Sheet(name)
    if missing := [head for head in heads if head not in places]:
        sheet.fault(header, None, f"缺少「{'」「'.join(missing)}」列，请下载模板，按模板的表头填写。")
        sheet.refuse_if_faulty()
    if values[name].max_row > MOST_ROWS:
        sheet.fault(None, None, f"超过{MOST_ROWS}行，请删去名册下方多余的行。")
        sheet.refuse_if_faulty()
    _note_merged(sheet, values[name], header)
    for number in range(header + 1, values[name].max_row + 1):
        _take_row(sheet, _Source(values[name], formulas[name], places, number, frozenset(dates)))
    if not sheet.rows and not sheet.faults:
        sheet.fault(None, None, "表头下面没有内容，请填写后再上传。")
    return sheet


def _open(raw: bytes, *, data_only: bool) -> Any:
    if raw[:4] == b"\xd0\xcf\x11\xe0":
        raise _unreadable(
            "这是旧版 .xls 文件或加了密码的文件，请在 Excel 或 WPS 中取消密码并另存为 .xlsx 后再上传。"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_BYTES:
                raise _unreadable("文件展开后太大，请只保留名册本身，删去图片和多余的工作表。")
        with warnings.catch_warnings():
            # Extensions of Excel and WPS that openpyxl leaves out have no bearing on the cells.
            warnings.simplefilter("ignore")
            return load_workbook(io.BytesIO(raw), data_only=data_only)
    except DAMAGE as damage:
        raise _unreadable(
            "文件打不开：不是 .xlsx 工作簿，或已经损坏。请在 Excel 或 WPS 中另存为 .xlsx 后再上传。"
        ) from damage


def _unreadable(sentence: str) -> Faulty:
    return Faulty("roster.unreadable", sentence, [])


def _find(book: Any, title: str, heads: Sequence[str]) -> tuple[str, int, dict[str, int]]:
    found = {}
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            found[sheet.title] = _header(sheet, heads)
    complete = [name for name, (_, places) in found.items() if len(places) == len(heads)]
    if title in found and (title in complete or not complete):
        return title, *found[title]
    if complete:
        return complete[0], *found[complete[0]]
    best = max(found, key=lambda name: len(found[name][1]), default="")
    if best and len(found[best][1]) >= 2:
        return best, *found[best]
    raise _unreadable(f"没有找到工作表「{title}」，请下载模板，在模板里填写。")


def _header(sheet: Any, heads: Sequence[str]) -> tuple[int, dict[str, int]]:
    best: tuple[int, dict[str, int]] = (1, {})
    for number, cells in enumerate(sheet.iter_rows(max_row=HEADER_WITHIN, values_only=True), 1):
        places: dict[str, int] = {}
        for at, value in enumerate(cells):
            head = tidy(value).rstrip("*").replace(" ", "") if isinstance(value, str) else ""
            if head in heads:
                places.setdefault(head, at)
        if len(places) > len(best[1]):
            best = (number, places)
    return best


def _note_merged(sheet: Sheet, worksheet: Any, header: int) -> None:
    for merged in worksheet.merged_cells.ranges:
        if merged.max_row > header:
            sheet.merged.update(range(merged.min_row, merged.max_row + 1))
            sheet.fault(merged.min_row, None, f"{merged.coord} 是合并单元格，请取消合并，并在每一行填写。")


@dataclass(frozen=True)
class _Source:
    values: Any
    formulas: Any
    places: Mapping[str, int]
    number: int
    dates: frozenset[str]

    def cells(self) -> Iterator[tuple[str, Any, Any]]:
        for head, at in sorted(self.places.items(), key=lambda place: place[1]):
            yield head, self.values.cell(self.number, at + 1), self.formulas.cell(self.number, at + 1)


def _take_row(sheet: Sheet, source: _Source) -> None:
    cells = list(source.cells())
    if all(cell.value is None and written.value is None for _, cell, written in cells):
        return
    texts: dict[str, str] = {}
    faults: list[tuple[str, str]] = []
    for head, cell, written in cells:
        texts[head], fault = _date(cell) if head in source.dates and _is_date(cell) else _text(cell, written)
        if fault:
            faults.append((head, fault))
    if not any(texts.values()) and not faults:
        return
    if next(iter(texts.values())).startswith(EXAMPLE):
        return
    if source.values.row_dimensions[source.number].hidden:
        sheet.fault(source.number, None, "这一行被隐藏或筛选掉了，请取消隐藏（不要的行请删除）。")
    for head, fault in faults:
        sheet.fault(source.number, head, fault)
    sheet.rows.append(Row(source.number, texts))


def _is_date(cell: Any) -> bool:
    return isinstance(cell.value, dt.date)


def _date(cell: Any) -> tuple[str, str]:
    return cell.value.strftime("%Y-%m-%d"), ""


def _text(cell: Any, written: Any) -> tuple[str, str]:
    """Return a cell's text and, where the text cannot be trusted, why."""
    value = cell.value
    if cell.data_type == "e":
        return "", f"公式出错（{value}），请改为文字。"
    if value is None and written.data_type == "f":
        return "", "公式没有算出结果，请复制后「选择性粘贴→数值」。"
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return "", "被 Excel 当成了日期，请把单元格格式改为「文本」后重填。"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _digits(value, cell.number_format)
    text = tidy("" if value is None else str(value))
    if len(text) > LONGEST:
        return text[:LONGEST], f"共{len(text)}个字，最多{LONGEST}个字，请精简。"
    return text, ""


def _digits(value: int | float, shown_as: str) -> tuple[str, str]:
    """Return a number as the digits that Excel shows; Excel keeps no more than 15 of them."""
    if value != int(value):
        return str(value), "不应是小数，请把单元格格式改为「文本」后重填。"
    text = str(int(value))
    if len(text) > 15:
        return text, "以数字保存，第15位以后已被 Excel 改成0，请把单元格格式改为「文本」后重填。"
    return (text.zfill(len(shown_as)) if re.fullmatch("0+", shown_as) else text), ""


def tidy(text: str) -> str:
    """Return `text` without surrounding, doubled, invisible or full-width spaces and line breaks."""
    return " ".join(INVISIBLE.sub("", text).split())


def halfwidth(text: str) -> str:
    """Return a code with full-width letters and digits made plain and every space taken out."""
    return "".join(unicodedata.normalize("NFKC", text).split())
