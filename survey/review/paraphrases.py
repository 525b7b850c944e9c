"""The second look at a paraphrase: can anybody tell from it which firm wrote the remark?

The office or the group writes it; somebody else lets it pass or sends it back. Until then no unit sees it.
"""

import re
from collections.abc import Sequence

from sqlmodel import Session, select

from survey import journal
from survey.errors import Forbidden, Refused
from survey.poll.models import Poll
from survey.review.access import key, only
from survey.review.comments import comments
from survey.review.models import Comment, Theme
from survey.roster.models import Enterprise
from survey.staff.models import Account, Role

CHECKERS = (Role.OFFICE, Role.REVIEWER, Role.INSPECTOR)
RUN = 8
"""So many signs in a row taken over from the words may give the writer's style away."""
MARKS = re.compile(
    r"\d{1,4}年\d{1,2}月|\d{1,2}月\d{1,2}日|1\d{10}|\d{3,4}-\d{7,8}|\d+(?:\.\d+)?(?:万元|元|亩|人|家)"
)
FEWEST_SIGNS = 2
TAILS = ("有限责任公司", "股份有限公司", "有限公司", "集团", "公司")


def unchecked(session: Session, poll: Poll) -> list[Comment]:
    """Return the paraphrases that nobody else has looked at yet."""
    return [comment for comment in comments(session, poll) if needs_check(comment)]


def needs_check(comment: Comment) -> bool:
    """Tell whether a paraphrase waits for its second person; accusation material has none."""
    written = bool(comment.paraphrase) and comment.theme is not Theme.BRIBERY
    return written and comment.checked_by is None


def telltales(comment: Comment, firms: Sequence[str]) -> list[str]:
    """Return what in a paraphrase may tell the firm: its name, a date or a number, words taken over."""
    text = comment.paraphrase
    found = [f"含企业名称「{name}」" for name in firms if name in text or _core(name) in text]
    found += [f"含可辨认的日期、金额或号码「{mark}」" for mark in MARKS.findall(text)]
    if run := _taken_over(text, comment.text):
        found.append(f"照用原文「{run}」")
    return found


def _core(name: str) -> str:
    """Return a firm's name without its legal form and its county, or the whole name when little is left."""
    short = name
    for tail in TAILS:
        short = short.removesuffix(tail)
    short = re.sub(r"^.{1,3}?[省市县]", "", short)
    return short if len(short) > FEWEST_SIGNS else name


def _taken_over(text: str, words: str) -> str:
    for start in range(len(text) - RUN + 1):
        if text[start : start + RUN] in words:
            return text[start : start + RUN]
    return ""


def firms(session: Session) -> list[str]:
    """Return the names of all enterprises on the roster."""
    return [name for name in session.exec(select(Enterprise.name)) if len(name) > FEWEST_SIGNS]


def may_check(comment: Comment, *, by: Account) -> bool:
    """Tell whether the account may let this paraphrase pass: it wrote something else."""
    return by.active and by.role in CHECKERS and comment.written_by != by.id


def passes(session: Session, comment: Comment, *, by: Account) -> Comment:
    """Let a paraphrase pass: nobody can tell the firm from it."""
    _look(comment, by)
    comment.checked_by = key(by.id)
    session.add(comment)
    session.flush()
    journal.record(session, by=by.login, act="comment.check", subject=f"反映{comment.id}")
    return comment


def send_back(session: Session, comment: Comment, *, by: Account) -> Comment:
    """Send a paraphrase back: the remark waits for a new one, and its theme with it."""
    _look(comment, by)
    comment.paraphrase, comment.theme, comment.written_by = "", None, None
    session.add(comment)
    session.flush()
    journal.record(session, by=by.login, act="comment.return", subject=f"反映{comment.id}")
    return comment


def _look(comment: Comment, by: Account) -> None:
    only(by, *CHECKERS, act="核对转述")
    if not needs_check(comment):
        raise Refused("review.nothing_to_check", "该条没有待核对的转述，请返回列表。")
    if not may_check(comment, by=by):
        raise Forbidden("review.own_paraphrase", "不能核对自己写的转述，请由另一人核对。")
