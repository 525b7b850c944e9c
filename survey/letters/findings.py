"""Papers of the review group: its opinion on one case, a clue handed over to the inspectors."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, ClassVar

from survey.letters.facts import NO_SIGNATURE, SHEET
from survey.letters.fields import Filled


@dataclass(frozen=True, kw_only=True)
class GivenOpinion(Filled):
    """One reviewer's opinion on a case, with the evidence that an annotation or exclusion needs."""

    reviewer: Annotated[str, "审查人"]
    on: Annotated[dt.date, "日期"]
    verdict: Annotated[str, "意见"]
    reason: Annotated[str | None, "理由"]
    evidence: Annotated[str | None, "证据编号和日期"]
    text: Annotated[str | None, "说明"]


@dataclass(frozen=True, kw_only=True)
class ReviewOpinion(Filled):
    """审查研判意见表: what was proposed and why, each opinion, the recusals, the vote, what was decided."""

    KIND: ClassVar[str] = "审查研判意见表"
    TEMPLATE: ClassVar[str] = "reviewopinion.html"
    STYLE: ClassVar[str] = SHEET
    SIGNATURE: ClassVar[str] = NO_SIGNATURE

    organ: Annotated[str, "审查机构"]
    number: Annotated[str, "编号"]
    round_name: Annotated[str, "测评季度"]
    subject: Annotated[str, "审查对象"]
    proposal: Annotated[str, "处理建议"]
    reasons: Annotated[str, "建议的依据"]
    opinions: Annotated[tuple[GivenOpinion, ...], "研判意见"]
    recusals: Annotated[tuple[str, ...], "回避人员"]
    conclusion: Annotated[str, "审查结论"]
    names: ClassVar[tuple[str, ...]] = ()

    @property
    def votes(self) -> dict[str, int]:
        """Return how many reviewers hold each opinion."""
        held = [opinion.verdict for opinion in self.opinions]
        return {verdict: held.count(verdict) for verdict in dict.fromkeys(held)}


@dataclass(frozen=True, kw_only=True)
class ClueTransfer(Filled):
    """问题线索移交单: a clue goes to the inspectors alone, in its own words (信访工作条例 第三十条)."""

    KIND: ClassVar[str] = "问题线索移交单"
    TEMPLATE: ClassVar[str] = "cluetransfer.html"
    STYLE: ClassVar[str] = SHEET
    SIGNATURE: ClassVar[str] = NO_SIGNATURE

    organ: Annotated[str, "移交单位"]
    number: Annotated[str, "编号"]
    receiver: Annotated[str, "接收机关"]
    round_name: Annotated[str, "测评季度"]
    source: Annotated[str, "线索来源"]
    about: Annotated[str, "涉及单位"]
    theme: Annotated[str, "问题类别"]
    clue: Annotated[str, "线索原文"]
    ground: Annotated[str, "移交理由"]
    enclosures: Annotated[tuple[str, ...], "附件"]
    handed_by: Annotated[str, "移交人"]
    handed_on: Annotated[dt.date, "移交日期"]
    names: ClassVar[tuple[str, ...]] = ()


ALL = (ReviewOpinion, ClueTransfer)
