"""现场监督记录: each step of the hall is signed once, in order, by an inspector."""

import datetime as dt
import json

from sqlmodel import Session, select

from survey import journal
from survey.box.board import Board
from survey.config import Config
from survey.errors import Forbidden, Missing, Refused
from survey.poll.models import HallEntry, HallStep, Poll, Stage
from survey.poll.stages import require, stored_id
from survey.staff.models import Account, Role

STEPS = tuple(HallStep)
STAGES_OF_STEP = {
    HallStep.FILLING: (Stage.OPEN,),
    HallStep.FILLED: (Stage.OPEN, Stage.CLOSED),
    HallStep.SEALED: (Stage.CLOSED,),
}
"""When a step may be signed; the steps before filling may be signed once the poll is frozen."""


def entries(session: Session, poll: Poll) -> dict[HallStep, HallEntry]:
    """Return the signed steps of `poll` in their order."""
    found = session.exec(select(HallEntry).where(HallEntry.poll_id == poll.id)).all()
    return {entry.step: entry for entry in sorted(found, key=lambda entry: STEPS.index(entry.step))}


def next_step(session: Session, poll: Poll) -> HallStep | None:
    """Return the first step not yet signed, or None when the record is complete."""
    signed = entries(session, poll)
    return next((step for step in STEPS if step not in signed), None)


def post_steps(session: Session, poll: Poll, *, config: Config) -> None:
    """Post for the hall screen which steps are signed: no times, no names, no notes."""
    signed = entries(session, poll)
    steps = [{"name": step.value, "signed": step in signed} for step in STEPS]
    content = json.dumps(steps, ensure_ascii=False).encode()
    Board(config.board).post("steps", poll.key, content, "application/json")


def step_named(name: str) -> HallStep:
    """Return the step whose English name stands in an address."""
    if name in HallStep.__members__:
        return HallStep[name]
    raise Missing("poll.no_step", "现场监督记录没有这一步，请返回页面重新选择。")


def log_step(
    session: Session, poll: Poll, *, step: HallStep, at: dt.datetime, note: str = "", by: Account
) -> HallEntry:
    """Sign one step with its time; steps cannot be skipped, repeated or dated before the one before."""
    if by.role is not Role.INSPECTOR:
        raise Forbidden("poll.inspector_only", "现场监督记录只能由纪委监委监督人员签记。")
    require(poll, *STAGES_OF_STEP.get(step, (Stage.FROZEN, Stage.OPEN)))
    signed = entries(session, poll)
    _check_order(step, at, signed)
    entry = HallEntry(poll_id=stored_id(poll), step=step, at=at, note=note.strip(), account_id=stored_id(by))
    session.add(entry)
    session.flush()
    journal.record(session, by=by.login, act="poll.hall_step", subject=poll.key, detail={"step": step.value})
    return entry


def _check_order(step: HallStep, at: dt.datetime, signed: dict[HallStep, HallEntry]) -> None:
    if step in signed:
        raise Refused("poll.step_signed", f"“{step.value}”已由监督人员签记，不能重复签记。")
    missing = next(other for other in STEPS if other not in signed)
    if missing is not step:
        raise Refused(
            "poll.step_order", f"请先签记“{missing.value}”，再签记“{step.value}”：现场步骤不能跳过。"
        )
    last = max((entry.at for entry in signed.values()), default=at)
    if at < last:
        raise Refused("poll.step_time", f"“{step.value}”的时间早于上一步，请核对后重新签记。")
