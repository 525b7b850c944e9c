"""Answering remarks in public and fetching what their writers say; no account, no time, no order."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlmodel import Session, select

from survey import journal
from survey.box import mailbox
from survey.box.board import Board
from survey.config import Config
from survey.errors import Forbidden, Invalid, Missing
from survey.mailbox.models import Mail, Word
from survey.poll.models import Poll
from survey.review import comments
from survey.review.models import Comment
from survey.staff.models import Account, Role
from survey.tally import opened

LONGEST = 500
JSON_TYPE = "application/json"


@dataclass(frozen=True)
class Letter:
    """One remark that can be answered, with its answer and word."""

    comment: Comment
    mail: Mail


def take_in(session: Session, poll: Poll, *, config: Config) -> int:
    """Find the reply keys of the poll's remarks, once these were taken in; return how many there are."""
    known = {row.comment_id for row in _rows(session, poll)}
    keys: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for remark in opened.remarks(config, poll):
        if remark.get("reply"):
            keys[remark["line"], remark["text"].strip()].append(str(remark["reply"]))
    # Keys of answered remarks are public: one of an earlier poll that comes again finds nothing here.
    taken = {*session.exec(select(Mail.key))}
    for comment in comments.comments(session, poll):
        waiting = sorted({*keys[comment.line, comment.text]} - taken)
        if waiting and comment.id not in known:
            session.add(Mail(comment_id=comment.id or 0, poll_id=comment.poll_id, key=waiting[0]))
            taken.add(waiting[0])
    session.flush()
    return len(_rows(session, poll))


def _rows(session: Session, poll: Poll) -> list[Mail]:
    rows = session.exec(select(Mail).where(Mail.poll_id == poll.id)).all()
    return sorted(rows, key=lambda row: row.comment_id)


def letters(session: Session, poll: Poll, *, by: Account) -> list[Letter]:
    """Return the remarks that can be answered, in their order; accusations to inspectors only."""
    rows = {row.comment_id: row for row in _rows(session, poll)}
    seen = [one for one in comments.comments(session, poll) if comments.visible(one, by)]
    return [Letter(one, rows[one.id]) for one in seen if one.id in rows]


def letter(session: Session, comment_id: int, *, by: Account) -> Letter:
    """Return one remark that can be answered, to somebody who may know of it."""
    row = session.get(Mail, comment_id)
    if row is None:
        raise Missing("mailbox.no_key", "这条反映没有留查询码，不能单独答复。")
    return Letter(comments.get_for(session, comment_id, by=by), row)


def answer(
    session: Session, poll: Poll, comment_id: int, *, text: str, config: Config, by: Account, today: dt.date
) -> Mail:
    """Publish the office's answer to one remark; a new wording asks the writer anew."""
    if by.role is not Role.OFFICE:
        raise Forbidden("mailbox.office_only", "公开答复由我来办办公室发布。")
    found = letter(session, comment_id, by=by)
    wording = " ".join(text.split())
    if not wording or len(wording) > LONGEST:
        raise Invalid("mailbox.text", f"请写出答复，不超过{LONGEST}个字；全县都能看到，不写人名、企业名。")
    if wording == " ".join(found.comment.text.split()):
        raise Invalid("mailbox.copied", "答复不能照抄原文，请写办理的情况和结果。")
    row = found.mail
    if wording != row.text:
        row.text, row.answered_on, row.word = wording, today, Word.NONE
    session.add(row)
    session.flush()
    journal.record(session, by=by.login, act="mailbox.answer", subject=f"反映{comment_id}")
    _post(session, poll, config)
    return row


def _answers(session: Session, poll: Poll) -> dict[str, str]:
    return {row.key: row.text for row in _rows(session, poll) if row.text}


def _post(session: Session, poll: Poll, config: Config) -> None:
    mailbox.create(config.mail / poll.key, len(_rows(session, poll)))
    Board(config.board).post("answers", poll.key, mailbox.notice(_answers(session, poll)), JSON_TYPE)


def collect(session: Session, poll: Poll, *, config: Config) -> Counter[Word]:
    """Fetch the words that lie in the pigeonholes; return how many there are of each."""
    said = mailbox.words(config.mail / poll.key, poll=poll.key, answers=_answers(session, poll))
    rows = _rows(session, poll)
    for row in rows:
        word = Word(said.get(row.key, row.word.value))
        if word is not row.word:
            row.word = word
            session.add(row)
    session.flush()
    return Counter(row.word for row in rows if row.text)
