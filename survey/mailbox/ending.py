"""The end of a poll's remarks at the desk: their words and reply keys go with the box that held them.

Paraphrases, outcomes and the ledger stay. So do the words of accusations: they are the inspectors' case.
"""

from sqlmodel import Session, col, delete, select

from survey.mailbox.models import Mail
from survey.poll.models import Poll
from survey.review.models import Comment

GONE = "（原文已随票箱销毁）"


def destroy(session: Session, poll: Poll) -> int:
    """Blank the words of the poll's remarks and delete their reply keys; return how many remarks that were.

    SQLite overwrites what is replaced and deleted (secure_delete).
    """
    session.exec(delete(Mail).where(col(Mail.poll_id) == poll.id))
    remarks = session.exec(select(Comment).where(Comment.poll_id == poll.id)).all()
    ended = [remark for remark in remarks if not remark.closed]
    for remark in ended:
        remark.text = GONE
    session.add_all(ended)
    session.flush()
    return len(ended)
