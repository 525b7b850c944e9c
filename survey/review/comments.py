"""Opened remarks: who reads them, their paraphrase and theme.

The review group and the inspectors read the words. The office reads a remark only until it has written the
paraphrase, and each reading is journaled; a remark on bribery it does not read at all. Units never see the
words (信访工作条例 30: accusations do not reach the accused).
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping

from sqlmodel import Session, col, select

from survey import journal
from survey.errors import Forbidden, Invalid, Missing, Refused
from survey.journal import JournalEntry
from survey.poll.models import Poll
from survey.review.access import key, only
from survey.review.models import Comment, Theme
from survey.staff.models import Account, Role

READERS = (Role.REVIEWER, Role.INSPECTOR)
SHORT = 10
TAKEN = "review.comments"


def take_in_comments(
    session: Session, poll: Poll, remarks: Iterable[Mapping[str, str]], *, by: Account
) -> list[Comment]:
    """Store the opened remarks once, sorted by line and words so that no two show to be of one envelope."""
    only(by, Role.OFFICE, Role.INSPECTOR, Role.REVIEWER, act="接收问题反映")
    if taken_in(session, poll):
        raise Refused("review.comments_taken", "本季问题反映已经接收，不能重复接收。")
    lines = _slate_lines(poll)
    taken = []
    for line, text in sorted((remark["line"], remark["text"].strip()) for remark in remarks):
        if not text:
            continue
        name, unit_code = lines.get(line, ("未识别的条目", ""))
        taken.append(Comment(poll_id=key(poll.id), line=line, line_name=name, unit_code=unit_code, text=text))
    session.add_all(taken)
    session.flush()
    detail = {"comments": len(taken)}
    journal.record(session, by=by.login, act=TAKEN, subject=poll.key, detail=detail)
    return taken


def _slate_lines(poll: Poll) -> dict[str, tuple[str, str]]:
    slate = json.loads(poll.slate)
    lines = {"overall": ("总体评价", "")}
    lines.update({unit["id"]: (unit["name"], unit["id"]) for unit in slate["units"]})
    lines.update({person["id"]: (person["name"], person["unit"]) for person in slate["persons"]})
    return lines


def taken_in(session: Session, poll: Poll) -> bool:
    """Tell whether the poll's remarks were taken in, even if there were none; the journal knows."""
    query = select(JournalEntry).where(JournalEntry.act == TAKEN, JournalEntry.subject == poll.key)
    return session.exec(query).first() is not None


def comments(session: Session, poll: Poll) -> list[Comment]:
    """Return the poll's comments in their stored order."""
    return list(
        session.exec(select(Comment).where(Comment.poll_id == poll.id).order_by(col(Comment.id))).all()
    )


def get(session: Session, comment_id: int) -> Comment:
    """Return the comment, or refuse when there is none."""
    comment = session.get(Comment, comment_id)
    if comment is None:
        raise Missing("review.no_comment", f"没有编号为{comment_id}的问题反映。")
    return comment


def get_for(session: Session, comment_id: int, *, by: Account) -> Comment:
    """Return the comment to somebody who may see that it exists: accusations are for the inspectors alone."""
    comment = get(session, comment_id)
    if not visible(comment, by):
        raise Forbidden("review.comment_closed", "该反映已移交纪委监委，只由纪委监委查阅。")
    return comment


def visible(comment: Comment, by: Account) -> bool:
    """Tell whether the account may see line, theme and paraphrase of this comment."""
    return by.role is Role.INSPECTOR or not comment.closed


def may_read(comment: Comment, by: Account) -> bool:
    """Tell whether the account may read the words of this comment now."""
    if not by.active or comment.closed:
        return by.active and by.role is Role.INSPECTOR
    return by.role in READERS or (by.role is Role.OFFICE and not comment.paraphrase)


def read(session: Session, comment: Comment, *, by: Account) -> str:
    """Return the words of the comment to whoever may read them; the reading is journaled."""
    if not may_read(comment, by):
        raise Forbidden(
            "review.comment_closed", "原文只由审查小组和纪委监委查阅，转述写好后办公室也只看转述。"
        )
    journal.record(session, by=by.login, act="comment.read", subject=f"反映{comment.id}")
    return comment.text


