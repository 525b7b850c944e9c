"""Slips and records of the follow-up: closing a matter, recording a talk."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, ClassVar

from survey.letters.facts import NO_SIGNATURE, SHEET
from survey.letters.fields import NEEDED, Filled


@dataclass(frozen=True, kw_only=True)
class ClosureSlip(Filled):
    """销号单: one ledger item with its dates, evidence, the enterprises' word on it, and who signs it off."""

    KIND: ClassVar[str] = "销号单"
    TEMPLATE: ClassVar[str] = "closureslip.html"
    STYLE: ClassVar[str] = SHEET
    SIGNATURE: ClassVar[str] = NO_SIGNATURE

    organ: Annotated[str, "主办单位"]
    item: Annotated[str, "编号"]
    light: Annotated[str, "状态"]
    source: Annotated[str, "来源"]
    theme: Annotated[str, "类别"]
    problem: Annotated[str, "问题"]
    unit: Annotated[str, "单位"]
    owner: Annotated[str, "盯办人"]
    phone: Annotated[str, "联系电话"]
    opened_on: Annotated[dt.date, "受理日期"]
    deadline: Annotated[dt.date, "办结期限"]
    done_on: Annotated[dt.date, "实际办结"]
    days_late: Annotated[int, "逾期天数"]
    evidence: Annotated[tuple[str, ...], "佐证材料"]
    asked: Annotated[int, "回访家数"]
    solved: Annotated[int, "已解决"]
    partly: Annotated[int, "部分解决"]
    unsolved: Annotated[int, "未解决"]
    names: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, kw_only=True)
class TalkRecord(Filled):
    """谈话记录表: internal; it records a talk, states the right to be heard, and is not a punishment."""

    KIND: ClassVar[str] = "谈话记录表"
    TEMPLATE: ClassVar[str] = "talkrecord.html"
    STYLE: ClassVar[str] = SHEET
    SIGNATURE: ClassVar[str] = NO_SIGNATURE

    organ: Annotated[str, "主办单位"]
    talk: Annotated[str, "谈话种类"]
    round_name: Annotated[str, "测评季度"]
    badge: Annotated[str, "工号"]
    name: Annotated[str, "姓名"]
    unit: Annotated[str, "单位"]
    post: Annotated[str, "职务"]
    talkers: Annotated[tuple[str, ...], "谈话人", NEEDED]
    recorder: Annotated[str, "记录人"]
    facts: Annotated[str, "审查情况"]
    follow_up: Annotated[dt.date, "回访日期"]
    names: ClassVar[tuple[str, ...]] = ()


ALL = (ClosureSlip, TalkRecord)
