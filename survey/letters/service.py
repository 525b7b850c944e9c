"""Letters from draft to reply: numbered without gaps, printed, kept under their digest, found by code."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlmodel import Session, col, select, update

from survey import journal
from survey.config import Config
from survey.errors import Missing, Refused
from survey.letters import batch, kinds, printrun, register, sign
from survey.letters.imprint import Imprint, printed
from survey.letters.models import Letter, LetterState, NumberSeries
from survey.letters.stamp import ALPHABET

CODE_LENGTH = 12  # 60 bits
MOVES = {
    LetterState.DRAFT: {LetterState.ISSUED},
    LetterState.ISSUED: {LetterState.SENT, LetterState.WITHDRAWN},
    LetterState.SENT: {LetterState.RECEIVED, LetterState.WITHDRAWN},
    LetterState.RECEIVED: {LetterState.REPLIED, LetterState.WITHDRAWN},
    LetterState.REPLIED: {LetterState.WITHDRAWN},
    LetterState.WITHDRAWN: set(),
}


class Actor(Protocol):
    """Whoever acts at the desk, known by login; the accounts themselves belong to a later stage."""

    login: str


@dataclass(frozen=True)
class Failure:
    """A letter of a batch that could not be issued, and the sentence that says why."""

    letter: Letter
    sentence: str


def draft(
    session: Session,
    document: kinds.Document,
    *,
    round_: str,
    reference: str,
    addressee: str,
    word: str | None,
    dated: dt.date,
    by: Actor,
) -> Letter:
    """Keep a document as a draft; `word` is its 机关代字, or None for a letter without number."""
    letter = Letter(
        kind=document.KIND,
        round=round_,
        addressee=addressee,
        reference=reference,
        word=word,
        dated=dated,
        content=kinds.write(document),
        code="".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)),
    )
    session.add(letter)
    session.flush()
    journal.record(session, by=by.login, act="letters.draft", subject=letter.code, detail=_about(letter))
    return letter


def issue(session: Session, letter: Letter, *, config: Config, by: Actor) -> Letter:
    """Number, print and keep a letter; a letter that cannot be printed takes no number."""
    _issue(session, letter, batch.plain(config.fonts), config=config, by=by)
    register.post(session, letter.round, config=config)
    return letter


def _issue(session: Session, letter: Letter, print_: batch.Printer, *, config: Config, by: Actor) -> None:
    _allow(letter, LetterState.ISSUED)
    document = kinds.read(letter.kind, letter.content)
    if letter.word is not None:
        letter.year = letter.dated.year
        letter.serial = _next_number(session, letter.word, letter.year)
    try:
        content = print_(document, imprint(letter, config))
        letter.filename = f"{letter.round}/{letter.number or letter.kind + '-' + letter.code}.pdf"
        _store(config.letters / letter.filename, content)
    except BaseException:
        _give_back(session, letter)
        raise
    letter.sha256 = hashlib.sha256(content).hexdigest()
    letter.state = LetterState.ISSUED
    session.add(letter)
    session.flush()
    journal.record(session, by=by.login, act="letters.issue", subject=letter.code, detail=_about(letter))


def issue_all(
    session: Session,
    letters: Sequence[Letter],
    *,
    config: Config,
    by: Actor,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[Failure]:
    """Issue every draft in turn and return those that failed; one that fails does not stop the others.

    Letters that are issued already are passed over, so that a batch cut short is taken up where it stopped.
    """
    failures = []
    print_ = batch.printer(_jobs(letters, config), fonts=config.fonts)
    for done, letter in enumerate(letters, start=1):
        try:
            if letter.state is LetterState.DRAFT:
                _issue(session, letter, print_, config=config, by=by)
        except Refused as refusal:
            failures.append(
                Failure(letter, f"给{letter.addressee}的{letter.kind}没有印出：{refusal.sentence}")
            )
        progress(done, len(letters))
    for round_ in dict.fromkeys(letter.round for letter in letters):
        register.post(session, round_, config=config)
    return failures


def _jobs(letters: Sequence[Letter], config: Config) -> list[batch.Job]:
    """Return the drafts that may be stamped: those without a number, which every letter has for itself."""
    drafts = [each for each in letters if each.state is LetterState.DRAFT and each.word is None]
    jobs = []
    for letter in drafts if len(drafts) >= batch.LEAST else ():
        try:
            jobs.append((kinds.read(letter.kind, letter.content), imprint(letter, config)))
        except Refused:
            continue  # it fails in its turn, with its own sentence
    return jobs


def move(session: Session, letter: Letter, *, state: LetterState, config: Config, by: Actor) -> Letter:
    """Record that a letter was sent, received (送达回证), answered or withdrawn; its number stays taken."""
    _allow(letter, state)
    letter.state = state
    session.add(letter)
    session.flush()
    journal.record(
        session, by=by.login, act=f"letters.{state.value}", subject=letter.code, detail=_about(letter)
    )
    register.post(session, letter.round, config=config)
    return letter


def preview(letter: Letter, *, config: Config) -> bytes:
    """Return the letter as it would be printed now; a draft shows the place of its number."""
    return printed(kinds.read(letter.kind, letter.content), imprint(letter, config), fonts=config.fonts)


def stored(letter: Letter, *, config: Config) -> bytes:
    """Return the issued PDF; refuse when the file is gone or is not the one that was issued."""
    if letter.state is LetterState.DRAFT:
        raise Refused("letters.draft", "这份文书还没有印发，没有可供下载的文件。")
    path = config.letters / letter.filename
    if not path.is_file():
        raise Missing(
            "letters.file", f"印发的文书文件 {letter.filename} 不在了；可以重印，重印件应与原件逐字节相同。"
        )
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != letter.sha256:
        raise Refused(
            "letters.altered", f"文书文件 {letter.filename} 与印发时的校验值不符，已被改动，请勿使用。"
        )
    return content


def reprint(session: Session, letter: Letter, *, config: Config, by: Actor) -> bytes:
    """Print an issued letter again and put it in its place; the bytes must have the digest in the journal."""
    if letter.state is LetterState.DRAFT:
        raise Refused("letters.draft", "这份文书还没有印发，不能重印。")
    document = kinds.read(letter.kind, letter.content)
    ways = batch.again(document, imprint(letter, config), fonts=config.fonts)
    content = next((each for each in ways if hashlib.sha256(each).hexdigest() == letter.sha256), None)
    if content is None:
        raise Refused(
            "letters.reprint",
            "重印件与印发时的校验值不同（字库或模板已更换），没有覆盖原件；请以存档文件为准。",
        )
    _store(config.letters / letter.filename, content)
    journal.record(session, by=by.login, act="letters.reprint", subject=letter.code, detail=_about(letter))
    return content


def print_run(
    session: Session,
    round_: str,
    *,
    config: Config,
    by: Actor,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Path:
    """Write one file of the round's letters to enterprises for the printing house; return where it lies."""
    letters = [each for each in issued(session, round_) if each.kind == kinds.Reply.KIND]
    if not letters:
        raise Refused("letters.none_issued", f"{round_} 还没有印发致企业家的信，没有可以送印的内容。")
    jobs = [(kinds.read(each.kind, each.content), imprint(each, config)) for each in letters]
    path = config.letters / round_ / "付印文件.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        pages = printrun.write(jobs, file, fonts=config.fonts, progress=progress)
    part.replace(path)
    detail: dict[str, object] = {"letters": len(letters), "pages": pages}
    journal.record(session, by=by.login, act="letters.print_run", subject=round_, detail=detail)
    return path


