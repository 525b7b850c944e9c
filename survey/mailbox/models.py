"""Which remarks can be answered, the public answers, and the writers' words on them."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import Text
from sqlmodel import Field, SQLModel


class Word(StrEnum):
    """What a writer says of an answer; the value is that of the pigeonhole."""

    NONE = ""
    SOLVED = "solved"
    PARTLY = "partly"
    UNSOLVED = "unsolved"

    @property
    def chinese(self) -> str:
        """Return the word as the desk shows it."""
        return {"": "尚无回音", "solved": "已解决", "partly": "部分解决", "unsolved": "没有解决"}[self.value]


class Mail(SQLModel, table=True):
    """A remark whose writer left a reply key: the public answer and the word on it, without any time."""

    comment_id: int = Field(foreign_key="comment.id", primary_key=True)
    poll_id: int = Field(foreign_key="poll.id", index=True)
    key: str = Field(unique=True)
    text: str = Field(default="", sa_type=Text)
    answered_on: dt.date | None = None
    word: Word = Word.NONE
