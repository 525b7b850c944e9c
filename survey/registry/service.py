"""The registry's verbs: what can be drafted, drafting it, approving, issuing in parts, delivering."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from survey.clock import add_working_days
from survey.config import Config
from survey.custody import service as custody
from survey.errors import Forbidden, Missing, Refused
from survey.letters import custodial, findings, hearings, kinds, pursuit, slips
from survey.letters import service as letters
from survey.letters.briefs import MeetingPaper
from survey.letters.fields import labelled
from survey.letters.findings import ClueTransfer
from survey.letters.imprint import Imprint, printed
from survey.letters.kinds import Bulletin, Commendation, Document, HallRecord, InterviewNotice, Invitation
from survey.letters.models import Letter, LetterState
from survey.poll.models import Poll
from survey.rectify.service import receive_letter as receive_letter
from survey.registry import bulletin, figures, prefill
from survey.staff.models import Account, Role

DRAFTERS = frozenset({Role.OFFICE, Role.INSPECTOR})
CLUE = ClueTransfer.KIND
BY_FORM: dict[str, Any] = {
    kind.KIND: kind
    for kind in (
        InterviewNotice,
        *hearings.ALL,
        *pursuit.ALL,
        *slips.ALL,
        *findings.ALL,
        Commendation,
        Invitation,
        *custodial.ALL,
    )
}
"""Papers that are drafted by form, the facts filled in as far as the desk knows them."""
STEMS = {name: BY_FORM[name].TEMPLATE.removesuffix(".html") for name in BY_FORM}
FROM_FIGURES: dict[str, Callable[..., Document]] = {
    Bulletin.KIND: bulletin.bulletin,
    MeetingPaper.KIND: figures.meeting_paper,
    HallRecord.KIND: figures.hall_record,
}
NUMBERED = frozenset({InterviewNotice.KIND, pursuit.Supervision.KIND, hearings.ObjectionDecision.KIND})
ADDRESSEES = ("unit", "applicant", "enterprise", "addressees", "addressee", "receiver")


@dataclass(frozen=True)
class Room:
    """What the registry shows of one round."""

    letters: Sequence[Letter]
    counts: dict[LetterState, int]

    def count(self, name: str) -> int:
        """Return how many letters stand in the state of that name."""
        return self.counts.get(LetterState(name), 0)


def room(session: Session, poll: Poll) -> Room:
    """Return the round's letters, those that wait first, and how many stand in each state."""
    found = session.exec(select(Letter).where(Letter.round == poll.round).order_by(col(Letter.id))).all()
    order = list(LetterState)
    ranked = sorted(found, key=lambda letter: (order.index(letter.state), letter.kind, letter.id or 0))
    return Room(ranked, dict(Counter(letter.state for letter in found)))


def kind_named(name: str) -> Any:
    """Return a kind that is drafted by form, by its Chinese name or by its template's."""
    name = next((kind for kind in BY_FORM if STEMS[kind] == name), name)
    if name not in BY_FORM:
        raise Missing("registry.no_kind", f"没有「{name}」这种可以填写的文书。")
    return BY_FORM[name]


def known(
    session: Session, poll: Poll, name: str, *, about: str, config: Config, today: dt.date, by: Account
) -> dict[str, Any]:
    """Return the facts for a paper's fields, of the poll and of the item that `about` names (task:3)."""
    may_draft(name, by)
    facts = prefill.poll_facts(poll, config=config, today=today)
    if name == custodial.BallotApproval.KIND:
        facts |= prefill.of_ballot(session, poll)
    if name == custodial.DestructionRecord.KIND:
        facts |= prefill.of_destruction(session, poll, custody.kept_until(poll))
    subject, _, number = about.partition(":")
    if subject in prefill.SUBJECTS and number.isdigit():
        if subject == "comment" and name != CLUE:
            raise Forbidden("registry.clue", "反映原文只能写入问题线索移交单。")
        facts |= prefill.SUBJECTS[subject](session, int(number), today=today)
    wanted = {field.name for field in labelled(kind_named(name))}
    return {key: value for key, value in facts.items() if key in wanted}