def issued(session: Session, round_: str) -> list[Letter]:
    """Return the round's letters that went out and stand, in the order in which they were drafted."""
    gone = (LetterState.DRAFT, LetterState.WITHDRAWN)
    query = select(Letter).where(Letter.round == round_, col(Letter.state).not_in(gone))
    return list(session.exec(query.order_by(col(Letter.id))).all())


def seal_list(session: Session, round_: str, *, config: Config, by: Actor) -> tuple[Path, int]:
    """Seal the digests of all letters of a round with one signature; return the list and its length."""
    letters = issued(session, round_)
    if not letters:
        raise Refused("letters.none_issued", f"{round_} 还没有印发的文书，没有可以签章的清单。")
    folder = config.letters / round_
    content = "".join(f"{each.sha256}  {Path(each.filename).name}\n" for each in letters).encode()
    _store(folder / "清单.txt", content)
    _store(folder / "清单.txt.p7s", sign.sign_list(content, keys=config.seal_keys))
    journal.record(session, by=by.login, act="letters.seal", subject=round_, detail={"letters": len(letters)})
    return folder / "清单.txt", len(letters)


def find_by_code(session: Session, code: str) -> Letter:
    """Return the issued letter with this verification code, typed in any case, with or without blanks."""
    text = "".join(code.upper().split()).replace("-", "").translate(str.maketrans("OIL", "011"))
    letter = session.exec(select(Letter).where(Letter.code == text)).first()
    if letter is None or letter.state is LetterState.DRAFT:
        raise Missing(
            "letters.unknown_code", "没有查到这个查验码对应的文书；请核对后再输，如仍查不到，请谨防假冒。"
        )
    return letter


def imprint(letter: Letter, config: Config) -> Imprint:
    """Return the particulars that the office prints on this letter."""
    number = letter.number or (f"{letter.word}〔{letter.dated.year}〕　号" if letter.word else "")
    url = register.address(config, letter)
    return Imprint(number=number, dated=letter.dated, code=letter.code, check_url=url)


def _allow(letter: Letter, state: LetterState) -> None:
    if state not in MOVES[letter.state]:
        raise Refused(
            "letters.state",
            f"这份{letter.kind}的状态是“{letter.state.chinese}”，不能改为“{state.chinese}”。",
        )


def _next_number(session: Session, word: str, year: int) -> int:
    # The update comes first: it locks the series until the unit of work ends, so no number is given twice.
    series = (NumberSeries.word == word, NumberSeries.year == year)
    raised = session.exec(update(NumberSeries).where(*series).values(last=NumberSeries.last + 1))  # type: ignore[arg-type]  # column expressions
    if not raised.rowcount:
        session.add(NumberSeries(word=word, year=year, last=1))
        session.flush()
        return 1
    return session.exec(select(NumberSeries.last).where(*series)).one()


def _give_back(session: Session, letter: Letter) -> None:
    """Undo the number of a letter that was not printed; the series is still locked by this unit of work."""
    numbered, year = letter.serial is not None, letter.year
    letter.year = letter.serial = None
    letter.filename = ""
    if numbered:
        series = (NumberSeries.word == letter.word, NumberSeries.year == year)
        session.exec(update(NumberSeries).where(*series).values(last=NumberSeries.last - 1))  # type: ignore[arg-type]  # column expressions


def _store(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)


def _about(letter: Letter) -> dict[str, object]:
    return {
        "kind": letter.kind,
        "number": letter.number,
        "addressee": letter.addressee,
        "dated": letter.dated.isoformat(),
        "sha256": letter.sha256,
    }
