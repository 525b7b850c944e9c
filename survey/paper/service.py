"""Paper ballots, verb by verb: print, take in, close the intake, decide, check blanks, settle, seal."""

from sqlmodel import Session

from survey.paper import gallery, remarks, taking
from survey.paper.chain import first_break
from survey.paper.deciding import (
    Progress,
    Task,
    decide,
    get,
    next_task,
    picture,
    progress,
    task_of,
    witnesses,
    wrong_controls,
)
from survey.paper.ending import destroy, inventory
from survey.paper.models import BatchState, Choice, PaperGallery, PaperRemark
from survey.paper.prints import confirm_deleted, layouts, press, print_ballots, prints, require_hand
from survey.paper.sealing import accounts, ready, recheck_all, refuse_unsealed, seal, settle
from survey.paper.taking import (
    batch,
    close_intake,
    forgo_missing,
    key_sheet,
    known,
    missing_sides,
    sides,
    states,
    take_in,
)
from survey.poll.models import Poll
from survey.staff.models import Account

__all__ = [
    "Choice",
    "Progress",
    "Task",
    "accounts",
    "batch",
    "check_gallery",
    "close_intake",
    "confirm_deleted",
    "decide",
    "destroy",
    "first_break",
    "forgo_missing",
    "gallery_picture",
    "get",
    "inventory",
    "key_sheet",
    "known",
    "layouts",
    "missing_sides",
    "next_gallery",
    "next_remark",
    "next_task",
    "note_remark",
    "picture",
    "press",
    "print_ballots",
    "prints",
    "progress",
    "ready",
    "recheck_all",
    "refuse_unsealed",
    "remarks",
    "seal",
    "settle",
    "sides",
    "states",
    "take_in",
    "task_of",
    "witnesses",
    "wrong_controls",
]  # fmt: skip


def next_gallery(session: Session, poll: Poll, *, by: Account) -> PaperGallery | None:
    """Return a page of rows read as blank that `by` may check, or None."""
    taking.require_batch(session, poll, BatchState.DECIDING)
    return gallery.next_page(session, poll, by=by)


def next_remark(session: Session, poll: Poll, *, by: Account) -> PaperRemark | None:
    """Return the next comment for `by`, once the images are fixed, like every other decision."""
    taking.require_batch(session, poll, BatchState.DECIDING)
    return remarks.next_remark(session, poll, by=by)


def note_remark(session: Session, poll: Poll, *, layout: str, page: int, by: Account) -> PaperRemark:
    """Open a comment that no scan shows, as long as the batch is not sealed."""
    taking.require_batch(session, poll, BatchState.TAKING, BatchState.DECIDING)
    return remarks.note(session, poll, layout=layout, page=page, by=by)


def gallery_picture(session: Session, poll: Poll, page_id: int, place: int) -> bytes:
    """Return the option cells of one place (from 0) of a gallery page as JPEG."""
    side, row = gallery.cell(session, poll, page_id, place)
    return picture(session, poll, side, row)


def check_gallery(session: Session, poll: Poll, page_id: int, *, seen: set[int], by: Account) -> bool:
    """Take where `by` saw a mark; False when a hidden mark was overlooked and another person must check."""
    require_hand(by)
    taking.require_batch(session, poll, BatchState.DECIDING)
    return gallery.check(session, poll, page_id, seen=seen, by=by)
