"""The journal as readers of the desk see it: who did what, in which stage, and whether the chain is whole."""

import json
from dataclasses import dataclass

from sqlmodel import Session, col, select

from survey import journal
from survey.journal import JournalEntry
from survey.staff.models import Account

STAGES = {
    "staff": "账号",
    "roster": "名册",
    "poll": "测评",
    "tally": "计票",
    "review": "审查",
    "comment": "问题反映",
    "letters": "文书",
    "rectify": "整改",
    "rights": "本人权利",
    "task": "整改事项",
    "sources": "来源",
    "watch": "监督",
    "channels": "其他评价",
    "reports": "报告",
    "dossier": "档案",
    "custody": "票箱保管",
}
PAGE = 200


@dataclass(frozen=True)
class Line:
    """One act: when, who, in which stage, what, of what, and the particulars that were kept."""

    number: int
    at: str
    who: str
    stage: str
    act: str
    subject: str
    detail: str


def lines(session: Session, *, before: int | None = None) -> list[Line]:
    """Return the latest acts, or those `before` an entry's number, newest first."""
    names = {account.login: account.name for account in session.exec(select(Account))}
    query = select(JournalEntry).order_by(col(JournalEntry.id).desc()).limit(PAGE)
    if before is not None:
        query = query.where(col(JournalEntry.id) < before)
    return [_line(entry, names) for entry in session.exec(query)]


def _line(entry: JournalEntry, names: dict[str, str]) -> Line:
    moment = entry.at[:19].replace("T", " ")
    stage, _, act = entry.act.partition(".")
    detail = "；".join(f"{key}：{value}" for key, value in json.loads(entry.detail).items())
    who = names.get(entry.actor, entry.actor) or "—"
    return Line(entry.id, moment, who, STAGES.get(stage, stage), act, entry.subject, detail)


def first_break(session: Session) -> str | None:
    """Return a sentence naming the first entry that was changed or is missing, or None."""
    return journal.first_break(session)
