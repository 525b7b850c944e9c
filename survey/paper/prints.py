"""Printing paper ballots of a frozen poll: the file is handed out once and its deletion recorded.

The poll's MAC key lies in a file of its own and is destroyed when the batch is sealed.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from sqlmodel import Session, col, select

from survey import journal
from survey.config import Config
from survey.errors import Forbidden, Invalid, Missing, Refused
from survey.paper import printing, qrcode, sheet
from survey.paper.models import PaperPrint
from survey.paper.printing import Heading, Progress
from survey.paper.reading import Press
from survey.paper.sheet import Layout
from survey.poll.models import Poll, Stage
from survey.poll.stages import require, stored_id
from survey.staff.models import Account, Role

HANDS = frozenset({Role.OFFICE, Role.INSPECTOR})
MOST_COPIES = 2000


def require_hand(by: Account) -> None:
    """Refuse anyone but the office's and the inspectors' people."""
    if by.role not in HANDS:
        raise Forbidden("paper.role", "纸质票只能由我来办办公室和纪委监委的工作人员办理。")


def key_path(config: Config, poll: Poll) -> Path:
    """Return the file of the poll's MAC key."""
    return config.instance / "paper" / poll.key / "mac.key"


def mac_key(config: Config, poll: Poll) -> bytes:
    """Return the poll's MAC key, made at the first print run."""
    path = key_path(config, poll)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(qrcode.new_key())
    return path.read_bytes()


def prints(session: Session, poll: Poll) -> Sequence[PaperPrint]:
    """Return the print runs of a poll, the first first."""
    return session.exec(
        select(PaperPrint).where(PaperPrint.poll_id == poll.id).order_by(col(PaperPrint.id))
    ).all()


def layout_of(poll: Poll, print_: PaperPrint) -> Layout:
    """Return the layout of a print run, composed again from the frozen slate."""
    return compose(poll, form=print_.form, rotation=print_.rotation)


def compose(poll: Poll, *, form: str, rotation: int) -> Layout:
    """Return the layout of a poll's frozen slate."""
    if form not in sheet.FORMS:
        raise Invalid("paper.no_form", "没有这种字号的票面，请选择普通或大字。")
    return sheet.compose({**json.loads(poll.slate), "poll": poll.key}, sheet.FORMS[form], rotation=rotation)


def layouts(session: Session, poll: Poll) -> dict[str, Layout]:
    """Return every printed layout by its digest."""
    return {each.layout: layout_of(poll, each) for each in prints(session, poll)}


def press(session: Session, poll: Poll, *, config: Config) -> Press:
    """Return what the reader must know of the poll's sheets."""
    found = layouts(session, poll)
    if not found or not key_path(config, poll).exists():
        raise Missing("paper.not_printed", f"{poll.key} 没有印制过纸质票，不能识别扫描件。")
    return Press(poll.key, mac_key(config, poll), found)


def print_ballots(
    session: Session,
    poll: Poll,
    *,
    copies: int,
    config: Config,
    by: Account,
    form: str = sheet.NORMAL.name,
    rotation: int | None = None,
    progress: Progress = printing.unwatched,
) -> bytes:
    """Return `copies` ballots as one PDF, which the desk does not keep; each run turns the units further."""
    require_hand(by)
    require(poll, Stage.FROZEN, Stage.OPEN)
    if not 1 <= copies <= MOST_COPIES:
        raise Invalid("paper.copies", f"一次印制份数应在1至{MOST_COPIES}之间，请改正。")
    runs = prints(session, poll)
    layout = compose(poll, form=form, rotation=_turn(poll, len(runs)) if rotation is None else rotation)
    heading = Heading(poll.title, config.county, config.discipline_phone, poll.manifest_sha256)
    blank = printing.rendered(layout, heading, config=config)
    key = mac_key(config, poll)
    pdf = printing.print_job(blank, layout, key=key, copies=copies, progress=progress)
    run = PaperPrint(
        poll_id=stored_id(poll),
        form=form,
        rotation=layout.rotation,
        layout=layout.digest,
        copies=copies,
        sheets=layout.sheets,
        account_id=stored_id(by),
    )
    session.add(run)
    session.flush()
    detail = {"form": form, "copies": copies, "sheets": layout.sheets, "layout": layout.digest}
    journal.record(session, by=by.login, act="paper.print", subject=poll.key, detail=detail)
    return pdf


def _turn(poll: Poll, runs: int) -> int:
    """Return the rotation of the next run: a third of the units further each time."""
    units = len(json.loads(poll.slate)["units"])
    return runs * max(1, units // 3) % max(1, units)


def confirm_deleted(session: Session, poll: Poll, print_id: int, *, by: Account) -> PaperPrint:
    """Record that the print file of a run was deleted after printing."""
    require_hand(by)
    run = session.get(PaperPrint, print_id)
    if run is None or run.poll_id != poll.id:
        raise Missing("paper.no_print", "没有这次印制的记录，请返回页面重新选择。")
    if run.deleted_by is not None:
        raise Refused("paper.deleted", "这次印制的文件已登记删除，不用重复登记。")
    run.deleted_by = stored_id(by)
    session.add(run)
    session.flush()
    detail = {"layout": run.layout, "copies": run.copies}
    journal.record(session, by=by.login, act="paper.file_deleted", subject=poll.key, detail=detail)
    return run
