"""One-time codes that open an official's account, and what officials say about their own line."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel


class OpeningCode(SQLModel, table=True):
    """A one-time code for one 工号, handed over on paper; only its digest is kept."""

    __tablename__ = "opening_code"
    id: int | None = Field(default=None, primary_key=True)
    badge: str = Field(index=True)
    digest: str = Field(unique=True)
    issued_by: int = Field(foreign_key="account.id")
    issued_on: dt.date
    expires_on: dt.date
    used_on: dt.date | None = None
    void: bool = False


class LineState(StrEnum):
    """Where an official's word on the own line stands."""

    CONFIRMED = "本人确认无误"
    WAITING = "申请更正"
    ACCEPTED = "已更正"
    REFUSED = "未予更正"


class LineWord(SQLModel, table=True):
    """What one official said of the own line before a freeze: it is right, or how it should read."""

    __tablename__ = "line_word"
    __table_args__ = (
        CheckConstraint("state <> 'REFUSED' OR answer <> ''", name="refused_with_reason"),
        CheckConstraint("state = 'CONFIRMED' OR (post <> '' AND duties <> '' AND name <> '')", name="line"),
    )
    id: int | None = Field(default=None, primary_key=True)
    badge: str = Field(index=True)
    said_on: dt.date
    state: LineState
    name: str = ""
    post: str = ""
    duties: str = ""
    answer: str = ""
    answered_by: int | None = Field(default=None, foreign_key="account.id")
    answered_on: dt.date | None = None
