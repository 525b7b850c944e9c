"""What protects the people a case is about: ties that recuse, hearings, objections, second checks, talks."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field, SQLModel

from survey.clock import add_working_days

HEARING_DAYS = 5
OBJECTION_DAYS = 5
RULING_DAYS = 10
RECHECK_DAYS = 5
"""Working days (domain.md 5.3; hearing and recheck follow the objection's five)."""


class TieKind(StrEnum):
    """Why somebody keeps out of a unit's matters (公务员法 76: 回避)."""

    SUPERVISES = "分管"
    SERVES = "在该单位任职"
    RELATIVE = "近亲属在该单位"
    OTHER = "其他利害关系"


class Tie(SQLModel, table=True):
    """One account's tie to one unit, from `since` until the day before `until`."""

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    unit_code: str = Field(index=True)
    kind: TieKind
    note: str = ""
    since: dt.date
    until: dt.date | None = None

    def holds_on(self, day: dt.date) -> bool:
        """Tell whether the tie stood on `day`."""
        return self.since <= day and (self.until is None or day < self.until)


class HearingWay(StrEnum):
    """How somebody stated the case."""

    WRITTEN = "书面陈述"
    SPOKEN = "当面陈述"
    WAIVED = "本人表示不作陈述"


class Hearing(SQLModel, table=True):
    """The invitation to state one's case before any step, and what was said; silence is recorded as such."""

    __table_args__ = (
        CheckConstraint("(stated_on IS NULL) = (way IS NULL)", name="stated"),
        CheckConstraint("way IS NULL OR way = 'WAIVED' OR statement <> ''", name="statement"),
    )
    case_id: int = Field(foreign_key="review_case.id", primary_key=True)
    notified_on: dt.date
    notified_by: int = Field(foreign_key="account.id")
    way: HearingWay | None = None
    statement: str = Field(default="", sa_type=Text)
    stated_on: dt.date | None = None
    entered_by: int | None = Field(default=None, foreign_key="account.id")

    @property
    def due(self) -> dt.date:
        """Return the last day for a statement."""
        return add_working_days(self.notified_on, HEARING_DAYS)

    def settled(self, day: dt.date) -> bool:
        """Tell whether the case was stated, or the days for it are over, on `day`."""
        return self.stated_on is not None or day > self.due

    def words(self, day: dt.date) -> str:
        """Return the hearing in one sentence for the record of a measure."""
        if self.way is None:
            return f"{self.notified_on}告知，至{self.due}未作陈述" if day > self.due else ""
        return f"{self.stated_on}{self.way.value}" + (f"：{self.statement}" if self.statement else "")


class Ruling(StrEnum):
    """How an objection ends; none of the ways is worse for whoever objected (公务员申诉规定 4)."""

    REVOKED = "撤销原措施"
    REDUCED = "改为较轻措施"
    REFUSED = "维持原措施"


class Objection(SQLModel, table=True):
    """异议: written and signed within five working days; examined by one person, ruled by another."""

    __table_args__ = (
        CheckConstraint("text <> '' AND signed_name <> ''", name="written_and_signed"),
        CheckConstraint("(decided_on IS NULL) = (ruling IS NULL)", name="decided"),
        CheckConstraint("decided_by IS NULL OR decided_by <> examined_by", name="two_people"),
    )
    id: int | None = Field(default=None, primary_key=True)
    measure_id: int = Field(foreign_key="measure.id", index=True)
    text: str = Field(sa_type=Text)
    signed_name: str
    filed_on: dt.date
    filed_by: int = Field(foreign_key="account.id")
    examined_by: int | None = Field(default=None, foreign_key="account.id")
    examined_on: dt.date | None = None
    examination: str = Field(default="", sa_type=Text)
    decided_by: int | None = Field(default=None, foreign_key="account.id")
    decided_on: dt.date | None = None
    ruling: Ruling | None = None
    reason: str = Field(default="", sa_type=Text)
    reopened_on: dt.date | None = None
    lifted_by: int | None = Field(default=None, foreign_key="account.id")
    lifted_reason: str = ""

    @property
    def due(self) -> dt.date:
        """Return the last day for the decision."""
        return add_working_days(self.reopened_on or self.filed_on, RULING_DAYS)

    @property
    def open(self) -> bool:
        """Tell whether the objection still waits for its decision."""
        return self.ruling is None

    def overdue(self, day: dt.date) -> bool:
        """Tell whether the decision is late on `day`, or came late."""
        return (self.decided_on or day) > self.due


class RecheckMatter(StrEnum):
    """批否倒查: which refusal somebody else looks at once more."""

    EXCLUSION = "审查事项不作使用"
    DECLINED = "反映不采纳"
    OBJECTION = "异议不予支持"


class Finding(StrEnum):
    """What the second look found."""

    CONFIRMED = "维持"
    OVERTURNED = "退回重办"


class Recheck(SQLModel, table=True):
    """The second look at one refusal; `refusers` are the accounts that refused, in JSON."""

    __table_args__ = (CheckConstraint("(finding IS NULL) = (checked_by IS NULL)", name="found"),)
    id: int | None = Field(default=None, primary_key=True)
    poll_id: int = Field(foreign_key="poll.id", index=True)
    matter: RecheckMatter
    reference: int = Field(index=True)
    unit_code: str = ""
    title: str = Field(sa_type=Text)
    refusers: str
    opened_on: dt.date
    finding: Finding | None = None
    text: str = Field(default="", sa_type=Text)
    checked_by: int | None = Field(default=None, foreign_key="account.id")
    checked_on: dt.date | None = None

    @property
    def due(self) -> dt.date:
        """Return the last day for the second look."""
        return add_working_days(self.opened_on, RECHECK_DAYS)

    def overdue(self, day: dt.date) -> bool:
        """Tell whether the second look is late on `day`, or came late."""
        return (self.checked_on or day) > self.due


class Talk(SQLModel, table=True):
    """谈话记录: who talked with the person or unit's head, who wrote it down, what was said, promised."""

    __table_args__ = (
        CheckConstraint(
            "talker <> '' AND companion <> '' AND recorder <> ''", name="two_talkers_and_recorder"
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    measure_id: int = Field(foreign_key="measure.id", index=True)
    held_on: dt.date
    talker: str
    companion: str
    recorder: str
    statement: str = Field(sa_type=Text)
    commitments: str = Field(sa_type=Text)
    entered_by: int = Field(foreign_key="account.id")
