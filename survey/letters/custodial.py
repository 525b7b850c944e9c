"""Papers that guard a ballot from sign-off to destruction, and the personal data that it touches."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, ClassVar

from survey.letters.facts import NO_SIGNATURE, SHEET
from survey.letters.fields import NEEDED, Filled


@dataclass(frozen=True, kw_only=True)
class Signed(Filled):
    """Somebody's approval and when it was given."""

    name: Annotated[str, "姓名"]
    at: Annotated[str, "时间"]


@dataclass(frozen=True, kw_only=True)
class BallotApproval(Filled):
    """问卷审定单: what exactly was approved before the freeze, by digest, and who approved it."""

    KIND: ClassVar[str] = "问卷审定单"
    TEMPLATE: ClassVar[str] = "ballotapproval.html"
    STYLE: ClassVar[str] = SHEET
    SIGNATURE: ClassVar[str] = NO_SIGNATURE

    organ: Annotated[str, "主办单位"]
    poll: Annotated[str, "测评编号"]
    title: Annotated[str, "票面标题"]
    held_on: Annotated[dt.date, "测评日期"]
    venue: Annotated[str, "地点"]
    seats: Annotated[int, "参评席位"]
    units: Annotated[int, "被评单位数"]
    persons: Annotated[int, "被评人员数"]
    threshold: Annotated[str, "开箱条件"]
    rules: Annotated[str, "测评规则"]
    rules_sha256: Annotated[str, "规则校验码"]
    manifest_sha256: Annotated[str | None, "票面校验码"]
    approvals: Annotated[tuple[Signed, ...], "审定人"]
    names: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, kw_only=True)
class SealStrips(Filled):
    """封箱条: one strip for each numbered seal, pasted over the box and signed across its edges."""

    KIND: ClassVar[str] = "封箱条"
    TEMPLATE: ClassVar[str] = "sealstrips.html"
    STYLE: ClassVar[str] = SHEET
    SIGNATURE: ClassVar[str] = NO_SIGNATURE

    organ: Annotated[str, "主办单位"]
    title: Annotated[str, "测评名称"]
    poll: Annotated[str, "测评编号"]
    seals: Annotated[tuple[str, ...], "封签号", NEEDED]
    names: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, kw_only=True)
class DestroyedFile(Filled):
    """One thing that was destroyed: its name, its size, its digest."""

    name: Annotated[str, "名称"]
    size: Annotated[str, "字节"]
    sha256: Annotated[str, "SHA-256"]


@dataclass(frozen=True, kw_only=True)
class DestructionRecord(Filled):
    """销毁记录: what was destroyed, on what ground, asked by one body and confirmed by another."""

    KIND: ClassVar[str] = "销毁记录"
    TEMPLATE: ClassVar[str] = "destruction.html"
    STYLE: ClassVar[str] = SHEET
    SIGNATURE: ClassVar[str] = NO_SIGNATURE

    organ: Annotated[str, "保管单位"]
    poll: Annotated[str, "测评编号"]
    title: Annotated[str, "测评名称"]
    held_on: Annotated[dt.date, "测评日期"]
    kept_until: Annotated[dt.date, "保管期限"]
    reason: Annotated[str, "销毁依据"]
    method: Annotated[str, "销毁方式"]
    sealed_sha256: Annotated[str | None, "密封选票清单校验码"]
    files: Annotated[tuple[DestroyedFile, ...], "销毁清单"]
    asked: Annotated[Signed, "提出"]
    confirmed: Annotated[Signed, "确认并销毁"]
    names: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, kw_only=True)
class PersonalData(Filled):
    """One kind of personal data: whose, for what, on what legal ground, kept how long."""

    data: Annotated[str, "个人信息"]
    whose: Annotated[str, "主体"]
    purpose: Annotated[str, "处理目的和方式"]
    ground: Annotated[str, "依据"]
    kept: Annotated[str, "保存期限"]


@dataclass(frozen=True, kw_only=True)
class Risk(Filled):
    """One risk to people's rights, what is done against it, and what remains."""

    risk: Annotated[str, "风险"]
    measure: Annotated[str, "保护措施"]
    rest: Annotated[str, "剩余风险"]


@dataclass(frozen=True, kw_only=True)
class ImpactAssessment(Filled):
    """个人信息保护影响评估表 (个人信息保护法 第五十五条、五十六条); kept for at least three years."""

    KIND: ClassVar[str] = "个人信息保护影响评估表"
    TEMPLATE: ClassVar[str] = "impactassessment.html"
    STYLE: ClassVar[str] = SHEET
    SIGNATURE: ClassVar[str] = NO_SIGNATURE

    organ: Annotated[str, "评估单位"]
    activity: Annotated[str, "处理活动"]
    why: Annotated[str, "评估情形"]
    assessed_on: Annotated[dt.date, "评估日期"]
    data: Annotated[tuple[PersonalData, ...], "处理的个人信息"]
    necessity: Annotated[str, "合法、正当、必要"]
    risks: Annotated[tuple[Risk, ...], "对个人权益的影响及安全风险"]
    rights: Annotated[str, "个人权利的保障"]
    conclusion: Annotated[str, "评估结论"]
    kept_until: Annotated[dt.date, "报告保存至"]
    names: ClassVar[tuple[str, ...]] = ()


ALL = (BallotApproval, SealStrips, DestructionRecord, ImpactAssessment)
