"""The rectification ledger: outcomes of comments, tasks, steps, evidence."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, Text
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
    """One item of the ledger; unit, owner, phone and deadline are compulsory."""

    __table_args__ = (
        CheckConstraint("owner <> '' AND phone <> '' AND title <> ''", name="owner_and_phone"),
        CheckConstraint("verified_on IS NULL OR done_on IS NOT NULL", name="verified_after_done"),
    )
    id: int | None = Field(default=None, primary_key=True)
    poll_id: int = Field(foreign_key="poll.id", index=True)
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

    def light(self, today: dt.date) -> Light:
        """Return green once done, red when overdue and unfinished, else yellow (also on the due day)."""
        if self.done_on is not None:
            return Light.GREEN
        return Light.RED if today > self.deadline else Light.YELLOW

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
