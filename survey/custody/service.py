"""Rehearse before a poll; destroy a box when its time is over, by two bodies, with a record."""

import datetime as dt
import hashlib

from sqlmodel import Session, delete

from survey import journal
from survey.attack import trial
from survey.box import shredding
from survey.box.board import Board
from survey.config import Config
from survey.custody.models import Destruction, Rehearsal
from survey.custody.records import rehearsals as rehearsals
from survey.errors import Forbidden, Invalid, Missing, Refused
from survey.mailbox import ending as remarks
from survey.paper import service as papers
from survey.poll import boxes
from survey.poll.models import Poll, Stage
from survey.staff.models import Account, Role
from survey.tally.models import ShareSet

RUNS, VOTERS = 12, 40
BEFORE = frozenset({Stage.DRAFT, Stage.APPROVED, Stage.FROZEN})
OVER = frozenset({Stage.CONCLUDED, Stage.VOID})
KEPT = dt.timedelta(days=365)
"""Ballots are kept sealed for the time of objections and a year; letters, ledger and result stay longer."""
STAYING = frozenset({"manifest", "state", "result", "changes", "reply", "letters", "steps"})
"""Public notices that outlive the box; those that name cards and envelopes go with it."""


def rehearse(session: Session, poll: Poll, *, config: Config, by: Account, at: dt.datetime) -> Rehearsal:
    """Let the intruder loose on rehearsals of this installation and keep what came out, good or bad."""
    if by.role is not Role.INSPECTOR:
        raise Forbidden("custody.inspector_only", "自攻击演练只能由监督人员发起。")
    if poll.stage not in BEFORE:
        raise Refused(
            "custody.too_late", f"{poll.key} 已为“{poll.stage.chinese}”，演练须在开始填写之前进行。"
        )
    found = trial.small(config.instance, runs=RUNS, voters=VOTERS)
    row = Rehearsal(
        poll_id=poll.id or 0, account_id=by.id or 0, at=at, voters=VOTERS, runs=RUNS, linked=found.store.mean,
        chance=found.store.chance, passed=found.lawful, report="\n".join(trial.report(found)),
    )  # fmt: skip
    session.add(row)
    session.flush()
    detail = {"linked": round(row.linked, 5), "chance": round(row.chance, 5), "passed": row.passed}
    journal.record(session, by=by.login, act="custody.rehearse", subject=poll.key, detail=detail)
    return row


def destruction(session: Session, poll: Poll) -> Destruction | None:
    """Return the record of the box's destruction, asked for or done."""
    return session.get(Destruction, poll.id)


def kept_until(poll: Poll) -> dt.date:
    """Return the day before which the box may not be destroyed."""
    return poll.held_on + KEPT


def ask_destruction(
    session: Session, poll: Poll, *, reason: str, config: Config, by: Account, at: dt.datetime
) -> Destruction:
    """Ask for the destruction of a box whose time is over; the inventory is taken now."""
    if by.role is not Role.INSPECTOR:
        raise Forbidden("custody.inspector_only", "销毁票箱只能由监督人员提出。")
    _refuse_early(poll, at.date())
    if not reason.strip():
        raise Invalid("custody.reason", "请写明销毁的依据，例如保管期限届满、异议期已过。")
    if destruction(session, poll):
        raise Refused("custody.asked", f"{poll.key} 的销毁已经提出，请由第二方核对后确认。")
    folder, sealed = boxes.folder(config, poll), Board(config.board).fetch("sealed", poll.key)
    if not folder.is_dir():
        raise Missing("custody.no_box", f"没有找到 {poll.key} 的票箱，请核对后再提出。")
    row = Destruction(
        poll_id=poll.id or 0, asked_by=by.id or 0, asked_at=at, reason=reason.strip(),
        inventory="\n".join([*shredding.inventory(folder), *papers.inventory(session, poll)]),
        sealed_sha256=hashlib.sha256(sealed.content).hexdigest() if sealed else "",
    )  # fmt: skip
    session.add(row)
    session.flush()
    journal.record(session, by=by.login, act="custody.ask", subject=poll.key, detail={"reason": row.reason})
    return row


def _refuse_early(poll: Poll, today: dt.date) -> None:
    if poll.stage not in OVER:
        raise Refused("custody.stage", f"{poll.key} 现为“{poll.stage.chinese}”，办结或作废之后才能销毁票箱。")
    if today < kept_until(poll):
        raise Refused("custody.early", f"{poll.key} 的票箱应保管到{kept_until(poll)}，期满后再提出销毁。")


def confirm_destruction(
    session: Session, poll: Poll, *, config: Config, by: Account, at: dt.datetime
) -> Destruction:
    """Destroy the box, all that was opened from it, the shares, the card list; a second body confirms."""
    row = destruction(session, poll)
    if row is None:
        raise Refused("custody.not_asked", f"{poll.key} 还没有提出销毁，须先由监督人员提出。")
    if by.role not in (Role.OFFICE, Role.LEADER) or by.id == row.asked_by:
        raise Forbidden("custody.second_body", "销毁须由监督人员以外的第二方（我来办或县领导）确认。")
    if row.done:
        raise Refused("custody.done", f"{poll.key} 的票箱已于{row.shown_confirmed}销毁。")
    _refuse_early(poll, at.date())
    session.exec(delete(ShareSet).where(ShareSet.poll_id == poll.id))  # type: ignore[arg-type]  # a column expression
    row.confirmed_by, row.confirmed_at = by.id, at
    session.add(row)
    session.flush()
    beside = (config.issuer / poll.key, config.mail / poll.key)
    files = sum(shredding.shred(folder) for folder in (boxes.folder(config, poll), *beside))
    papers.destroy(session, poll, config=config)
    remarks.destroy(session, poll)
    board = Board(config.board)
    for kind in board.kinds(poll.key):
        if kind not in STAYING:
            board.withdraw(kind, poll.key)
    board.post("state", poll.key, b"destroyed", boxes.TEXT)
    detail = {"files": files, "sealed_sha256": row.sealed_sha256}
    journal.record(session, by=by.login, act="custody.destroy", subject=poll.key, detail=detail)
    return row
