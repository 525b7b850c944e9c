"""Whether anything that was fixed was changed since: journal, frozen texts, counts, letters, ledger, files.

Each kind of thing is held against the digest that was kept when it came to be; what does not fit is named.
"""

import hashlib
import json
from collections.abc import Callable, Iterator

from sqlmodel import Session, col, select

from survey import journal
from survey.config import Config
from survey.errors import Refused
from survey.journal import JournalEntry
from survey.letters.models import UNISSUED, Letter
from survey.poll.models import Poll, Stage
from survey.rectify import evidence, threads
from survey.rectify.models import Evidence, Step, Task
from survey.tally import opened
from survey.tally.models import Count

DESTROYED = "custody.destroy"


def faults(session: Session, *, config: Config) -> list[str]:
    """Return a sentence for everything that is not as it was fixed; empty when all fits."""
    broken = journal.first_break(session)
    checks: tuple[Callable[[Session, Config], Iterator[str]], ...] = (
        _polls, _counts, _opened, _letters, _evidence, _tasks, _steps,
    )  # fmt: skip
    return [*([broken] if broken else []), *(each for check in checks for each in check(session, config))]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _polls(session: Session, _config: Config) -> Iterator[str]:
    """Yield the frozen texts of polls that do not fit their digests."""
    for poll in session.exec(select(Poll).order_by(col(Poll.id))):
        texts = (
            ("测评规则", poll.rules, poll.rules_sha256),
            ("票面名单", poll.slate, poll.slate_sha256),
            ("清单", poll.manifest, poll.manifest_sha256),
        )
        for name, text, kept in texts:
            if kept and text and _digest(text) != kept:
                yield f"测评{poll.key}的{name}与冻结时的校验值不符。"


def _counts(session: Session, _config: Config) -> Iterator[str]:
    """Yield the counts whose result is not the one that the journal noted."""
    noted = _noted(session, "tally.count", "tally_sha256")
    for poll, count in session.exec(select(Poll, Count).where(Count.poll_id == Poll.id)):
        digest = _digest(count.result)
        if digest != count.tally_sha256 or noted.get(poll.key, digest) != digest:
            yield f"测评{poll.key}的计票结果与计票时的校验值不符。"


def _noted(session: Session, act: str, name: str) -> dict[str, str]:
    """Return the newest value that the journal has under `name` for each subject of an act."""
    query = select(JournalEntry).where(JournalEntry.act == act).order_by(col(JournalEntry.id))
    return {entry.subject: str(json.loads(entry.detail).get(name, "")) for entry in session.exec(query)}


def _opened(session: Session, config: Config) -> Iterator[str]:
    """Yield the opened ballots that are not those of the opening; a destroyed box has none."""
    gone = set(_noted(session, DESTROYED, "files"))
    noted = _noted(session, "tally.open", "ballots_sha256")
    for poll in session.exec(select(Poll).where(Poll.stage != Stage.VOID)):
        if poll.key not in noted or poll.key in gone:
            continue
        path = opened.folder(config, poll) / opened.BALLOTS
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != noted[poll.key]:
            yield f"测评{poll.key}开箱文件夹中的{opened.BALLOTS}与开箱时不符或已不在。"


def _letters(session: Session, config: Config) -> Iterator[str]:
    """Yield the letters whose file, or whose digest, is not the one of their issue."""
    noted = _noted(session, "letters.issue", "sha256")
    for letter in session.exec(select(Letter).where(col(Letter.state).not_in(UNISSUED))):
        name = f"{letter.kind}{letter.number or letter.code}"
        path = config.letters / letter.filename
        if not path.is_file():
            yield f"文书{name}的文件 {letter.filename} 已不在。"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != letter.sha256:
            yield f"文书{name}的文件 {letter.filename} 与印发时的校验值不符，已被改动。"
        elif noted.get(letter.code, letter.sha256) != letter.sha256:
            yield f"文书{name}的校验值与印发时记入日志的不符。"


def _evidence(session: Session, config: Config) -> Iterator[str]:
    for each in session.exec(select(Evidence)):
        try:
            evidence.fetch(config, each.sha256)
        except Refused:
            yield f"佐证材料「{each.filename}」（第{each.id}份）已不在或被改动过。"


def _tasks(session: Session, _config: Config) -> Iterator[str]:
    """Yield the items of the ledger that say something else than when they were last acted on."""
    noted: dict[str, str] = {}
    for entry in _acts(session):
        noted[entry.subject] = json.loads(entry.detail)["task"]
    for task in session.exec(select(Task).order_by(col(Task.id))):
        name = f"事项{task.id}"
        if noted.pop(name, "") != threads.digest(task):
            yield f"台账{name}（{task.title}）被改动过，与日志记录不符。"
    for name in noted:
        yield f"台账{name}被删除，日志中仍有记录。"


def _steps(session: Session, _config: Config) -> Iterator[str]:
    """Yield the steps of threads that are not as they were written."""
    noted = {json.loads(entry.detail)["step"] for entry in _acts(session)}
    for step in session.exec(select(Step).order_by(col(Step.id))):
        digest = threads.digest(step)
        if digest not in noted:
            yield f"事项{step.task_id}的办理过程第{step.id}条（{step.on}，{step.kind.value}）被改动过。"
        noted.discard(digest)
    for _ in noted:
        yield "有一条办理过程被删除或改动，日志中仍有记录。"


def _acts(session: Session) -> Iterator[JournalEntry]:
    query = select(JournalEntry).where(col(JournalEntry.act).like("task.%")).order_by(col(JournalEntry.id))
    yield from session.exec(query)
