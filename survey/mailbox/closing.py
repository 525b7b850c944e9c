"""What the writers of the remarks behind a task say of it before it is closed."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from survey.errors import Refused
from survey.mailbox.models import Mail, Word


def refuse_unsolved(session: Session, comment_ids: Collection[int]) -> None:
    """Refuse to close a task while a writer of a remark behind it says that it is not solved."""
    query = select(Mail).where(col(Mail.comment_id).in_(comment_ids), Mail.word == Word.UNSOLVED)
    if session.exec(query).first():
        raise Refused(
            "mailbox.unsolved",
            "反映人看过公开答复后表示没有解决，不能销号；请退回重办，办好后另作答复。",
        )
