"""The own data to take away, as JSON and as a workbook (个人信息保护法 45)."""

import json
from typing import Any

from survey.rights.dossier import Dossier
from survey.tally.export import Rows, workbook

NAMES = {
    "round": "季度",
    "unit": "单位",
    "post": "职务",
    "rate": "非差评率（%）",
    "interval": "95%区间",
    "median": "同类中位数（%）",
    "proposed": "规则提出",
    "state": "状态",
    "heard": "陈述",
    "measure": "措施",
    "decided_on": "决定",
    "delivered_on": "送达",
    "carried_out_on": "落实",
    "record": "落实情况",
    "talks": "谈话记录份数",
    "objection": "异议",
    "followed_up_on": "回访",
}


def as_json(dossier: Dossier) -> bytes:
    """Return everything as JSON."""
    return json.dumps(dossier.plain(), ensure_ascii=False, indent=1).encode()


def as_workbook(dossier: Dossier) -> bytes:
    """Return everything as a workbook: posts, quarters, paraphrases, affairs."""
    plain = dossier.plain()
    sheets = {"任职": _posts, "各季结果": _quarters, "转述": _remarks, "事项": _affairs}
    return workbook(plain, sheets)


def _posts(plain: Any) -> Rows:
    heads = ("单位", "职务", "负责事项", "人员类别", "开始", "结束")
    yield ("工号", "姓名", *heads)
    for post in plain["posts"]:
        yield (plain["badge"], plain["name"], *(post[head] for head in heads))


def _quarters(plain: Any) -> Rows:
    kept, counts = ("round", "unit", "post"), ("非常满意", "服务一般", "服务较差", "有效评价")
    told = ("rate", "interval", "median")
    yield (*(NAMES[key] for key in kept), *counts, *(NAMES[key] for key in told), "说明")
    for row in plain["quarters"]:
        few = "评价太少，为保护评价人不列出" if row["withheld"] else ""
        numbers = (row["counts"].get(name) for name in counts)
        yield (*(row[key] for key in kept), *numbers, *(row[key] for key in told), few)


def _remarks(plain: Any) -> Rows:
    yield ("季度", "转述")
    for row in plain["quarters"]:
        for remark in row["remarks"]:
            yield (row["round"], _text(remark))


def _affairs(plain: Any) -> Rows:
    keys = [key for key in NAMES if plain["affairs"] and key in plain["affairs"][0]]
    yield ("事项编号", *(NAMES[key] for key in keys))
    for row in plain["affairs"]:
        cells = (row[key] if row[key] is not None else "" for key in keys)
        yield (row["case_id"], *(_text(cell) if isinstance(cell, str) else cell for cell in cells))


def _text(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text
