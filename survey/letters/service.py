"""Letters from draft to reply: numbered without gaps, printed, kept under their digest, found by code."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, select, update

from survey import journal
from survey.config import Config
from survey.errors import Missing, Refused
from survey.letters import batch, kinds, register
from survey.letters.dispatch import archive as archive
from survey.letters.dispatch import imprint as imprint
from survey.letters.dispatch import print_run as print_run
from survey.letters.dispatch import seal_list as seal_list
from survey.letters.dispatch import store
from survey.letters.imprint import printed
from survey.letters.life import Actor, about, allow
from survey.letters.life import approve as approve
from survey.letters.life import discard as discard
from survey.letters.life import issued as issued
from survey.letters.life import move as move
from survey.letters.life import receive as receive
from survey.letters.life import send_back as send_back
from survey.letters.life import waiting as waiting
from survey.letters.models import UNISSUED, Letter, LetterState, NumberSeries
from survey.letters.stamp import ALPHABET

CODE_LENGTH = 12  # 60 bits
PART = 100  # letters between two commits
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Failure:
    """A letter of a batch that could not be issued, and the sentence that says why."""

    letter: Letter
    sentence: str


@dataclass(frozen=True)
class Issued:
    """What one part of a batch came to: how many went out, how many are left, which failed and why."""

    done: int
    left: int
    failures: tuple[Failure, ...]


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
        drafted_by=by.login,
    )
    session.add(letter)
    session.flush()
    journal.record(session, by=by.login, act="letters.draft", subject=letter.code, detail=about(letter))
    return letter


def issue(session: Session, letter: Letter, *, config: Config, by: Actor) -> Letter:
    """Number, print and keep an approved letter; one that cannot be printed takes no number."""
    _issue(session, letter, batch.plain(config.fonts), config=config, by=by)
    register.post(session, letter.round, config=config)
    return letter


def _issue(session: Session, letter: Letter, print_: batch.Printer, *, config: Config, by: Actor) -> None:
    allow(letter, LetterState.ISSUED)
    document = kinds.read(letter.kind, letter.content)
    if letter.word is not None:
        letter.year = letter.dated.year
        letter.serial = _next_number(session, letter.word, letter.year)
    try:
        content = print_(document, imprint(letter, config))
        letter.filename = f"{letter.round}/{letter.number or letter.kind + '-' + letter.code}.pdf"
        store(config.letters / letter.filename, content)
    except BaseException:
        _give_back(session, letter)
        raise
    letter.sha256 = hashlib.sha256(content).hexdigest()
    letter.state = LetterState.ISSUED
    session.add(letter)
    session.flush()
    journal.record(session, by=by.login, act="letters.issue", subject=letter.code, detail=about(letter))


def issue_all(
    session: Session,
    letters: Sequence[Letter],
    *,
    config: Config,
    by: Actor,
    progress: Progress = lambda _done, _total: None,
) -> list[Failure]:
    """Issue every approved letter in turn, return those that failed; one does not stop the others.

    Letters that are issued already are passed over, so that a batch cut short is taken up where it stopped.
    """
    failures = []
    print_ = batch.printer(_jobs(letters, config), fonts=config.fonts)
    for done, letter in enumerate(letters, start=1):
        try:
            if letter.state in UNISSUED:
                _issue(session, letter, print_, config=config, by=by)
        except Refused as refusal:
            failures.append(
                Failure(letter, f"给{letter.addressee}的{letter.kind}没有印出：{refusal.sentence}")
            )
            if letter.state is LetterState.APPROVED:
                send_back(session, letter, by=by)
        progress(done, len(letters))
    for round_ in dict.fromkeys(letter.round for letter in letters):
        register.post(session, round_, config=config)
    return failures


def issue_part(
    session: Session,
    round_: str,
    *,
    config: Config,
    by: Actor,
    progress: Progress = lambda _done, _total: None,
) -> Issued:
    """Issue the next hundred approved letters of a round and tell how many are left.

    Whoever calls commits after each part, so that a batch cut short loses nothing; a letter that fails is a
    draft again and stops no other.
    """
    letters = waiting(session, round_, LetterState.APPROVED)
    part = letters[:PART]
    failures = issue_all(session, part, config=config, by=by, progress=progress)
    return Issued(len(part) - len(failures), len(letters) - len(part), tuple(failures))


def _jobs(letters: Sequence[Letter], config: Config) -> list[batch.Job]:
    """Return the drafts that may be stamped: those without a number, which every letter has for itself."""
    drafts = [each for each in letters if each.state is LetterState.APPROVED and each.word is None]
    jobs = []
    for letter in drafts if len(drafts) >= batch.LEAST else ():
        try:
            jobs.append((kinds.read(letter.kind, letter.content), imprint(letter, config)))
        except Refused:
            continue  # it fails in its turn, with its own sentence
    return jobs


def preview(letter: Letter, *, config: Config) -> bytes:
    """Return the letter as it would be printed now; a draft shows the place of its number."""
    return printed(kinds.read(letter.kind, letter.content), imprint(letter, config), fonts=config.fonts)


def stored(letter: Letter, *, config: Config) -> bytes:
    """Return the issued PDF; refuse when the file is gone or is not the one that was issued."""
    if letter.state in UNISSUED:
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
    if letter.state in UNISSUED:
        raise Refused("letters.draft", "这份文书还没有印发，不能重印。")
    document = kinds.read(letter.kind, letter.content)
    ways = batch.again(document, imprint(letter, config), fonts=config.fonts)
    content = next((each for each in ways if hashlib.sha256(each).hexdigest() == letter.sha256), None)
    if content is None:
        raise Refused(
            "letters.reprint",
            "重印件与印发时的校验值不同（字库或模板已更换），没有覆盖原件；请以存档文件为准。",
        )
    store(config.letters / letter.filename, content)
    journal.record(session, by=by.login, act="letters.reprint", subject=letter.code, detail=about(letter))
    return content


def find_by_code(session: Session, code: str) -> Letter:
    """Return the issued letter with this verification code, typed in any case, with or without blanks."""
    text = "".join(code.upper().split()).replace("-", "").translate(str.maketrans("OIL", "011"))
    letter = session.exec(select(Letter).where(Letter.code == text)).first()
    if letter is None or letter.state in UNISSUED:
        raise Missing(
            "letters.unknown_code", "没有查到这个查验码对应的文书；请核对后再输，如仍查不到，请谨防假冒。"
        )
    return letter


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
