"""The chain over original readings and decisions: one changed afterwards, or left out, no longer fits."""

import hashlib
import json
from collections.abc import Mapping

from sqlmodel import Session, col, select

from survey.paper.models import PaperLink
from survey.poll.models import Poll
from survey.poll.stages import stored_id

GENESIS = "0" * 64


def append(session: Session, poll: Poll, content: Mapping[str, object]) -> PaperLink:
    """Add one link; it is kept or lost together with the unit of work that made it."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    last = _last(session, poll)
    place, previous = (last.place + 1, last.digest) if last else (1, GENESIS)
    link = PaperLink(poll_id=stored_id(poll), place=place, content=text, previous=previous, digest="")
    link.digest = digest(link)
    session.add(link)
    session.flush()
    return link


def digest(link: PaperLink) -> str:
    """Return the digest that a link must carry."""
    content = json.dumps([link.poll_id, link.place, link.content, link.previous], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def _last(session: Session, poll: Poll) -> PaperLink | None:
    links = select(PaperLink).where(PaperLink.poll_id == poll.id).order_by(col(PaperLink.place).desc())
    return session.exec(links.limit(1)).first()


def head(session: Session, poll: Poll) -> str:
    """Return the digest of the last link."""
    last = _last(session, poll)
    return last.digest if last else GENESIS


def first_break(session: Session, poll: Poll) -> str | None:
    """Return a sentence naming the first link that does not fit, or None when all do."""
    previous = GENESIS
    links = session.exec(select(PaperLink).where(PaperLink.poll_id == poll.id).order_by(col(PaperLink.place)))
    for place, link in enumerate(links, 1):
        if link.place != place:
            return f"纸质票认定记录第{place}条缺失。"
        if link.previous != previous or link.digest != digest(link):
            return f"纸质票认定记录第{place}条被改动过。"
        previous = link.digest
    return None
