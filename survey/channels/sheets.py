"""其他评价数据.xlsx: each rate with what it is made of; a bare percentage is kept as one."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import IO

from sqlmodel import Session, select

from scoring.rates import half_up
from survey import journal
from survey.channels import figures
from survey.channels.models import Channel, Figure, Indicator
from survey.review.access import only
from survey.roster import cells, checks
from survey.roster.blanks import Column
from survey.roster.cells import EXAMPLE, Row, Sheet, halfwidth
from survey.roster.taken import Taken, Units
from survey.staff.models import Account, Role

BARE = re.compile(r"(100(\.0{1,2})?|\d{1,2}(\.\d{1,2})?)%?")
CALENDAR = ("压缩工作日", "法定自然日")
FIGURE_TITLE = "其他评价数据"
WHOLE = "全县"
FIGURE_COLUMNS = (
    Column("评价对象", "全县，或名册里的单位名称。", EXAMPLE, 22),
    Column("渠道", "从下拉列表选择；不同渠道的数据不合并。", Channel.WINDOW, 12, tuple(Channel)),
    Column("期间", "月、季或周，如2023-03、2023Q1、2023-W12。", "2023-03", 12),
    Column("指标", "从下拉列表选择。", Indicator.GOOD, 14, tuple(Indicator)),
    Column("分子", "件数。没有分子分母时，只填百分比。", "81", 10),
    Column("分子含义", "如好评件数、评价件数、满意件数。", "好评件数", 16),
    Column("分母", "件数。", "82", 10),
    Column("分母含义", "如评价件数、办件总数、回访件数。", "评价件数", 16),
    Column("百分比", "有分子分母时可不填；只有百分比的，记为未提供分母。", "98.78", 10),
    Column("分项", "分母的构成，用加号连接，可不填；须等于分母。", "460+38+3+4+1", 22),
)
FIGURE_HEADS = tuple(column.head for column in FIGURE_COLUMNS)


def read_figures(session: Session, stream: IO[bytes], *, today: dt.date) -> tuple[Figure, ...]:
    """Read 其他评价数据; a rate under a wrong name, or a percentage that does not fit, is a fault."""
    sheet = cells.read(stream, title=FIGURE_TITLE, heads=FIGURE_HEADS)
    checks.note_blanks(sheet, FIGURE_HEADS[:4])
    units = Units(session)
    for row in sheet.rows:
        if row["评价对象"] != WHOLE:
            units.find(sheet, row, "评价对象")
    rows = [_figure(sheet, row, today) for row in sheet.rows]
    places: dict[tuple[str, ...], int] = {}
    for row in sheet.rows:
        place = tuple(row[head] for head in FIGURE_HEADS[:4])
        if places.setdefault(place, row.number) != row.number:
            sheet.fault(row.number, "评价对象", f"与第{places[place]}行是同一个数据，请删去一行。")
    sheet.refuse_if_faulty()
    return tuple(row for row in rows if row)


def _figure(sheet: Sheet, row: Row, today: dt.date) -> Figure | None:
    channel = checks.choice(sheet, row, "渠道", among=tuple(Channel))
    indicator = checks.choice(sheet, row, "指标", among=tuple(Indicator))
    num, den = checks.whole(sheet, row, "分子"), checks.whole(sheet, row, "分母")
    bare = halfwidth(row["百分比"])
    if bare and not BARE.fullmatch(bare):
        sheet.fault(row.number, "百分比", f"「{bare}」不是百分比，请填0至100之间、最多两位小数的数。")
        return None
    if channel not in set(Channel) or indicator not in set(Indicator):
        return None
    if not _pair_fits(sheet, row, num, den):
        return None
    found = Figure(
        channel=Channel(channel), subject=row["评价对象"], period=halfwidth(row["期间"]),
        indicator=Indicator(indicator), num=num, den=den, bare=bare.rstrip("%"), split=halfwidth(row["分项"]),
    )  # fmt: skip
    _check_figure(sheet, row, found, today)
    return found


def _pair_fits(sheet: Sheet, row: Row, num: int | None, den: int | None) -> bool:
    if (num is None) != (den is None):
        missing = "分母" if den is None else "分子"
        sheet.fault(row.number, missing, f"没有填写{missing}；分子分母须同时填写，或者都不填而只填百分比。")
        return False
    if num is None and not row["百分比"]:
        sheet.fault(row.number, "分子", "分子、分母和百分比都没有填写，请补上。")
        return False
    if num is not None and den is not None and not 0 <= num <= den != 0:
        sheet.fault(row.number, "分子", f"分子{num}应不大于分母{den}，分母应大于零，请核对。")
        return False
    return True


def _check_figure(sheet: Sheet, row: Row, found: Figure, today: dt.date) -> None:
    if found.num is None or found.den is None:
        return
    meanings = (row["分子含义"], row["分母含义"])
    if meanings == CALENDAR:
        sentence = figures.mixed_days(found.den, found.den - found.num, since=today)
    else:
        sentence = figures.misnamed(found.indicator, meanings, found.num, found.den)
    if sentence:
        sheet.fault(row.number, "指标", sentence)
    places = len(found.bare.partition(".")[2])
    if found.bare and half_up(100 * found.num, found.den, places) != found.bare:
        given = half_up(100 * found.num, found.den, 2)
        sheet.fault(
            row.number, "百分比", f"{found.num}÷{found.den}＝{given}%，与填写的{found.bare}%不符，请核对。"
        )
    if found.split and figures.split_sum(found.split) != found.den:
        sheet.fault(row.number, "分项", f"分项之和不等于分母{found.den}，请核对。")


def load_figures(session: Session, rows: Sequence[Figure], *, by: Account, today: dt.date) -> Taken:
    """Take figures in; one that is known under the same name is replaced, and the journal says so."""
    only(by, Role.OFFICE, act="导入其他评价数据")
    known = {_place(each): each for each in session.exec(select(Figure))}
    taken = Taken(("渠道", "评价对象", "期间", "指标", "数值"))
    for row in rows:
        old = known.get(_place(row))
        kind = "新增" if old is None else "更新"
        target = old or Figure.model_validate(row.model_dump())
        target.num, target.den, target.bare, target.split = row.num, row.den, row.bare, row.split
        session.add(target)
        taken.add(kind, row.channel, row.subject, row.period, row.indicator, figures.shown(row))
    session.flush()
    bare = sum(row.num is None for row in rows)
    if bare:
        taken.warnings.append(f"有{bare}个数据只有百分比，记为“{figures.NO_DENOMINATOR}”，不参加任何合计。")
    journal.record(session, by=by.login, act="channels.figures", detail={**taken.counts, "as of": today})
    return taken


def _place(row: Figure) -> tuple[str, str, str, str]:
    return row.channel, row.subject, row.period, row.indicator
