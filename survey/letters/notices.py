"""Notices that go out beside the reminder and the reply: interview, commendation, invitation."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, ClassVar

from survey.letters.facts import GB9704, SEALED
from survey.letters.fields import NEEDED, Filled


@dataclass(frozen=True, kw_only=True)
class InterviewNotice(Filled):
    """约谈通知书 in the letter form: who, why, when and where, what to bring, the right to state the case."""

    KIND: ClassVar[str] = "约谈通知书"
    TEMPLATE: ClassVar[str] = "interview.html"
    STYLE: ClassVar[str] = GB9704
    SIGNATURE: ClassVar[str] = SEALED

    organ: Annotated[str, "发文单位"]
    unit: Annotated[str, "被约谈单位"]
    attendee: Annotated[str, "约谈对象"]
    round_name: Annotated[str, "测评季度"]
    reason: Annotated[str, "约谈事由"]
    on: Annotated[dt.date, "日期"]
    time: Annotated[str, "时间"]
    venue: Annotated[str, "地点"]
    hosts: Annotated[tuple[str, ...], "主谈人", NEEDED]
    participants: Annotated[tuple[str, ...], "参加人", NEEDED]
    contact: Annotated[str, "联系人"]
    phone: Annotated[str, "联系电话"]
    copies: Annotated[tuple[str, ...], "抄送"]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the 署名: the issuing organ."""
        return (self.organ,)


@dataclass(frozen=True, kw_only=True)
class Praise(Filled):
    """One unit that is praised, or one person who consented to it, and for what."""

    name: Annotated[str, "单位或个人"]
    text: Annotated[str, "事迹"]


@dataclass(frozen=True, kw_only=True)
class Commendation(Filled):
    """通报表扬 in the ordinary form; it is no 评比达标表彰: no medal, no fee, a rule for withdrawal."""

    KIND: ClassVar[str] = "通报表扬"
    TEMPLATE: ClassVar[str] = "commendation.html"
    STYLE: ClassVar[str] = GB9704
    SIGNATURE: ClassVar[str] = SEALED

    organ: Annotated[str, "发文单位"]
    addressees: Annotated[str, "主送"]
    round_name: Annotated[str, "测评季度"]
    held_on: Annotated[dt.date, "测评日期"]
    conditions: Annotated[str, "表扬条件"]
    praised: Annotated[tuple[Praise, ...], "表扬名单", NEEDED]
    publicity: Annotated[str, "公开方式"]
    copies: Annotated[tuple[str, ...], "抄送"]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the 署名: the issuing organ."""
        return (self.organ,)


@dataclass(frozen=True, kw_only=True)
class Invitation(Filled):
    """参评邀请函 with the notice on personal information: voluntary, what is stored, how long."""

    KIND: ClassVar[str] = "参评邀请函"
    TEMPLATE: ClassVar[str] = "invitation.html"
    STYLE: ClassVar[str] = GB9704
    SIGNATURE: ClassVar[str] = SEALED

    enterprise: Annotated[str, "企业"]
    organ: Annotated[str, "发文单位"]
    round_name: Annotated[str, "测评季度"]
    on: Annotated[dt.date, "日期"]
    time: Annotated[str, "时间"]
    venue: Annotated[str, "地点"]
    minutes: Annotated[int, "用时（分钟）"]
    stored: Annotated[str, "保存什么"]
    kept: Annotated[str, "保存多久"]
    contact: Annotated[str, "联系人"]
    phone: Annotated[str, "联系电话"]
    discipline_phone: Annotated[str, "举报电话"]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the 署名: the inviting organ."""
        return (self.organ,)
