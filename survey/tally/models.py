"""The frozen result of a count."""

import datetime as dt

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field, SQLModel


class ShareSet(SQLModel, table=True):
    """One inspector's shares of every envelope of a closed poll, as JSON {envelope sha256: share hex}.

    `signature` is the inspector's own under board S, made before the shares left the own device.
    """

    __tablename__ = "share_set"
    poll_id: int = Field(foreign_key="poll.id", primary_key=True)
    position: int = Field(primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    shares: str = Field(sa_type=Text)
    signature: str = ""


class Count(SQLModel, table=True):
    """What was counted: `result` is the recount output (JSON), with the digests of all that went into it.

    The equation is that of the cards; `paper` holds that of the sheets, and both channels side by side.
    """

    __table_args__ = (CheckConstraint("returned = valid + invalid AND returned <= issued", name="equation"),)
    poll_id: int = Field(foreign_key="poll.id", primary_key=True)
    at: dt.datetime
    issued: int
    returned: int
    valid: int
    invalid: int
    slate_sha256: str
    ballots_sha256: str
    rules_sha256: str
    tally_sha256: str
    result: str = Field(sa_type=Text)
    paper: str = Field(default="", sa_type=Text)