def may_draft(name: str, by: Account) -> None:
    """Refuse whoever may not draft this paper: a clue is the inspectors' alone."""
    if by.role not in DRAFTERS or (name == CLUE and by.role is not Role.INSPECTOR):
        who = "纪委监委" if name == CLUE else "我来办或纪委监委"
        raise Forbidden("registry.drafter", f"{name}只能由{who}拟写。")


def specimen(poll: Poll, document: Document, *, config: Config, dated: dt.date) -> bytes:
    """Return a paper as it would be printed; nothing is kept, no number is taken."""
    letter = _unsaved(poll, document, config=config, dated=dated)
    return letters.preview(letter, config=config)


def _unsaved(poll: Poll, document: Document, *, config: Config, dated: dt.date) -> Letter:
    return Letter(
        kind=document.KIND, round=poll.round, addressee=addressee(document), word=word(document, config),
        dated=dated, content=kinds.write(document), code="0" * letters.CODE_LENGTH,
    )  # fmt: skip


def addressee(document: Document) -> str:
    """Return to whom a paper goes; an internal sheet stays with the organ that made it."""
    found = (getattr(document, name, "") for name in ADDRESSEES)
    return next((text for text in found if text), document.organ)


def word(document: Document, config: Config) -> str | None:
    """Return the 机关代字 of a kind that is numbered."""
    if document.KIND in NUMBERED:
        return config.document_word
    return config.bulletin_word if document.KIND == Commendation.KIND else None


def draft(
    session: Session, poll: Poll, document: Document, *, config: Config, dated: dt.date, by: Account
) -> Letter:
    """Keep a paper as a draft that waits for approval."""
    may_draft(document.KIND, by)
    if document.KIND == CLUE:
        raise Refused("registry.clue", f"{CLUE}只打印、当面密封移交，不存入系统。")
    return letters.draft(
        session, document, round_=poll.round, reference="registry", addressee=addressee(document),
        word=word(document, config), dated=dated, by=by,
    )  # fmt: skip


def from_figures(session: Session, poll: Poll, name: str, *, config: Config, today: dt.date) -> bytes:
    """Return a paper that is made of figures alone."""
    if name not in FROM_FIGURES:
        raise Missing("registry.no_kind", f"没有「{name}」这种文书。")
    document = FROM_FIGURES[name](session, poll, config=config)
    imprint = Imprint(number="", dated=today, code="", check_url="")
    return printed(document, imprint, fonts=config.fonts)


def receipt_slip(session: Session, letter: Letter, *, config: Config, today: dt.date) -> bytes:
    """Return the 送达回证 that goes with an issued letter."""
    if not letter.sha256:
        raise Refused("registry.not_issued", "这份文书还没有印发，没有可以送达的文件。")
    facts = {
        "organ": config.office,
        "contact": config.office,
        "phone": config.office_phone,
        "return_by": add_working_days(today, prefill.REPLY_DAYS),
        **prefill.of_letter(session, letter.id or 0),
    }
    imprint = Imprint(number="", dated=today, code="", check_url="")
    return printed(pursuit.DeliveryReceipt(**facts), imprint, fonts=config.fonts)


def get(session: Session, letter_id: int) -> Letter:
    """Return one letter."""
    if letter := session.get(Letter, letter_id):
        return letter
    raise Missing("rectify.no_letter", "没有找到这份文书。")


def approve(session: Session, letter: Letter, *, by: Account) -> Letter:
    """Approve one draft (签发)."""
    _leader(by)
    return letters.approve(session, letter, by=by)


def approve_all(session: Session, poll: Poll, *, by: Account) -> int:
    """Approve every draft of a round that somebody else wrote; return how many."""
    _leader(by)
    drafts = letters.waiting(session, poll.round, LetterState.DRAFT)
    return len([letters.approve(session, each, by=by) for each in drafts if each.drafted_by != by.login])


def _leader(by: Account) -> None:
    if by.role is not Role.LEADER:
        raise Forbidden("registry.leader_only", "文书由县领导签发。")
