"""Cases between the count and any consequence: opinions, decisions, measures, and the opened remarks.

What protects the people concerned (ties, hearings, objections, rechecks, talks) stands in `safeguards`.
"""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from survey.clock import CHINA
from survey.review.models.safeguards import Finding as Finding
from survey.review.models.safeguards import Hearing as Hearing
from survey.review.models.safeguards import HearingWay as HearingWay
from survey.review.models.safeguards import Objection as Objection
from survey.review.models.safeguards import Recheck as Recheck
from survey.review.models.safeguards import RecheckMatter as RecheckMatter
from survey.review.models.safeguards import Ruling as Ruling
from survey.review.models.safeguards import Talk as Talk
from survey.review.models.safeguards import Tie as Tie
from survey.review.models.safeguards import TieKind as TieKind


class CaseState(StrEnum):
    """A case is open until upheld; it ends in a measure, excluded from use, waived, or joined to a thread."""

    OPEN = "open"
    UPHELD = "upheld"
    EXCLUDED = "excluded"
    WAIVED = "waived"
    JOINED = "joined"

    @property
    def chinese(self) -> str:
        """Return the state's Chinese name."""
        return {
            "open": "待研判",
            "upheld": "已成立",
            "excluded": "不作使用",
            "waived": "不采取措施",
            "joined": "并入前案",
        }[self.value]


class Case(SQLModel, table=True):
    """One proposal of the engine before the review group; `subject` is a badge or a unit code.

    Opinions up to number `votes_after` no longer count: a second check sent the case back.
    """

    __tablename__ = "review_case"
    __table_args__ = (UniqueConstraint("poll_id", "kind", "subject", "rung", name="uq_case_subject_rung"),)
    id: int | None = Field(default=None, primary_key=True)
    poll_id: int = Field(foreign_key="poll.id", index=True)
    kind: str
    subject: str = Field(index=True)
    subject_name: str
    unit_code: str
    rung: int
    name: str
    rule: str
    lane: str
    requires: str = "[]"
    numbers: str = Field(default="{}", sa_type=Text)
    text: str = Field(sa_type=Text)
    state: CaseState = CaseState.OPEN
    joined_to: int | None = Field(default=None, foreign_key="review_case.id")
    closed_by: int | None = Field(default=None, foreign_key="account.id")
    closed_reason: str = ""
    votes_after: int = 0

    @property
    def praises(self) -> bool:
        """Tell whether the case proposes praise; every other case is heard before it is decided."""
        return self.kind == "reward"


class Verdict(StrEnum):
    """What a reviewer holds of a case: it stands, it stands with a note, it is excluded from use."""

    UPHOLD = "uphold"
    ANNOTATE = "annotate"
    EXCLUDE = "exclude"

    @property
    def chinese(self) -> str:
        """Return the verdict's Chinese name."""
        return {"uphold": "成立", "annotate": "成立并加注", "exclude": "不作使用"}[self.value]


class ReasonCode(StrEnum):
    """Why a result is annotated or excluded from use; the counts stay as they are."""

    LAWFUL_ACT = "依法履职行为"
    MISTAKEN_PERSON = "评价对象有误"
    NOT_IN_DUTY = "不属职责范围"
    COACHED = "存在打招呼拉票"
    OTHER = "其他（须说明）"


class Opinion(SQLModel, table=True):
    """One reviewer's written opinion; an annotation or exclusion carries reason, evidence number and date."""

    __table_args__ = (
        CheckConstraint(
            "verdict = 'UPHOLD' OR "
            "(reason IS NOT NULL AND evidence_number <> '' AND evidence_date IS NOT NULL)",
            name="evidence",
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="review_case.id", index=True)
    account_id: int = Field(foreign_key="account.id")
    at: dt.datetime
    verdict: Verdict
    reason: ReasonCode | None = None
    evidence_number: str = ""
    evidence_date: dt.date | None = None
    text: str = ""

    @property
    def given_on(self) -> dt.date:
        """Return the day in China on which the opinion was given."""
        return self.at.astimezone(CHINA).date()


class MeasureKind(StrEnum):
    """处理措施: the rungs of both ladders, and praise."""

    REMINDER = "整改工作提示函"
    INTERVIEW = "约谈主要负责人"
    LIFE_MEETING = "专题民主生活会"
    TALK = "谈心谈话"
    ADMONITION = "约谈教育"
    TRANSFER = "调整岗位"
    COMMENDATION = "通报表扬"


class Measure(SQLModel, table=True):
    """A measure that a named person decided; a transfer carries verification, hearing and group decision."""

    __table_args__ = (
        CheckConstraint(
            "kind <> 'TRANSFER' OR (verification <> '' AND hearing <> '' AND group_decision <> '')",
            name="transfer_needs_verification",
        ),
        UniqueConstraint("case_id", name="uq_measure_case_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="review_case.id")
    poll_id: int = Field(foreign_key="poll.id", index=True)
    kind: MeasureKind
    subject: str = Field(index=True)
    unit_code: str
    decided_by: int = Field(foreign_key="account.id")
    decided_at: dt.datetime
    verification: str = ""
    hearing: str = ""
    group_decision: str = ""
    delivered_on: dt.date | None = None
    carried_out_on: dt.date | None = None
    record: str = ""
    followed_up_on: dt.date | None = None
    follow_up: str = Field(default="", sa_type=Text)
    revoked_on: dt.date | None = None

    @property
    def decided_on(self) -> dt.date:
        """Return the day in China on which the leader decided."""
        return self.decided_at.astimezone(CHINA).date()


class Theme(StrEnum):
    """问题类别: what a comment is about; bribery goes to the inspectors only (domain.md 2.2, 难/慢/繁)."""

    HARD = "难"
    SLOW = "慢"
    COMPLEX = "繁"
    ATTITUDE = "态度"
    INACTION = "不作为"
    INSPECTIONS = "检查多"
    FEES = "收费"
    POLICY = "政策不落实"
    BRIBERY = "吃拿卡要"
    PRAISE = "好评建议"
    OTHER = "其他"

    @property
    def chinese(self) -> str:
        """Return the theme as a letter names it."""
        names = {"难": "办事难", "慢": "办事慢", "繁": "手续繁", "态度": "服务态度", "收费": "涉企收费"}
        return names.get(self.value, self.value)


class Comment(SQLModel, table=True):
    """One opened remark; `text` is for the review group and inspectors, units get `paraphrase`."""

    id: int | None = Field(default=None, primary_key=True)
    poll_id: int = Field(foreign_key="poll.id", index=True)
    line: str
    line_name: str
    unit_code: str = ""
    text: str = Field(sa_type=Text)
    paraphrase: str = ""
    theme: Theme | None = None
    clue: bool = False
    written_by: int | None = Field(default=None, foreign_key="account.id")
    checked_by: int | None = Field(default=None, foreign_key="account.id")

    @property
    def closed(self) -> bool:
        """Tell whether this is accusation material, which the inspectors alone may see (信访工作条例 30)."""
        return self.clue or self.theme is Theme.BRIBERY
