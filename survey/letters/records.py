"""Sheets and records of the quarter: what people confirm, sign and keep."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, ClassVar

from survey.letters.facts import NO_SIGNATURE, SHEET
from survey.letters.fields import Filled


@dataclass(frozen=True, kw_only=True)
class CheckLine:
    """One official's line as it will stand on the ballot."""

    badge: str
    name: str
    post: str
    duties: str
    leader: bool


@dataclass(frozen=True, kw_only=True)
class CheckSheet:
    """信息核对表: every official of a unit confirms the own line before the freeze."""

    KIND: ClassVar[str] = "信息核对表"
    TEMPLATE: ClassVar[str] = "checksheet.html"
    STYLE: ClassVar[str] = SHEET
    SIGNATURE: ClassVar[str] = NO_SIGNATURE

    organ: str
    unit: str
    series: str
    round_name: str
    lines: tuple[CheckLine, ...]
    return_by: dt.date
    contact: str
    phone: str
    names: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, kw_only=True)
class TallyLine:
    """One line of the ballot as counted: the three counts, blank and void marks, and the printed rates."""

    unit: str
    name: str
    good: int
    fair: int
    poor: int
    blank: int
    void: int
    rate: str
    good_rate: str
    interval: str

    @property
    def valid(self) -> int:
        """Return the marks that count."""
        return self.good + self.fair + self.poor


@dataclass(frozen=True, kw_only=True)
class PaperLine:
    """One sheet of the paper ballot: 印制＝收回＋作废＋未用, 收回＝有效＋空白＋无效."""

    sheet: int
    printed: int
    returned: int
    spoiled: int
    unused: int
    valid: int
    blank: int
    void: int

    @property
    def balanced(self) -> bool:
        """Tell whether both equations hold."""
        printed = self.printed == self.returned + self.spoiled + self.unused
        return printed and self.returned == self.valid + self.blank + self.void


@dataclass(frozen=True, kw_only=True)
class ChannelLine:
    """One line by phone and on paper, each as good, fair, poor; nothing where a channel is too small."""

    name: str
    phones: tuple[int, int, int] | None
    paper: tuple[int, int, int] | None


@dataclass(frozen=True, kw_only=True)
class TallySheet:
    """计票报告单: the equations of cards and paper, every line's counts, the two counts, signatures."""

    KIND: ClassVar[str] = "计票报告单"
    TEMPLATE: ClassVar[str] = "tallysheet.html"
    STYLE: ClassVar[str] = SHEET
    SIGNATURE: ClassVar[str] = NO_SIGNATURE

    organ: str
    round_name: str
    held_on: dt.date
    venue: str
    seats: int
    attended: int
    printed: int
    issued: int
    remaining: int
    returned: int
    valid: int
    invalid: int
    invalid_reason: str
    electronic: int
    lines: tuple[TallyLine, ...]
    first_digest: str
    second_digest: str
    seals: tuple[str, ...]
    manifest_sha256: str
    paper: tuple[PaperLine, ...] = ()
    channels: tuple[ChannelLine, ...] = ()
    names: ClassVar[tuple[str, ...]] = ()

    @property
    def balanced(self) -> bool:
        """Tell whether 印制=发出+剩余 and 收回=有效+无效 hold and no more came back than went out."""
        printed = self.printed == self.issued + self.remaining and all(each.balanced for each in self.paper)
        return printed and self.returned == self.valid + self.invalid and self.returned <= self.issued


@dataclass(frozen=True, kw_only=True)
class HallLine(Filled):
    """One signed step in the hall: what, when, who signed, and a note."""

    step: Annotated[str, "环节"]
    at: Annotated[str, "时间"]
    signed: Annotated[str, "监督人"]
    note: Annotated[str, "情况"]


@dataclass(frozen=True, kw_only=True)
class HallRecord(Filled):
    """现场监督记录: the steps of the hall in their order, incidents, the enterprises' view, signatures."""

    KIND: ClassVar[str] = "现场监督记录"
    TEMPLATE: ClassVar[str] = "hallrecord.html"
    STYLE: ClassVar[str] = SHEET
    SIGNATURE: ClassVar[str] = NO_SIGNATURE

    organ: Annotated[str, "主办单位"]
    round_name: Annotated[str, "测评季度"]
    held_on: Annotated[dt.date, "测评日期"]
    venue: Annotated[str, "地点"]
    seats: Annotated[int, "应到企业"]
    attended: Annotated[int, "实到企业"]
    cards_issued: Annotated[int, "发出票卡"]
    seals: Annotated[tuple[str, ...], "封签号"]
    lines: Annotated[tuple[HallLine, ...], "现场步骤"]
    incidents: Annotated[str, "异常情况"]
    manifest_sha256: Annotated[str, "票面校验码"]
    rehearsal: Annotated[str | None, "自攻击演练"] = None
    channels: Annotated[str | None, "分渠道票数"] = None
    names: ClassVar[tuple[str, ...]] = ()
