"""The result as plain text for a terminal: Chinese tables and sentences."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from unicodedata import east_asian_width

from scoring.ballot import Slate
from scoring.rates import percent

Result = Mapping[str, Any]
_COUNTS = ("a", "g", "b", "blank", "n")
_HEADS = ("非常满意", "服务一般", "服务较差", "未评价", "有效评价", "非差评率", "非常满意率")
_LANES = {"direct": "直接列入", "review": "转审查小组"}


def report(result: Result, slate: Slate) -> str:
    """Return the whole result: rates, units, officials, proposals, and what was not tested."""
    return "\n".join([*_head(result), *_units(result, slate), *_persons(result, slate), *_proposals(result)])


def _head(result: Result) -> list[str]:
    rules, ballots = result["rules"], result["ballots"]
    rates = [
        (rate["name"], f"{rate['num']}/{rate['den']}", rate["pct"] or "-", _interval(rate["interval"]))
        for rate in result["rates"]
    ]
    return [
        f"测评 {result['poll']}    规则 {rules['id']} {rules['version']}  {rules['sha256'][:16]}",
        f"有效票 {ballots['valid']} 张，其中不作升级依据 {ballots['undiscriminating']} 张",
        "",
        *table(("公布口径", "分子/分母", "%", "95%区间"), rates),
        result["header"]["text"],
        "",
    ]


def _interval(interval: Sequence[float] | None) -> str:
    if interval is None:
        return "-"
    return "–".join(percent(*end.as_integer_ratio()) for end in interval)


def _units(result: Result, slate: Slate) -> list[str]:
    names = {unit.id: unit.name for unit in slate.units}
    lines = [(unit["id"], names[unit["id"]], *_shown(unit)) for unit in result["units"]]
    return [*table(("编号", "单位", *_HEADS), lines), ""]


def _persons(result: Result, slate: Slate) -> list[str]:
    units = {unit.id: unit.name for unit in slate.units}
    names = {person.id: (units[person.unit], person.name) for person in slate.persons}
    lines = [(person["id"], *names[person["id"]], *_shown(person)) for person in result["persons"]]
    return [*table(("工号", "单位", "姓名", *_HEADS), lines), ""]


def _shown(line: Mapping[str, Any]) -> list[str]:
    shares = [percent(num, den) if den else "-" for num, den in line["rates"].values()]
    return [str(line[key]) for key in _COUNTS] + shares


def _proposals(result: Result) -> list[str]:
    lines = [f"处理建议 {len(result['proposals'])} 项（仅为建议，须经审查、核实后由人决定）"]
    for proposal, robust in zip(result["proposals"], result["robustness"], strict=True):
        lines.append(f"  [{_LANES[proposal['lane']]}] {proposal['text']}{robust['text']}")
    lines.append(f"未定级 {len(result['not_tested'])} 人")
    lines += [f"  {entry['id']}：{entry['text']}" for entry in result["not_tested"]]
    for first, second, shared in result["quality"]["pairs"]:
        lines.append(f"异常信号：{first} 与 {second} 有 {shared} 张票同时打差评，供审查小组参考")
    lines.append(f"完全相同的票 {result['quality']['identical']} 张（仅为数据质量提示）")
    return lines


def table(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> list[str]:
    """Set lines under their heads; the first columns flush left, numbers flush right."""
    cells = [list(heads), *map(list, lines)]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    numeric = [all(_is_figure(line[at]) for line in cells[1:]) for at in range(len(heads))]
    return ["  ".join(map(_fill, line, widths, numeric)).rstrip() for line in cells]


def _is_figure(cell: str) -> bool:
    return cell.strip("0123456789./–-") == ""


def _fill(cell: str, size: int, numeric: bool) -> str:
    space = " " * (size - width(cell))
    return space + cell if numeric else cell + space


def width(text: str) -> int:
    """Return how many columns a text takes; a Chinese character takes two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
