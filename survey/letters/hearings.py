"""What follows from hearing both sides: minutes of an interview, an objection, the decision on it."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, ClassVar

from survey.letters.facts import GB9704, NO_SIGNATURE, SEALED, SHEET
from survey.letters.fields import NEEDED, Filled


@dataclass(frozen=True, kw_only=True)
class Commitment(Filled):
    """One thing that was promised in an interview, by whom and by when."""

    text: Annotated[str, "事项"]
    owner: Annotated[str, "责任人"]
    by: Annotated[dt.date, "时限"]


@dataclass(frozen=True, kw_only=True)
class InterviewMinutes(Filled):
    """约谈纪要: internal and plain; what was put, what was answered, what was promised, who signs."""

    KIND: ClassVar[str] = "约谈纪要"
    TEMPLATE: ClassVar[str] = "minutes.html"
    STYLE: ClassVar[str] = GB9704
    SIGNATURE: ClassVar[str] = NO_SIGNATURE

    organ: Annotated[str, "记录单位"]
    unit: Annotated[str, "被约谈单位"]
    round_name: Annotated[str, "测评季度"]
    on: Annotated[dt.date, "约谈日期"]
    time: Annotated[str, "时间"]
    venue: Annotated[str, "地点"]
    hosts: Annotated[tuple[str, ...], "主谈人", NEEDED]
    attendees: Annotated[tuple[str, ...], "被约谈人", NEEDED]
    participants: Annotated[tuple[str, ...], "参加人"]
    recorder: Annotated[str, "记录人"]
    facts: Annotated[str, "通报的情况"]
    statement: Annotated[str, "被约谈单位的陈述"]
    demands: Annotated[tuple[str, ...], "约谈要求"]
    commitments: Annotated[tuple[Commitment, ...], "整改承诺"]
    names: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, kw_only=True)
class ObjectionForm(Filled):
    """异议申请书: a unit or an official objects in writing within five working days (domain.md 5.3)."""

    KIND: ClassVar[str] = "异议申请书"
    TEMPLATE: ClassVar[str] = "objectionform.html"
    STYLE: ClassVar[str] = SHEET
    SIGNATURE: ClassVar[str] = NO_SIGNATURE

    organ: Annotated[str, "受理机关"]
    applicant: Annotated[str, "申请人"]
    unit: Annotated[str, "单位"]
    phone: Annotated[str, "联系电话"]
    round_name: Annotated[str, "测评季度"]
    document: Annotated[str, "所异议的文书或结果"]
    received_on: Annotated[dt.date, "收到日期"]
    until: Annotated[dt.date, "异议期限"]
    matter: Annotated[str, "异议事项"]
    grounds: Annotated[str, "事实和理由"]
    evidence: Annotated[tuple[str, ...], "证据"]
    request: Annotated[str, "请求"]
    applied_on: Annotated[dt.date, "申请日期"]
    names: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, kw_only=True)
class ObjectionDecision(Filled):
    """异议复核决定书: decided by people outside the review group; never worse than before (domain.md 5.4)."""

    KIND: ClassVar[str] = "异议复核决定书"
    TEMPLATE: ClassVar[str] = "objectiondecision.html"
    STYLE: ClassVar[str] = GB9704
    SIGNATURE: ClassVar[str] = SEALED

    organ: Annotated[str, "复核机关"]
    applicant: Annotated[str, "申请人"]
    round_name: Annotated[str, "测评季度"]
    applied_on: Annotated[dt.date, "申请日期"]
    matter: Annotated[str, "异议事项"]
    grounds: Annotated[str, "申请人的理由"]
    found: Annotated[str, "复核查明"]
    reasons: Annotated[str, "复核意见"]
    decision: Annotated[str, "决定"]
    reviewers: Annotated[int, "复核人数"]
    contact: Annotated[str, "联系人"]
    phone: Annotated[str, "联系电话"]
    copies: Annotated[tuple[str, ...], "抄送"]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the 署名: the deciding organ."""
        return (self.organ,)


ALL = (InterviewMinutes, ObjectionForm, ObjectionDecision)
