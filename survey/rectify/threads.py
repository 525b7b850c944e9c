"""The thread of one task: the unit reports, the office sends back or verifies, files prove it."""

import datetime as dt
import hashlib
import json

from sqlmodel import Session, select

from survey import journal
from survey.config import Config
from survey.errors import Forbidden, Invalid, Refused
from survey.mailbox import closing
from survey.rectify import evidence
from survey.rectify.evidence import Upload
from survey.rectify.models import Evidence, Outcome, Step, StepKind, Task
from survey.review.access import key, only
from survey.staff.models import Account, Role

FILES_PER_STEP = 5


def report_step(
    session: Session,
    task: Task,
    *,
    text: str,
    by: Account,
    today: dt.date,
    files: tuple[Upload, ...] = (),
    config: Config | None = None,
) -> Step:
    """Let the unit report its task done, with evidence; the light turns green, the office still verifies."""
    _own_task(task, by)
    _unfinished(task)
    _check_text(text)
    task.done_on = today
    step = add_step(session, task, StepKind.REPORTED, text, by=by, today=today)
    _attach(session, step, files, config)
    return step


def note(
    session: Session,
    task: Task,
    *,
    text: str,
    by: Account,
    today: dt.date,
    files: tuple[Upload, ...] = (),
    config: Config | None = None,
) -> Step:
    """Write how the work goes, by the unit or the office; the task stays open."""
    if by.role is Role.UNIT_CLERK:
        _own_task(task, by)
    else:
        only(by, Role.OFFICE, Role.INSPECTOR, act="填写备注")
    step = add_step(session, task, StepKind.NOTE, text, by=by, today=today)
    _attach(session, step, files, config)
    return step


def send_back(session: Session, task: Task, *, reason: str, by: Account, today: dt.date) -> Step:
    """Return a reported task to the unit: it is unfinished again and keeps its deadline."""
    only(by, Role.OFFICE, Role.INSPECTOR, act="退回重办")
    _reported(task)
    _check_text(reason)
    task.done_on = None
    return add_step(session, task, StepKind.RETURNED, reason, by=by, today=today)


def verify(session: Session, task: Task, *, text: str, by: Account, today: dt.date) -> Step:
    """Close a reported task after the office has checked it."""
    only(by, Role.OFFICE, act="核实销号")
    _reported(task)
    _refuse_unsolved(session, task)
    _check_text(text)
    task.verified_on = today
    return append(session, task, StepKind.VERIFIED, text, by=by, today=today)


def _refuse_unsolved(session: Session, task: Task) -> None:
    """Ask what the writers of the remarks behind a task say of the public answer."""
    query = select(Outcome.comment_id).where(Outcome.task_id == task.id)
    closing.refuse_unsolved(session, session.exec(query).all())


def _own_task(task: Task, by: Account) -> None:
    only(by, Role.UNIT_CLERK, act="反馈整改情况")
    if task.unit_id != by.unit_id:
        raise Forbidden("rectify.other_unit", "这是其他单位的整改事项，您不能查看或办理。")


def _unfinished(task: Task) -> None:
    if task.done_on:
        raise Refused("rectify.reported", f"该事项已于{task.done_on}反馈完成，请等待办公室核实。")


def _reported(task: Task) -> None:
    if task.verified_on:
        raise Refused("rectify.closed", f"该事项已于{task.verified_on}核实销号。")
    if task.done_on is None:
        raise Refused("rectify.not_reported", "责任单位还没有反馈完成，不能核实或退回。")


def add_step(session: Session, task: Task, kind: StepKind, text: str, *, by: Account, today: dt.date) -> Step:
    """Append one dated entry to a thread that is not closed."""
    if task.verified_on:
        raise Refused("rectify.closed", f"该事项已于{task.verified_on}核实销号，不能再填写。")
    return append(session, task, kind, text, by=by, today=today)


def append(session: Session, task: Task, kind: StepKind, text: str, *, by: Account, today: dt.date) -> Step:
    """Append one dated entry to a thread, closed or not; journal it with the digests of step and task."""
    _check_text(text)
    step = Step(task_id=key(task.id), on=today, account_id=key(by.id), kind=kind, text=text.strip())
    session.add_all([step, task])
    session.flush()
    detail = {"on": today, "task": digest(task), "step": digest(step)}
    journal.record(
        session, by=by.login, act=f"task.{kind.name.lower()}", subject=f"事项{task.id}", detail=detail
    )
    return step


def _check_text(text: str) -> None:
    if not text.strip():
        raise Invalid("rectify.no_text", "请写明情况后再提交。")


def digest(row: Task | Step) -> str:
    """Return the SHA-256 of all that a row says; the journal keeps it, so a changed row is found."""
    content = json.dumps(row.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _attach(session: Session, step: Step, files: tuple[Upload, ...], config: Config | None) -> None:
    if not files:
        return
    if config is None:
        raise ValueError("files need the configuration that says where they are kept")
    if len(files) > FILES_PER_STEP:
        raise Invalid("rectify.many_files", f"一次最多上传{FILES_PER_STEP}个文件，请分次提交。")
    for upload in files:
        evidence.check(upload)
    for upload in files:
        name, digest = evidence.keep(config, upload)
        session.add(Evidence(step_id=key(step.id), filename=name, sha256=digest))
    session.flush()
