"""Papers that pursue a matter to its end: a chaser, a unit's report, the receipt of a delivered document."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, ClassVar

from survey.letters.facts import BY_HAND, GB9704, NO_SIGNATURE, SEALED, SHEET
from survey.letters.fields import Filled


@dataclass(frozen=True, kw_only=True)
class Supervision(Filled):
    """督办单 in the letter form: an overdue item of the ledger, what is wanted, by when."""

    KIND: ClassVar[str] = "督办单"
    TEMPLATE: ClassVar[str] = "supervision.html"
    STYLE: ClassVar[str] = GB9704
    SIGNATURE: ClassVar[str] = SEALED

    organ: Annotated[str, "督办单位"]
    unit: Annotated[str, "责任单位"]
    item: Annotated[str, "台账编号"]
    matter: Annotated[str, "督办事项"]
    owner: Annotated[str, "盯办人"]
    opened_on: Annotated[dt.date, "受理日期"]
    deadline: Annotated[dt.date, "办结期限"]
    days_late: Annotated[int, "逾期天数"]
    demand: Annotated[str, "督办要求"]
    reply_by: Annotated[dt.date, "回复期限"]
    contact: Annotated[str, "联系人"]
    phone: Annotated[str, "联系电话"]
    copies: Annotated[tuple[str, ...], "抄送"]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the 署名: the supervising organ."""
        return (self.organ,)


@dataclass(frozen=True, kw_only=True)
class Rectified(Filled):
    """One problem of a rectification report, from cause to the enterprise's word on it."""

    problem: Annotated[str, "问题"]
    cause: Annotated[str, "原因"]
    measure: Annotated[str, "措施"]
    leader: Annotated[str, "责任领导"]
    owner: Annotated[str, "责任人"]
    by: Annotated[dt.date, "时限"]
    done: Annotated[str, "完成情况"]
    evidence: Annotated[str | None, "佐证"]
    feedback: Annotated[str | None, "企业反馈"]


@dataclass(frozen=True, kw_only=True)
class Unfinished(Filled):
    """One problem that is not put right yet, why, and by when it will be."""

    problem: Annotated[str, "问题"]
    why: Annotated[str, "原因"]
    by: Annotated[dt.date, "预计完成"]


@dataclass(frozen=True, kw_only=True)
class RectifyReport(Filled):
    """整改报告: a unit answers a reminder problem by problem; the unit puts its own seal on the paper."""

    KIND: ClassVar[str] = "整改报告"
    TEMPLATE: ClassVar[str] = "rectifyreport.html"
    STYLE: ClassVar[str] = GB9704
    SIGNATURE: ClassVar[str] = BY_HAND

    organ: Annotated[str, "报告单位"]
    addressee: Annotated[str, "主送机关"]
    round_name: Annotated[str, "测评季度"]
    answers: Annotated[str, "所答复文书的文号"]
    studied_on: Annotated[dt.date, "专题研究日期"]
    study: Annotated[str, "研究情况"]
    problems: Annotated[tuple[Rectified, ...], "整改情况"]
    unfinished: Annotated[tuple[Unfinished, ...], "尚未完成"]
    life_meeting_on: Annotated[dt.date | None, "专题民主生活会日期"]
    contact: Annotated[str, "联系人"]
    phone: Annotated[str, "联系电话"]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the 署名: the reporting unit."""
        return (self.organ,)


@dataclass(frozen=True, kw_only=True)
class DeliveryReceipt(Filled):
    """送达回证: goes with a document and comes back signed, with the day of receipt."""

    KIND: ClassVar[str] = "送达回证"
    TEMPLATE: ClassVar[str] = "deliveryreceipt.html"
    STYLE: ClassVar[str] = SHEET
    SIGNATURE: ClassVar[str] = NO_SIGNATURE

    organ: Annotated[str, "送达机关"]
    document: Annotated[str, "送达文书名称"]
    document_number: Annotated[str, "文号"]
    document_code: Annotated[str, "查验码"]
    dated: Annotated[dt.date, "成文日期"]
    receiver: Annotated[str, "受送达人"]
    return_by: Annotated[dt.date, "退回期限"]
    contact: Annotated[str, "联系人"]
    phone: Annotated[str, "联系电话"]
    names: ClassVar[tuple[str, ...]] = ()


ALL = (Supervision, RectifyReport, DeliveryReceipt)