def read_all(session: Session, poll: Poll, *, by: Account) -> list[Comment]:
    """Return every comment whose words the reader may see, under one journal entry."""
    only(by, *READERS, act="查阅反映原文")
    found = [comment for comment in comments(session, poll) if may_read(comment, by)]
    note_look(session, poll, len(found), by=by)
    return found


def note_look(session: Session, poll: Poll, number: int, *, by: Account) -> None:
    """Journal that somebody saw the words of several remarks at once."""
    detail = {"comments": number}
    journal.record(session, by=by.login, act="comment.read_all", subject=poll.key, detail=detail)


def waiting(session: Session, poll: Poll) -> list[Comment]:
    """Return the comments that still wait for a paraphrase or for the way to the inspectors."""
    return [each for each in comments(session, poll) if each.theme is None and not each.clue]


def paraphrase(session: Session, comment: Comment, *, text: str, theme: Theme, by: Account) -> Comment:
    """Write what units may see: the matter without the words or marks of the firm; and its theme."""
    only(by, Role.OFFICE, Role.REVIEWER, act="填写转述")
    if comment.closed:
        raise Forbidden("review.comment_closed", "该反映已移交纪委监委，不能转述。")
    wording = " ".join(text.split())
    if theme is not Theme.BRIBERY and not wording:
        raise Invalid("review.no_paraphrase", "请写出转述：说明什么事项、什么环节，不写企业特征。")
    if len(wording) > SHORT and wording == " ".join(comment.text.split()):
        raise Invalid("review.copied", "转述不能照抄原文，以免从文风认出企业，请换一种说法。")
    comment.paraphrase, comment.theme = ("" if theme is Theme.BRIBERY else wording), theme
    comment.written_by, comment.checked_by = by.id, None
    session.add(comment)
    session.flush()
    journal.record(
        session, by=by.login, act="comment.paraphrase", subject=f"反映{comment.id}", detail={"theme": theme}
    )
    return comment


def paraphrases_of(session: Session, poll: Poll, unit_code: str) -> list[str]:
    """Return the checked paraphrases on a unit and its persons, each once, without praise."""
    found = [
        comment.paraphrase
        for comment in comments(session, poll)
        if tells(comment) and comment.unit_code == unit_code
    ]
    return list(dict.fromkeys(found))


def written_about(session: Session, remark: Comment) -> list[str]:
    """Return the paraphrases already written about the same unit in the same poll, each once."""
    query = select(Comment).where(Comment.poll_id == remark.poll_id, Comment.unit_code == remark.unit_code)
    found = session.exec(query.order_by(col(Comment.id)))
    return list(dict.fromkeys(one.paraphrase for one in found if one.paraphrase and not one.closed))


def tells(comment: Comment) -> bool:
    """Tell whether a unit may be told of this remark: paraphrased, checked by a second person, a problem."""
    if comment.closed or comment.theme is Theme.PRAISE:
        return False
    return bool(comment.paraphrase) and comment.checked_by is not None


def to_inspectors(session: Session, comment: Comment, *, by: Account) -> Comment:
    """Close a remark to everybody but the inspectors: it accuses somebody."""
    only(by, Role.OFFICE, Role.REVIEWER, Role.INSPECTOR, act="移交线索")
    comment.clue = True
    session.add(comment)
    session.flush()
    journal.record(session, by=by.login, act="comment.to_inspectors", subject=f"反映{comment.id}")
    return comment


def count_themes(session: Session, poll: Poll) -> dict[Theme, int]:
    """Return how many comments each theme has, most first; those without a theme count as 其他.

    So does all that went to the inspectors, as on the public notice: no two tables tell of it by difference.
    """
    found = comments(session, poll)
    counts = Counter((None if comment.closed else comment.theme) or Theme.OTHER for comment in found)
    order = list(Theme)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], order.index(item[0]))))
