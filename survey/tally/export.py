"""The result as a workbook: one sheet for each table, numbers as numbers."""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from scoring.rates import DEFINITIONS

Result = Mapping[str, Any]
Rows = Iterable[Sequence[str | int | float | None]]
WIDEST = 60
WITHHELD = "不显示"
LINE = ("a", "g", "b", "n", "blank")
LANES = {"direct": "直接列入", "review": "转审查小组核实"}


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
        shown = WITHHELD if overall["withheld"] else overall[key]
        yield (f"总体评价：{name}", shown, None, None, "")
    for rate in result["rates"]:
        number = percent_number(rate["num"], rate["den"])
        yield (f"{rate['name']}（%）", number, rate["num"], rate["den"], rate["definition"])
        if rate["interval"]:
            low, high = (100 * end for end in rate["interval"])
            yield (f"{rate['name']}95%区间低端（%）", low, None, None, f"设计效应{rate['deff']:.2f}")
            yield (f"{rate['name']}95%区间高端（%）", high, None, None, f"设计效应{rate['deff']:.2f}")
    yield ("预计误列", result["header"]["expected_false"], None, None, result["header"]["text"])
    for name, digest in result["digests"].items():
        yield (f"摘要 SHA-256：{name}", digest, None, None, "")


def _counts(row: Mapping[str, Any], keys: Sequence[str]) -> list[int | str | None]:
    """Return the counts of a row; a withheld one says so in the first of its cells."""
    return [WITHHELD, *[None] * (len(keys) - 1)] if row["withheld"] else [row[key] for key in keys]


def _rate(row: Mapping[str, Any]) -> list[float | None]:
    """Return 非差评率 and the two ends of its interval, as numbers."""
    if row["withheld"] or not row["n"]:
        return [None, None, None]
    return [percent_number(row["a"] + row["g"], row["n"]), *(100 * end for end in row["interval"])]


RATE_HEADS = ("非差评率（%）", "95%区间低端（%）", "95%区间高端（%）")


def series(result: Result) -> Rows:
    """Give the sum of the officials' lines by series."""
    yield ("类别（人员合计）", "非常满意", "服务一般", "服务较差", "有效评价", *RATE_HEADS)
    for row in result["series"]:
        yield (row["name"], *_counts(row, "agbn"), *_rate(row))


def units(result: Result) -> Rows:
    """Give each unit's sum of its officials' lines, and the line of the unit itself."""
    yield (
        "单位", "类别", "人员：非常满意", "人员：服务一般", "人员：服务较差", "人员：有效评价", *RATE_HEADS,
        *(f"单位本身：{name}" for name in ("非常满意", "服务一般", "服务较差", "有效评价", "未评价")),
    )  # fmt: skip
    for unit in result["units"]:
        people = unit["persons"]
        yield (
            unit["name"], unit["series"], *_counts(people, "agbn"), *_rate(people), *_counts(unit, LINE),
        )  # fmt: skip


def persons(result: Result) -> Rows:
    """Give each official's line; for inspectors, reviewers and leaders only."""
    yield (
        "工号", "姓名", "单位", "类别", "职务",
        "非常满意", "服务一般", "服务较差", "有效评价", "未评价", *RATE_HEADS, "q值",
    )  # fmt: skip
    for person in result["persons"]:
        yield (
            person["id"], person["name"], person["unit_name"], person["series"], person["post"],
            *_counts(person, LINE), *_rate(person), person["q"],
        )  # fmt: skip


def proposals(result: Result) -> Rows:
    """Give the engine's proposals with their sentences and what they can lose."""
    yield ("对象", "编号", "建议", "规则", "走向", "说明", "稳健性")
    for each, robust in zip(result["proposals"], result["robustness"], strict=True):
        lane = LANES[each["lane"]]
        yield (
            each["subject_name"], each["id"], each["name"], each["rule"], lane, each["text"], robust["text"],
        )  # fmt: skip
    if not result["proposals"]:
        yield ("本季没有处理建议", None, None, None, None, None, None)


def explained(_result: Result) -> Rows:
    """Give what every figure of the workbook means."""
    yield ("项目", "含义")
    for name in ("not_poor", "top", "firm"):
        yield (name, DEFINITIONS[name])
    yield ("非差评率（%）", "（非常满意＋服务一般）÷有效评价；未评价不计入分母")
    yield ("95%区间", "威尔逊区间；全县两项合计比率另按同一张票内评价相互关联放宽")
    yield ("q值", "若把q值不超过它的人都看作差评率高于2%，其中约有这个比例只是偶然；只作说明，不定级")
    yield (WITHHELD, "有效评价不足5家，或可由别处的数推出不足5家的数，不显示")
    yield ("比较", "单位和人员只在同一类别内比较，不排名次；各表按名册次序")


Sheets = Mapping[str, Callable[[Result], Rows]]
UNIT_SHEETS: Sheets = {"总体": overview, "类别": series, "单位": units, "说明": explained}
FULL_SHEETS: Sheets = {**UNIT_SHEETS, "人员": persons, "处理建议": proposals}


def workbook(result: Result, sheets: Sheets) -> bytes:
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
