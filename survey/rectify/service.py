"""The ledger's verbs, from a comment to a closed task, and the letters of the quarter (domain.md 2.2, 6).

A unit answers only its own tasks; the office verifies; the inspectors see everything.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlmodel import Session, select

from survey import clock
from survey.config import Config
from survey.errors import Invalid, Refused
from survey.letters import service as letters
from survey.letters.kinds import Document, Look
from survey.letters.models import Letter, LetterState
from survey.letters.service import Failure
from survey.poll import stages
from survey.poll.models import Poll, Stage
from survey.rectify import notices
from survey.rectify.handover import accept as accept
from survey.rectify.handover import check_phone
from survey.rectify.handover import offer as offer
from survey.rectify.handover import refuse as refuse
from survey.rectify.ledger import equation as equation
from survey.rectify.ledger import ledger as ledger
from survey.rectify.ledger import open_tasks
from survey.rectify.ledger import repetitions as repetitions
from survey.rectify.ledger import wall as wall
from survey.rectify.models import Outcome, OutcomeKind, StepKind, Task
from survey.rectify.settling import add_outcome
from survey.rectify.settling import settle_comment as settle_comment
from survey.rectify.settling import settle_repetitions as settle_repetitions
from survey.rectify.threads import add_step
from survey.rectify.threads import note as note
from survey.rectify.threads import report_step as report_step
from survey.rectify.threads import send_back as send_back
from survey.rectify.threads import verify as verify
from survey.review import objections, rechecks
from survey.review.access import key, only
from survey.review.cases import measures
from survey.review.comments import taken_in
from survey.review.models import Comment, Measure
from survey.review.paraphrases import unchecked
from survey.review.service import carry_out
from survey.review.steps import deliver
from survey.roster.models import Unit
from survey.staff.models import Account, Role

REMINDING = (Stage.REVIEWED, Stage.REPORTED, Stage.RECTIFYING)
REPLYING = (Stage.REPORTED, Stage.RECTIFYING, Stage.CONCLUDED)

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Batch:
    """What became of a batch of letters: those issued, and those that could not be printed, with why."""

    issued: tuple[Letter, ...]
    failures: tuple[Failure, ...]


def open_task(
    session: Session,
    *,
    poll: Poll | None,
    unit: Unit | None,
    title: str,
    owner: str,
    phone: str,
    deadline: dt.date | None,
    theme: str,
    by: Account,
    today: dt.date,
    comment: Comment | None = None,
    measure: Measure | None = None,
    source: str = "测评会场",
) -> Task:
    """Open one item; unit, owner, phone and deadline are compulsory. A meeting's item has no poll."""
    only(by, Role.OFFICE, act="登记整改事项")
    if poll:
        stages.require(poll, *REMINDING)
    unit, deadline = _complete(unit, title, owner, phone, deadline)
    _check_task(phone.strip(), deadline, today, comment, poll)
    task = Task(
        poll_id=poll.id if poll else None, unit_id=key(unit.id), measure_id=measure.id if measure else None,
        source=source.strip(), theme=theme, title=title.strip(), owner=owner.strip(), phone=phone.strip(),
        opened_on=today, deadline=deadline,
    )  # fmt: skip
    session.add(task)
    session.flush()
    add_step(session, task, StepKind.OPENED, f"转{unit.name}办理，盯办人{task.owner}。", by=by, today=today)
    if comment:
        outcome = Outcome(comment_id=key(comment.id), kind=OutcomeKind.TASK, task_id=task.id, on=today)
        add_outcome(session, comment, outcome, by=by)
    return task


def _complete(
    unit: Unit | None, title: str, owner: str, phone: str, deadline: dt.date | None
) -> tuple[Unit, dt.date]:
    """Return unit and deadline once nothing compulsory is missing; else name every gap at once."""
    texts = {"整改事项": title.strip(), "盯办人": owner.strip(), "联系电话": phone.strip()}
    given = {"责任单位": unit} | texts | {"完成时限": deadline}
    missing = [name for name, value in given.items() if not value]
    if missing or unit is None or deadline is None:
        raise Invalid("rectify.incomplete", f"整改事项缺少：{'、'.join(missing)}，请补齐后再保存。")
    return unit, deadline


def _check_task(
    phone: str, deadline: dt.date, today: dt.date, comment: Comment | None, poll: Poll | None
) -> None:
    check_phone(phone)
    if deadline < today:
        raise Invalid("rectify.deadline", "完成时限早于今天，请重新填写。")
    if comment and (poll is None or comment.poll_id != poll.id):
        raise Refused("rectify.other_poll", "该条反映不属于本次测评。")
    if comment and comment.closed:
        raise Refused("rectify.to_inspectors", "问题线索只移交纪委监委，不列入台账。")
    if comment and not comment.paraphrase:
        raise Refused("rectify.no_paraphrase", "请先写好转述再列入台账，单位只能看到转述。")
    if comment and comment.checked_by is None:
        raise Refused("rectify.unchecked", "转述还没有经另一人核对能否认出企业，请先核对再列入台账。")


