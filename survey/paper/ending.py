"""The end of a poll's paper at the desk: readings, pictures, comments and decisions go with the box.

What stays are the numbers: print runs, the sheets' account, the digests of images and batch.
"""

from typing import Any

from sqlmodel import Session, SQLModel, col, delete, func, select

from survey.box import shredding
from survey.config import Config
from survey.paper import chain, prints
from survey.paper.models import (
    PaperDecision,
    PaperDoubt,
    PaperGallery,
    PaperLink,
    PaperPicture,
    PaperRemark,
    PaperSide,
)
from survey.poll.models import Poll

OF_POLL: tuple[type[SQLModel], ...] = (PaperDoubt, PaperGallery, PaperRemark, PaperLink, PaperSide)


def inventory(session: Session, poll: Poll) -> list[str]:
    """Return one line as for a file of the box: what is kept at the desk, how much, the chain's digest."""
    sides = session.exec(select(func.count()).where(PaperSide.poll_id == poll.id)).one()
    return [f"paper-readings\t{sides}\t{chain.head(session, poll)}"] if sides else []


def destroy(session: Session, poll: Poll, *, config: Config) -> int:
    """Delete all that paper left at the desk but its numbers; return how many rows that were.

    SQLite overwrites deleted rows (secure_delete).
    """
    sides = select(PaperSide.id).where(PaperSide.poll_id == poll.id)
    doubts = select(PaperDoubt.id).where(PaperDoubt.poll_id == poll.id)
    gone = _deleted(session, PaperPicture, col(PaperPicture.side_id).in_(sides))
    gone += _deleted(session, PaperDecision, col(PaperDecision.doubt_id).in_(doubts))
    for table in OF_POLL:
        gone += _deleted(session, table, table.poll_id == poll.id)  # type: ignore[attr-defined]  # all have it
    session.flush()
    shredding.shred(prints.key_path(config, poll).parent)
    return gone


def _deleted(session: Session, table: type[SQLModel], where: Any) -> int:
    return int(session.exec(delete(table).where(where)).rowcount)
