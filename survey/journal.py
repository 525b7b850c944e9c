"""Append-only, hash-chained journal of desk acts: who did what at the desk, never who voted what."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping

from sqlmodel import Field, Session, SQLModel, select, update

from survey import clock

GENESIS = "0" * 64


class JournalHead(SQLModel, table=True):
    """The chain's last digest; one row, whose update serialises writers on every database."""

    __tablename__ = "journal_head"
    id: int = Field(default=1, primary_key=True)
    length: int = 0
    digest: str = GENESIS


class JournalEntry(SQLModel, table=True):
    """One act of one account; `digest` covers the entry and the digest before it."""

    __tablename__ = "journal_entry"
    id: int = Field(primary_key=True)
    at: str
    actor: str
    act: str = Field(index=True)
    subject: str
    detail: str = "{}"
    previous: str = Field(unique=True)
    digest: str

    def computed(self) -> str:
        """Return the digest that this entry must carry."""
        content = [self.id, self.at, self.actor, self.act, self.subject, self.detail, self.previous]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def record(
    session: Session,
    *,
    by: str,
    act: str,
    subject: str = "",
    detail: Mapping[str, object] | None = None,
    at: dt.datetime | None = None,
) -> JournalEntry:
    """Append one act; it is kept or lost together with the unit of work that did it."""
    if not session.get(JournalHead, 1):
        session.add(JournalHead())
        session.flush()
    session.exec(update(JournalHead).where(JournalHead.id == 1).values(length=JournalHead.length + 1))  # type: ignore[arg-type]  # a column expression
    head = session.exec(select(JournalHead).execution_options(populate_existing=True)).one()
    text = json.dumps(detail or {}, ensure_ascii=False, sort_keys=True, default=str)
    entry = JournalEntry(
        id=head.length,
        at=(at or clock.now()).isoformat(),
        actor=by,
        act=act,
        subject=subject,
        detail=text,
        previous=head.digest,
        digest="",
    )
    entry.digest = entry.computed()
    head.digest = entry.digest
    session.add_all([entry, head])
    session.flush()
    return entry


def first_break(session: Session) -> str | None:
    """Return a Chinese sentence naming the first entry that does not fit the chain, or None when all fit."""
    previous, length = GENESIS, 0
    for entry in session.exec(select(JournalEntry).order_by(JournalEntry.id)):  # type: ignore[arg-type]  # a column
        length += 1
        if entry.id != length:
            return f"日志第{length}条缺失。"
        if entry.previous != previous or entry.digest != entry.computed():
            return f"日志第{entry.id}条（{entry.at}，{entry.actor}，{entry.act}）被改动过。"
        previous = entry.digest
    head = session.get(JournalHead, 1)
    if head and (head.length, head.digest) != (length, previous):
        return f"日志末尾缺少{head.length - length}条。"
    return None
