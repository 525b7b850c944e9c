"""What inspectors keep about a box: rehearsals before the poll, the record of its destruction."""

import datetime as dt

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field, SQLModel

from survey.poll.models import shown


class Rehearsal(SQLModel, table=True):
    """One self-attack before a poll: what the intruder linked against mere guessing; never deleted."""

    __table_args__ = (CheckConstraint("linked >= 0 AND chance > 0", name="shares"),)
    id: int | None = Field(default=None, primary_key=True)
    poll_id: int = Field(foreign_key="poll.id", index=True)
    account_id: int = Field(foreign_key="account.id")
    at: dt.datetime
    voters: int
    runs: int
    linked: float
    chance: float
    passed: bool
    report: str = Field(sa_type=Text)

    @property
    def shown_at(self) -> str:
        """Return the moment as China's clock shows it."""
        return shown(self.at)


class Destruction(SQLModel, table=True):
    """销毁记录: an inspector asks for it, a second body confirms it; `inventory` lists what was there."""

    __table_args__ = (
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> asked_by", name="two_people"),
        CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="confirmed"),
    )
    poll_id: int = Field(foreign_key="poll.id", primary_key=True)
    asked_by: int = Field(foreign_key="account.id")
    asked_at: dt.datetime
    reason: str
    inventory: str = Field(sa_type=Text)
    sealed_sha256: str
    confirmed_by: int | None = Field(default=None, foreign_key="account.id")
    confirmed_at: dt.datetime | None = None

    @property
    def done(self) -> bool:
        """Tell whether the box is gone."""
        return self.confirmed_by is not None

    @property
    def shown_asked(self) -> str:
        """Return when it was asked for, as China's clock shows it."""
        return shown(self.asked_at)

    @property
    def shown_confirmed(self) -> str:
        """Return when it was done, as China's clock shows it."""
        return shown(self.confirmed_at) if self.confirmed_at else ""