def remind(
    session: Session,
    poll: Poll,
    *,
    config: Config,
    by: Account,
    dated: dt.date,
    progress: Progress = lambda _done, _total: None,
) -> Batch:
    """Issue a 整改工作提示函 for each decided reminder that has none yet, and record it as carried out."""
    only(by, Role.OFFICE, act="印发提示函")
    stages.require(poll, *REMINDING)
    waiting = {f"measure:{measure.id}": measure for measure in notices.due_reminders(session, poll)}
    drafts = []
    for reference, measure in waiting.items():
        document = notices.reminder(session, poll, measure, config=config, dated=dated)
        word = config.document_word
        letter = _draft(session, poll, document, reference, document.unit, word=word, dated=dated, by=by)
        # The leader who decided the measure answers for the letter that carries it out.
        letters.approve(session, letter, by=_decider(session, measure))
        drafts.append(letter)
    batch = _issue(session, drafts, config=config, by=by, progress=progress)
    for letter in batch.issued:
        record = f"已印发{letter.number}。"
        carry_out(session, waiting[letter.reference], record=record, on=dated, by=by)
    return batch


def _decider(session: Session, measure: Measure) -> Account:
    return session.exec(select(Account).where(Account.id == measure.decided_by)).one()


def draft_replies(
    session: Session, poll: Poll, *, config: Config, by: Account, dated: dt.date, look: Look = Look.STANDARD
) -> list[Letter]:
    """Draft 《致企业家的一封信》 to each active enterprise that has none of this poll yet."""
    only(by, Role.OFFICE, act="拟致企业家的一封信")
    stages.require(poll, *REPLYING)
    _all_settled(session, poll)
    letter = replace(notices.reply(session, poll, config=config, dated=dated), look=look)
    return [
        _draft(
            session, poll, notices.to(letter, firm.name), reference, firm.name, word=None, dated=dated, by=by
        )
        for reference, firm in notices.due_replies(session, poll).items()
    ]


def _draft(
    session: Session,
    poll: Poll,
    document: Document,
    reference: str,
    addressee: str,
    *,
    word: str | None,
    dated: dt.date,
    by: Account,
) -> Letter:
    return letters.draft(
        session,
        document,
        round_=poll.round,
        reference=reference,
        addressee=addressee,
        word=word,
        dated=dated,
        by=by,
    )


def _issue(
    session: Session, drafts: list[Letter], *, config: Config, by: Account, progress: Progress
) -> Batch:
    """Issue the drafts; one that cannot be printed is discarded, to be drafted anew later."""
    failures = letters.issue_all(session, drafts, config=config, by=by, progress=progress)
    for failure in failures:
        session.delete(failure.letter)
    failed = {failure.letter.code for failure in failures}
    return Batch(tuple(letter for letter in drafts if letter.code not in failed), tuple(failures))


def move_letter(
    session: Session, letter: Letter, *, state: LetterState, config: Config, by: Account
) -> Letter:
    """Record a letter's fate; the measure behind a withdrawn reminder waits for a new one again."""
    only(by, Role.OFFICE, act="登记文书去向")
    if state is LetterState.RECEIVED:
        signed = letter.addressee
        return receive_letter(session, letter, on=clock.today(), signed_by=signed, config=config, by=by)
    letters.move(session, letter, state=state, config=config, by=by)
    measure = notices.measure_behind(session, letter)
    if state is LetterState.WITHDRAWN and measure:
        measure.carried_out_on, measure.delivered_on, measure.record = None, None, ""
        session.add(measure)
        session.flush()
    return letter


def receive_letter(
    session: Session, letter: Letter, *, on: dt.date, signed_by: str, config: Config, by: Account
) -> Letter:
    """Record the receipt of a letter (送达回证); the measure behind it counts as delivered that day."""
    only(by, Role.OFFICE, act="登记文书送达")
    letters.receive(session, letter, on=on, signed_by=signed_by, config=config, by=by)
    measure = notices.measure_behind(session, letter)
    if measure and measure.delivered_on is None:
        deliver(session, measure, on=on, by=by)
    return letter


def begin(session: Session, poll: Poll, *, by: Account) -> Poll:
    """Start rectification of a reported poll."""
    only(by, Role.OFFICE, act="启动整改")
    return stages.move(session, poll, Stage.RECTIFYING, by=by)


def conclude(session: Session, poll: Poll, *, by: Account) -> Poll:
    """End the quarter: every comment has an outcome, every task is verified, every measure carried out."""
    only(by, Role.OFFICE, act="办结本季测评")
    _all_settled(session, poll)
    if left := open_tasks(session, poll):
        raise Refused("rectify.open_tasks", f"还有{len(left)}件整改事项没有核实销号，不能办结。")
    rechecks.require_done(session, poll)
    if pending := [row for row in objections.objections(session, poll=poll) if row[0].open]:
        raise Refused("rectify.open_objections", f"还有{len(pending)}件异议没有复核决定，不能办结。")
    if waiting := [m for m, _ in measures(session, poll) if m.carried_out_on is None]:
        raise Refused("rectify.open_measures", f"还有{len(waiting)}项处理措施没有登记落实，不能办结。")
    return stages.move(session, poll, Stage.CONCLUDED, by=by)


def _all_settled(session: Session, poll: Poll) -> None:
    if not taken_in(session, poll):
        raise Refused("rectify.not_taken", "本季问题反映还没有接收，请先在“问题反映”页接收，再逐条登记去向。")
    if left := unchecked(session, poll):
        raise Refused("rectify.unchecked", f"还有{len(left)}条转述没有经另一人核对，请先核对。")
    comments, settled = equation(session, poll)
    if comments != settled:
        raise Refused(
            "rectify.unsettled",
            f"反映{comments}条，已有去向{settled}条，还差{comments - settled}条，请先逐条登记去向。",
        )
