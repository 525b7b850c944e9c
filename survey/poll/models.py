"""A quarter's poll, its approvals, inspector keys, hall checklist and turnout."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from survey.clock import CHINA


class Stage(StrEnum):
    """Where a poll stands; `survey.poll.service.MOVES` is the table of allowed moves."""

    DRAFT = "draft"
    APPROVED = "approved"
    FROZEN = "frozen"
    OPEN = "open"
    CLOSED = "closed"
    OPENED = "opened"
    COUNTED = "counted"
    REVIEWED = "reviewed"
    REPORTED = "reported"
    RECTIFYING = "rectifying"
    CONCLUDED = "concluded"
    VOID = "void"

    @property
    def chinese(self) -> str:
        """Return the stage's Chinese name."""
        return STAGE_NAMES[self]


STAGE_NAMES = {
    Stage.DRAFT: "起草",
    Stage.APPROVED: "已审定",
    Stage.FROZEN: "已冻结",
    Stage.OPEN: "填写中",
    Stage.CLOSED: "已封箱",
    Stage.OPENED: "已开箱",
    Stage.COUNTED: "已计票",
    Stage.REVIEWED: "已审查",
    Stage.REPORTED: "已报告",
    Stage.RECTIFYING: "整改中",
    Stage.CONCLUDED: "已办结",
    Stage.VOID: "作废",
}


def shown(at: dt.datetime) -> str:
    """Return a moment, which the database keeps in UTC, as China's clock shows it."""
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")


class Poll(SQLModel, table=True):
    """One version of one quarter's poll; `slate`, `rules`, `manifest` are frozen texts with their SHA-256.

    `returned` (收回) is the number of ballots in the box, kept when the poll closes.
    """

    __table_args__ = (
        UniqueConstraint("round", "version", name="uq_poll_round_version"),
        CheckConstraint("threshold >= 2 AND threshold <= 16", name="threshold"),
        CheckConstraint("seats >= 1", name="seats"),
    )
    id: int | None = Field(default=None, primary_key=True)
    round: str = Field(index=True)
    version: int = 1
    title: str
    venue: str = ""
    held_on: dt.date
    stage: Stage = Stage.DRAFT
    seats: int
    spare_cards: int = 0
    threshold: int = 2
    rules: str = Field(sa_type=Text)
    rules_sha256: str
    slate: str = Field(default="", sa_type=Text)
    slate_sha256: str = ""
    manifest: str = Field(default="", sa_type=Text)
    manifest_sha256: str = ""
    returned: int | None = None

    @property
    def key(self) -> str:
        """Return the poll's public id, e.g. 2023Q1-v1; it names the box and stands on every card."""
        return f"{self.round}-v{self.version}"


class Approval(SQLModel, table=True):
    """One leader's signature under the draft; two different leaders are needed."""

    __table_args__ = (UniqueConstraint("poll_id", "account_id", name="uq_approval_poll_account"),)
    id: int | None = Field(default=None, primary_key=True)
    poll_id: int = Field(foreign_key="poll.id", index=True)
    account_id: int = Field(foreign_key="account.id")
    at: dt.datetime

    @property
    def shown_at(self) -> str:
        """Return the moment as China's clock shows it."""
        return shown(self.at)


class InspectorKey(SQLModel, table=True):
    """The public half of one inspector's key pair for one poll (P-256, uncompressed point, hex)."""

    __tablename__ = "inspector_key"
    __table_args__ = (
        UniqueConstraint("poll_id", "position", name="uq_inspector_key_poll_position"),
        UniqueConstraint("poll_id", "account_id", name="uq_inspector_key_poll_account"),
        UniqueConstraint("public_key", name="uq_inspector_key_public_key"),
    )
    id: int | None = Field(default=None, primary_key=True)
    poll_id: int = Field(foreign_key="poll.id", index=True)
    account_id: int = Field(foreign_key="account.id")
    position: int
    holder: str
    public_key: str


class RemoteChannel(SQLModel, table=True):
    """The remote channel that leaders switched on: two windows, moments with their offset as text.

    `drawers` (JSON, codes of the firms) and `drawn` are known when the votes begin, `returned` at the close;
    `ended` is the record of the destruction of the issuer's keys.
    """

    __tablename__ = "remote_channel"
    __table_args__ = (CheckConstraint("returned IS NULL OR returned <= drawn", name="drawn"),)
    poll_id: int = Field(foreign_key="poll.id", primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    tickets_from: str
    tickets_until: str
    votes_from: str
    votes_until: str
    revote: bool = False
    seats: int = 0
    begun: bool = False
    drawers: str = Field(default="[]", sa_type=Text)
    drawn: int = 0
    returned: int | None = None
    ended: str = Field(default="", sa_type=Text)


class HallStep(StrEnum):
    """现场监督记录: steps of the hall in their order."""

    EMPTY_BOX = "空箱展示"
    ATTENDANCE = "到场核对"
    EXPLAINED = "讲解完毕"
    LEFT = "被测评单位人员离场"
    HANDED_OUT = "发放票卡"
    FILLING = "开始填写"
    FILLED = "填写结束"
    SEALED = "封箱"


class HallEntry(SQLModel, table=True):
    """One signed line of the hall checklist: the step, its time, the inspector who signed."""

    __tablename__ = "hall_entry"
    __table_args__ = (UniqueConstraint("poll_id", "step", name="uq_hall_entry_poll_step"),)
    id: int | None = Field(default=None, primary_key=True)
    poll_id: int = Field(foreign_key="poll.id", index=True)
    step: HallStep
    at: dt.datetime
    note: str = ""
    account_id: int = Field(foreign_key="account.id")

    @property
    def shown_at(self) -> str:
        """Return the moment as China's clock shows it."""
        return shown(self.at)


class Turnout(SQLModel, table=True):
    """An enterprise that attended and drew a card; no time, no order, never which card."""

    poll_id: int = Field(foreign_key="poll.id", primary_key=True)
    enterprise_id: int = Field(foreign_key="enterprise.id", primary_key=True)


class CardAccount(SQLModel, table=True):
    """The card equation 印制=发出+剩余, as two people counted it after closing; `replaced` = 补发."""

    __tablename__ = "card_account"
    __table_args__ = (CheckConstraint("printed = issued + remaining", name="equation"),)
    poll_id: int = Field(foreign_key="poll.id", primary_key=True)
    printed: int
    issued: int
    remaining: int
    replaced: int = 0
    account_id: int = Field(foreign_key="account.id")
