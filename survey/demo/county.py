"""The sample county as the two workbooks that a clerk would bring: 33 units, 293 persons, 110 enterprises."""

import io
import random
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from openpyxl import Workbook
from stdnum.cn import uscc

SAMPLE = tomllib.loads(Path(__file__).with_name("sample.toml").read_text(encoding="utf-8"))
SEED = 20220930
FIRMS = 110


def people_workbook() -> bytes:
    """Return 单位与人员名册.xlsx of the sample county."""
    header = ("单位编码", "单位", "单位类别", "工号", "姓名", "职务", "负责事项", "人员类别")
    return _workbook("单位与人员", header, list(_people()))


def enterprises_workbook() -> bytes:
    """Return 企业名册.xlsx of the sample county."""
    header = ("企业名称", "统一社会信用代码", "企业类别", "联系人", "联系电话")
    return _workbook("企业", header, list(_enterprises()))


def _workbook(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    sheet.append(list(header))
    for row in rows:
        sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _names(draw: random.Random) -> Iterator[str]:
    seen: set[str] = set()
    while True:
        name = draw.choice(SAMPLE["surnames"]) + draw.choice(SAMPLE["given"].split())
        if name not in seen:
            seen.add(name)
            yield name


def _people() -> Iterator[tuple[str, ...]]:
    names = _names(random.Random(SEED))  # noqa: S311  # invented names, no secret
    badge = 0
    for position, (unit, series, head, duties) in enumerate(SAMPLE["units"]):
        for rank, duty in enumerate(duties.split()):
            kind = "工作人员" if rank else "部门领导"
            post = (head, f"副{head}", *SAMPLE["posts"].split()[1:])[rank]
            yield f"U{position:02}", unit, series, f"P{badge:03}", next(names), post, duty, kind
            badge += 1


def _enterprises() -> Iterator[tuple[str, ...]]:
    draw = random.Random(SEED + 1)  # noqa: S311  # invented names, no secret
    contacts = _names(draw)
    words, trades = SAMPLE["firm_words"].split(), SAMPLE["firm_trades"].split()
    pairs = [(word, trade) for word in words for trade in trades]
    for index, (word, trade) in enumerate(draw.sample(pairs, FIRMS)):
        yield (
            f"青禾县{word}{trade}有限公司",
            _credit_code(index),
            _tags(index),
            next(contacts),
            f"1390000{index:04}",
        )


def _tags(index: int) -> str:
    tags = ["四上"] if index < 92 else []
    if 80 <= index < 103:
        tags.append("省市重点项目")
    if index >= 100:
        tags.append("准规上")
    return "、".join(tags)


def _credit_code(index: int) -> str:
    body = f"9113032400{index:06}X"
    return body + uscc.calc_check_digit(body)
