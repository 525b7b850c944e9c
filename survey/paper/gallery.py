"""The gallery of blanks: rows read as 未评价, sixty at a time, with marked rows hidden to test the eye."""

import secrets
from collections.abc import Callable, Sequence

from sqlmodel import Session, col, select

from survey import journal
from survey.errors import Invalid, Missing, Refused
from survey.paper import chain
from survey.paper.models import (
    DoubtKind,
    PaperDoubt,
    PaperGallery,
    PaperPicture,
    PaperSide,
)
from survey.poll.models import Poll
from survey.poll.stages import stored_id
from survey.staff.models import Account

CELLS = 60
HIDDEN = 3  # marked rows on each page of the gallery
RANDOM = secrets.SystemRandom()

Cell = tuple[int, int]


def pictured(
    session: Session, poll: Poll, taken: Sequence[PaperSide], wanted: Callable[[str], bool]
) -> list[Cell]:
    """Return the rows (side, row) whose reading is wanted and whose picture is kept."""
    rows = {side.id: side.rows for side in taken if side.token}
    kept = session.exec(
        select(PaperPicture.side_id, PaperPicture.row)
        .join(PaperSide, col(PaperPicture.side_id) == PaperSide.id)
        .where(PaperSide.poll_id == poll.id)
    )
    return sorted((side, row) for side, row in kept if side in rows and wanted(rows[side][row]))


def lay_out(session: Session, poll: Poll, taken: Sequence[PaperSide], *, besides: set[Cell]) -> None:
    """Make the gallery's pages of all rows read as blank, shuffled, with hidden marked rows."""
    blanks = pictured(session, poll, taken, lambda option: option == "")
    marked = [
        cell for cell in pictured(session, poll, taken, lambda option: option in ("A", "B", "C"))
        if cell not in besides
    ]  # fmt: skip
    RANDOM.shuffle(blanks)
    room = CELLS - min(HIDDEN, len(marked))
    for start in range(0, len(blanks), room):
        hidden = RANDOM.sample(marked, min(HIDDEN, len(marked)))
        cells = [[*cell, 0] for cell in blanks[start : start + room]] + [[*cell, 1] for cell in hidden]
        RANDOM.shuffle(cells)
        session.add(PaperGallery(poll_id=stored_id(poll), cells=cells))
    session.flush()


def open_pages(session: Session, poll: Poll) -> Sequence[PaperGallery]:
    """Return the pages that nobody has passed yet."""
    return session.exec(
        select(PaperGallery).where(PaperGallery.poll_id == poll.id, col(PaperGallery.passed_by).is_(None))
    ).all()


def next_page(session: Session, poll: Poll, *, by: Account) -> PaperGallery | None:
    """Return a page that `by` may check: one that `by` has not failed before."""
    return next((page for page in open_pages(session, poll) if by.id not in page.failed_by), None)


def get(session: Session, poll: Poll, page_id: int) -> PaperGallery:
    """Return one page of the gallery."""
    page = session.get(PaperGallery, page_id)
    if page is None or page.poll_id != poll.id:
        raise Missing("paper.no_gallery", "没有这一页空白核对，请返回重新进入。")
    return page


def cell(session: Session, poll: Poll, page_id: int, place: int) -> Cell:
    """Return the side and row at one place of a page."""
    cells = get(session, poll, page_id).cells
    if not 0 <= place < len(cells):
        raise Missing("paper.gallery_place", "这一页没有这个位置，请刷新后重新核对。")
    side, row, _ = cells[place]
    return side, row


def check(session: Session, poll: Poll, page_id: int, *, seen: set[int], by: Account) -> bool:
    """Take the places (from 0) where `by` saw a mark; a hidden mark overlooked gives the page to another."""
    page = get(session, poll, page_id)
    if page.passed_by is not None or by.id in page.failed_by:
        raise Refused("paper.gallery_done", "这一页已经核对过，或应由另一人核对，请继续下一页。")
    if not seen <= set(range(len(page.cells))):
        raise Invalid("paper.gallery_place", "选中的位置不在这一页，请刷新后重新核对。")
    overlooked = [place for place, (*_, hidden) in enumerate(page.cells) if hidden and place not in seen]
    if overlooked:
        page.failed_by = [*page.failed_by, stored_id(by)]
    else:
        page.passed_by = stored_id(by)
        _doubt_seen(session, poll, page, seen)
    session.add(page)
    session.flush()
    passed = not overlooked
    detail = {"page": page.id, "passed": passed, "seen": len(seen)}
    chain.append(session, poll, {"gallery": page.id, "by": by.login, "passed": passed})
    journal.record(session, by=by.login, act="paper.gallery", subject=poll.key, detail=detail)
    return passed


def _doubt_seen(session: Session, poll: Poll, page: PaperGallery, seen: set[int]) -> None:
    """Lay each row on which a mark was seen before two people."""
    for place in sorted(seen):
        side_id, row, hidden = page.cells[place]
        if not hidden:
            session.add(
                PaperDoubt(
                    poll_id=stored_id(poll), side_id=side_id, row=row, kind=DoubtKind.GALLERY, reason="blank"
                )
            )  # fmt: skip
