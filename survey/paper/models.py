"""Paper ballots at the desk: print runs, the batch, its sides, doubts and decisions, the gallery of blanks.

Ids are random, so that no table's order tells how the stack lay. Until the batch is sealed a side knows its
sheet's token; then tokens and pictures are deleted (paper.md sections 3 and 7).
"""

import secrets
from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

# SQLite would else keep rows in the order of their coming: a stack's neighbours would lie side by side.
BY_KEY = {"sqlite_with_rowid": False}


def random_id() -> int:
    """Return an id that tells no order; browsers keep whole numbers up to 53 bits."""
    return secrets.randbits(52) + 1


class BatchState(StrEnum):
    """Where a poll's paper stands."""

    TAKING = "taking"
    DECIDING = "deciding"
    SEALED = "sealed"

    @property
    def chinese(self) -> str:
        """Return the state's Chinese name."""
        return {"taking": "扫描识别中", "deciding": "人工认定中", "sealed": "已密封"}[self.value]


class DoubtKind(StrEnum):
    """Why people decide a row: the reader's doubt, a hidden control, a page keyed by hand, a gallery find."""

    DOUBT = "doubt"
    CONTROL = "control"
    KEYED = "keyed"
    GALLERY = "gallery"


class Choice(StrEnum):
    """What a person sees on a row; the value is the key pressed."""

    GOOD = "1"
    FAIR = "2"
    POOR = "3"
    BLANK = "0"
    INVALID = "9"

    @property
    def chinese(self) -> str:
        """Return the choice's Chinese name."""
        return {"1": "非常满意", "2": "服务一般", "3": "服务较差", "0": "未评价", "9": "无效"}[self.value]

    @property
    def option(self) -> str:
        """Return the mark in a ballot record, empty for a line that does not count."""
        return {"1": "A", "2": "B", "3": "C"}.get(self.value, "")


class PaperPrint(SQLModel, table=True):
    """One print run: which form and rotation, how many copies, and that its file was deleted."""

    __tablename__ = "paper_print"
    __table_args__ = (CheckConstraint("copies > 0", name="copies"),)
    id: int | None = Field(default=None, primary_key=True)
    poll_id: int = Field(foreign_key="poll.id", index=True)
    form: str
    rotation: int
    layout: str
    copies: int
    sheets: int
    account_id: int = Field(foreign_key="account.id")
    deleted_by: int | None = Field(default=None, foreign_key="account.id")


class PaperBatch(SQLModel, table=True):
    """The paper of one poll: `root` covers the images, `digest` the sealed batch, `header` its accounts."""

    __tablename__ = "paper_batch"
    poll_id: int = Field(foreign_key="poll.id", primary_key=True)
    state: BatchState = BatchState.TAKING
    root: str = ""
    digest: str = ""
    header: str = Field(default="", sa_type=Text)


class PaperSide(SQLModel, table=True):
    """One image, or one side keyed by hand: what it is and, for a side of this poll, what it says.

    `rows` holds A, B, C or an empty text for each row; a doubtful row is "?" until it is decided.
    """

    __tablename__ = "paper_side"
    __table_args__ = (
        UniqueConstraint("poll_id", "token", "page", name="uq_paper_side_identity"),
        BY_KEY,
    )
    id: int = Field(
        default_factory=random_id, sa_column=Column(BigInteger, primary_key=True, autoincrement=False)
    )
    poll_id: int = Field(foreign_key="poll.id", index=True)
    sha256: str = Field(index=True)
    state: str
    layout: str = ""
    page: int = 0
    token: str | None = None
    rows: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    holds: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    dpi: float = 0.0


class PaperPicture(SQLModel, table=True):
    """The option cells of one row (`row` from 0) as JPEG, kept until the batch is sealed."""

    __tablename__ = "paper_picture"
    __table_args__ = (BY_KEY,)
    side_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("paper_side.id"), primary_key=True, autoincrement=False)
    )
    row: int = Field(primary_key=True)
    jpeg: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class PaperDoubt(SQLModel, table=True):
    """One row that two people decide; `machine` is what the reader saw on a hidden control."""

    __tablename__ = "paper_doubt"
    __table_args__ = (UniqueConstraint("side_id", "row", name="uq_paper_doubt_row"), BY_KEY)
    id: int = Field(
        default_factory=random_id, sa_column=Column(BigInteger, primary_key=True, autoincrement=False)
    )
    poll_id: int = Field(foreign_key="poll.id", index=True)
    side_id: int = Field(sa_column=Column(BigInteger, ForeignKey("paper_side.id"), nullable=False))
    row: int
    kind: DoubtKind
    reason: str
    machine: str = ""
    outcome: Choice | None = None


class PaperDecision(SQLModel, table=True):
    """What one person decided on a doubt: the first two alone, the third before a witness."""

    __tablename__ = "paper_decision"
    __table_args__ = (
        UniqueConstraint("doubt_id", "account_id", name="uq_paper_decision_account"),
        CheckConstraint("place BETWEEN 1 AND 3", name="place"),
        CheckConstraint("(place = 3) = (witness_id IS NOT NULL)", name="witness"),
        CheckConstraint("witness_id IS NULL OR witness_id <> account_id", name="other_witness"),
    )
    doubt_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("paper_doubt.id"), primary_key=True, autoincrement=False)
    )
    place: int = Field(primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    choice: Choice
    witness_id: int | None = Field(default=None, foreign_key="account.id")


class PaperGallery(SQLModel, table=True):
    """A page of rows read as blank, some marked rows hidden among them: [side, row, control] each."""

    __tablename__ = "paper_gallery"
    id: int | None = Field(default=None, primary_key=True)
    poll_id: int = Field(foreign_key="poll.id", index=True)
    cells: list[list[int]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    passed_by: int | None = Field(default=None, foreign_key="account.id")
    failed_by: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class PaperRemark(SQLModel, table=True):
    """One comment box: its picture until sealing, what one person wrote down and another found right.

    It names the page, never the sheet: nobody can join a comment with the marks beside it.
    """

    __tablename__ = "paper_remark"
    __table_args__ = (
        CheckConstraint("checked_by IS NULL OR checked_by <> written_by", name="two_people"),
        BY_KEY,
    )
    id: int = Field(
        default_factory=random_id, sa_column=Column(BigInteger, primary_key=True, autoincrement=False)
    )
    poll_id: int = Field(foreign_key="poll.id", index=True)
    layout: str
    page: int
    jpeg: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))
    line: str = ""
    text: str = Field(default="", sa_type=Text)
    written_by: int | None = Field(default=None, foreign_key="account.id")
    checked_by: int | None = Field(default=None, foreign_key="account.id")


class PaperAccount(SQLModel, table=True):
    """Per sheet of the ballot: 印制 = 收回 + 作废 + 未用, as two people counted the paper."""

    __tablename__ = "paper_account"
    __table_args__ = (CheckConstraint("printed = returned + spoiled + unused", name="equation"),)
    poll_id: int = Field(foreign_key="poll.id", primary_key=True)
    sheet: int = Field(primary_key=True)
    printed: int
    returned: int
    spoiled: int
    unused: int
    account_id: int = Field(foreign_key="account.id")


class PaperLink(SQLModel, table=True):
    """One link of the chain over original readings and every decision; `digest` covers the one before."""

    __tablename__ = "paper_link"
    poll_id: int = Field(foreign_key="poll.id", primary_key=True)
    place: int = Field(primary_key=True)
    content: str = Field(sa_type=Text)
    previous: str
    digest: str
