"""Issued letters: number, addressee, content, digest, state."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field, SQLModel


class LetterState(StrEnum):
    """A letter's life; a withdrawn letter keeps its number."""

    DRAFT = "draft"
    APPROVED = "approved"
    ISSUED = "issued"
    SENT = "sent"
    RECEIVED = "received"
    REPLIED = "replied"
    WITHDRAWN = "withdrawn"

    @property
    def chinese(self) -> str:
        """Return the state's Chinese name."""
        return STATE_NAMES[self]


STATE_NAMES = {
    LetterState.DRAFT: "草稿",
    LetterState.APPROVED: "已签发",
    LetterState.ISSUED: "已印发",
    LetterState.SENT: "已送出",
    LetterState.RECEIVED: "已送达",
    LetterState.REPLIED: "已回复",
    LetterState.WITHDRAWN: "已撤回",
}
UNISSUED = (LetterState.DRAFT, LetterState.APPROVED)
"""The states before a letter has its number, its file and its digest."""


class NumberSeries(SQLModel, table=True):
    """The last number given out in one series (机关代字 and year); its update serialises writers."""

    __tablename__ = "number_series"
    word: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int = 0


class Letter(SQLModel, table=True):
    """One document: `content` is its dataclass as JSON, `sha256` the digest of the PDF at `filename`.

    Who drafted it and who approved it are two people (logins); `received_…` is what the 送达回证 says.
    """

    __table_args__ = (
        UniqueConstraint("word", "year", "serial", name="uq_letter_number"),
        CheckConstraint("state IN ('DRAFT', 'APPROVED') OR sha256 <> ''", name="issued_has_digest"),
        CheckConstraint(
            "state = 'DRAFT' OR (approved_by <> '' AND approved_by <> drafted_by)", name="two_people"
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(index=True)
    round: str = Field(index=True)
    addressee: str
    reference: str = Field(default="", index=True)
    word: str | None = None
    year: int | None = None
    serial: int | None = None
    dated: dt.date
    content: str = Field(sa_type=Text)
    code: str = Field(unique=True)
    state: LetterState = LetterState.DRAFT
    filename: str = ""
    sha256: str = ""
    drafted_by: str = ""
    approved_by: str = ""
    received_on: dt.date | None = None
    received_by: str = ""

    @property
    def number(self) -> str:
        """Return 发文字号 such as 卢营商函〔2023〕7号, or an empty string for an unnumbered letter."""
        return f"{self.word}〔{self.year}〕{self.serial}号" if self.serial else ""
