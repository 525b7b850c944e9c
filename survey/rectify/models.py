"""The rectification ledger: outcomes, tasks, steps, evidence, hand-overs, revisits, roll rules."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field, SQLModel


class OutcomeKind(StrEnum):
    """办理去向: what became of a comment."""

    TASK = "列入整改台账"
    ADOPTED = "采纳"
    PARTLY = "部分采纳"
    DECLINED = "不采纳"
    DISCIPLINE = "移交纪委监委"
    DUPLICATE = "重复反映"


class Outcome(SQLModel, table=True):
    """One outcome of one comment; everything but a ledger item carries a reason."""

    __table_args__ = (
        CheckConstraint("(kind = 'TASK') = (task_id IS NOT NULL)", name="task"),
        CheckConstraint("kind = 'TASK' OR reason <> ''", name="reason"),
    )
    id: int | None = Field(default=None, primary_key=True)
    comment_id: int = Field(foreign_key="comment.id", index=True)
    kind: OutcomeKind
    reason: str = ""
    task_id: int | None = Field(default=None, foreign_key="task.id")
    on: dt.date | None = None


class Light(StrEnum):
    """红黄绿; always derived from dates, never stored."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"


class Task(SQLModel, table=True):
    """One item of the ledger; unit, owner, phone and deadline are compulsory.

    An item that no poll brought has none; one that a revisit reopened is red until it is done again.
    """

    __table_args__ = (
        CheckConstraint("owner <> '' AND phone <> '' AND title <> ''", name="owner_and_phone"),
        CheckConstraint("verified_on IS NULL OR done_on IS NOT NULL", name="verified_after_done"),
        CheckConstraint("source <> ''", name="source"),
    )
    id: int | None = Field(default=None, primary_key=True)
    poll_id: int | None = Field(default=None, foreign_key="poll.id", index=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    measure_id: int | None = Field(default=None, foreign_key="measure.id")
    source: str = "测评会场"
    theme: str = ""
    title: str
    owner: str
    phone: str
    opened_on: dt.date
    deadline: dt.date
    done_on: dt.date | None = None
    verified_on: dt.date | None = None
    reopened_on: dt.date | None = None

    def light(self, today: dt.date) -> Light:
        """Return green once done, red when overdue or reopened, else yellow (also on the due day)."""
        if self.done_on is not None:
            return Light.GREEN
        return Light.RED if self.reopened_on or today > self.deadline else Light.YELLOW

    def days_late(self, today: dt.date) -> int:
        """Return the days past the deadline at completion, or as of `today` while unfinished."""
        return max(0, ((self.done_on or today) - self.deadline).days)


class StepKind(StrEnum):
    """整改步骤."""

    OPENED = "受理"
    REPORTED = "单位反馈"
    RETURNED = "退回重办"
    VERIFIED = "核实销号"
    NOTE = "备注"
    OFFERED = "提出移交"
    ACCEPTED = "接收"
    REFUSED = "不予接收"
    REVISITED = "回头看"
    REOPENED = "重新打开"


class Step(SQLModel, table=True):
    """One dated entry in a task's thread."""

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    on: dt.date
    account_id: int = Field(foreign_key="account.id")
    kind: StepKind
    text: str = Field(sa_type=Text)


class Evidence(SQLModel, table=True):
    """A file that proves a step; it lies in instance/evidence under its digest."""

    id: int | None = Field(default=None, primary_key=True)
    step_id: int = Field(foreign_key="step.id", index=True)
    filename: str
    sha256: str


class HandOver(SQLModel, table=True):
    """首接负责: an offer to pass a task on; the first owner stays responsible until it is accepted."""

    __tablename__ = "hand_over"
    __table_args__ = (
        CheckConstraint("owner <> '' AND phone <> ''", name="owner_and_phone"),
        CheckConstraint("(accepted IS NULL) = (answered_on IS NULL)", name="answered"),
        CheckConstraint("answered_by IS NULL OR answered_by <> offered_by", name="two_people"),
        CheckConstraint("accepted IS NULL OR accepted OR answer <> ''", name="reason"),
    )
    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    from_unit_id: int = Field(foreign_key="unit.id")
    from_owner: str
    unit_id: int = Field(foreign_key="unit.id", index=True)
    owner: str
    phone: str
    reason: str = ""
    offered_on: dt.date
    offered_by: int = Field(foreign_key="account.id")
    accepted: bool | None = None
    answered_on: dt.date | None = None
    answered_by: int | None = Field(default=None, foreign_key="account.id")
    answer: str = ""


class Finding(StrEnum):
    """What a revisit found."""

    HOLDS = "没有反弹"
    RECURRED = "问题反弹"


class Revisit(SQLModel, table=True):
    """回头看: what was found 3 or 6 months after the day on which the task was closed."""

    __table_args__ = (
        UniqueConstraint("task_id", "closed_on", "months", name="uq_revisit_task_closed_months"),
        CheckConstraint("months IN (3, 6)", name="months"),
    )
    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    closed_on: dt.date
    months: int
    on: dt.date
    finding: Finding
    text: str = Field(sa_type=Text)
    account_id: int = Field(foreign_key="account.id")


class Cycle(SQLModel, table=True):
    """How an item stood that was closed and then reopened: what was kept or missed stays on the record."""

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    unit_id: int = Field(foreign_key="unit.id")
    deadline: dt.date
    done_on: dt.date


class RollRule(SQLModel, table=True):
    """红黑榜: who enters and who leaves, fixed by a leader before the first quarter it holds for."""

    __tablename__ = "roll_rule"
    __table_args__ = (
        CheckConstraint("least_items >= 1", name="least_items"),
        CheckConstraint("black_below <= red_from AND red_from <= 100 AND black_below >= 0", name="lines"),
        CheckConstraint("target BETWEEN 1 AND 100", name="target"),
    )
    valid_from: str = Field(primary_key=True)
    least_items: int
    red_from: int
    black_below: int
    target: int
    decided_by: int = Field(foreign_key="account.id")
    decided_on: dt.date
