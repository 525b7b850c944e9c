"""Meetings and batches from other channels: who came, what was raised, and the item each point became."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel


class SourceKind(StrEnum):
    """来源: where an item came from; the value is shown and stands in the ledger."""

    TALK = "恳谈会"
    RETURN_TALK = "回访座谈会"
    DISPATCH = "周六调度"
    CALLS = "12345涉企"
    TEAM = "流动服务团"
    HOTLINE = "营商热线"
    INSPECTION = "监督检查发现"
    THIRD_PARTY = "第三方评估"

    @property
    def meeting(self) -> bool:
        """Tell whether people met, so that attendees are listed."""
        return self in (SourceKind.TALK, SourceKind.RETURN_TALK, SourceKind.DISPATCH, SourceKind.TEAM)


class Occasion(SQLModel, table=True):
    """One meeting, or one batch of a channel, on one day."""

    __table_args__ = (
        UniqueConstraint("kind", "title", "held_on", name="uq_occasion_kind_title_day"),
        CheckConstraint("title <> ''", name="title"),
    )
    id: int | None = Field(default=None, primary_key=True)
    kind: SourceKind
    title: str
    held_on: dt.date
    place: str = ""
    chair: str = ""
    account_id: int = Field(foreign_key="account.id")


class Attendee(SQLModel, table=True):
    """One person who came to a meeting."""

    id: int | None = Field(default=None, primary_key=True)
    occasion_id: int = Field(foreign_key="occasion.id", index=True)
    name: str
    organ: str = ""
    post: str = ""


class Point(SQLModel, table=True):
    """One point that was raised; it has its item of the ledger, always. `raised_by` never reaches a unit."""

    __table_args__ = (UniqueConstraint("occasion_id", "number", name="uq_point_occasion_number"),)
    id: int | None = Field(default=None, primary_key=True)
    occasion_id: int = Field(foreign_key="occasion.id", index=True)
    number: int
    raised_by: str = ""
    task_id: int = Field(foreign_key="task.id", unique=True)
