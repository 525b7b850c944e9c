"""The result as a workbook: one sheet for each table, numbers as numbers."""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

Result = Mapping[str, Any]
Rows = Iterable[Sequence[str | int | float | None]]
WIDEST = 60


def percent_number(num: int, den: int) -> float | None:
    """Return a percentage as the unrounded number a workbook formats by itself."""
    return 100 * num / den if den else None


def overview(result: Result) -> Rows:
    """Give the equation, the overall question and the three rates."""
    equation, overall = result["equation"], result["overall"]
    yield ("项目", "数值", "分子", "分母", "含义")
    for name, key in (
        ("印制", "printed"),
        ("发出", "issued"),
        ("剩余", "remaining"),
        ("收回", "returned"),
        ("有效", "valid"),
        ("无效", "invalid"),
    ):
        yield (f"{name}票数", equation.get(key), None, None, "")
    for name, key in (("非常满意", "a"), ("服务一般", "g"), ("服务较差", "b"), ("未评价", "blank")):
        yield (f"总体评价：{name}", overall[key], None, None, "")
    for rate in result["rates"]:
        number = percent_number(rate["num"], rate["den"])
        yield (f"{rate['name']}（%）", number, rate["num"], rate["den"], rate["definition"])
    for name, digest in result["digests"].items():
        yield (f"摘要 SHA-256：{name}", digest, None, None, "")


def units(result: Result) -> Rows:
    """Give each unit's own line and the sum of its persons' lines."""
    yield (
        "单位", "类别", "非常满意", "服务一般", "服务较差", "有效评价", "未评价",
        "人员有效评价合计", "人员差评合计", "人员非差评率（%）",
    )  # fmt: skip
    for unit in result["units"]:
        people = unit["persons"]
        rate = percent_number(people["a"] + people["g"], people["n"])
        yield (
            unit["name"], unit["series"], unit["a"], unit["g"], unit["b"], unit["n"], unit["blank"],
            people["n"], people["b"], rate,
        )  # fmt: skip


def persons(result: Result) -> Rows:
    """Give each official's line; for inspectors, reviewers and leaders only."""
    yield (
        "工号", "姓名", "单位", "职务",
        "非常满意", "服务一般", "服务较差", "有效评价", "未评价", "非差评率（%）",
    )  # fmt: skip
    for person in result["persons"]:
        rate = percent_number(person["a"] + person["g"], person["n"])
        yield (
            person["id"], person["name"], person["unit_name"], person["post"], person["a"], person["g"],
            person["b"], person["n"], person["blank"], rate,
        )  # fmt: skip


def proposals(result: Result) -> Rows:
    """Give the engine's proposals with their sentences."""
    yield ("对象", "编号", "建议", "规则", "走向", "说明")
    for each in result["proposals"]:
        yield (each["subject_name"], each["id"], each["name"], each["rule"], each["lane"], each["text"])


UNIT_SHEETS: dict[str, Callable[[Result], Rows]] = {"总体": overview, "单位": units}
FULL_SHEETS: dict[str, Callable[[Result], Rows]] = UNIT_SHEETS | {"人员": persons, "处理建议": proposals}


def workbook(result: Result, sheets: Mapping[str, Callable[[Result], Rows]]) -> bytes:
    """Return an .xlsx with the given sheets."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows(result):
            page.append(list(row))
        _dress(page)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _dress(page: Any) -> None:
    page.freeze_panes = "A2"
    for cell in page[1]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    for number, column in enumerate(page.columns, 1):
        longest = max(len(str(cell.value or "")) for cell in column)
        page.column_dimensions[get_column_letter(number)].width = min(WIDEST, 4 + 2 * longest)
        for cell in column:
            if isinstance(cell.value, float):
                cell.number_format = "0.00"
