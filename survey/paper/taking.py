"""Taking in read sides, naming what does not count, closing the intake before anyone decides anything."""

import json
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, func, select

from survey import journal
from survey.box.board import Board
from survey.config import Config
from survey.errors import Invalid, Missing, Refused
from survey.paper import chain, gallery, intake, prints, qrcode, remarks
from survey.paper.models import BatchState, DoubtKind, PaperBatch, PaperDoubt, PaperPicture, PaperSide
from survey.paper.reading import Side, State
from survey.paper.sheet import SIDES, Layout
from survey.poll.models import Poll, Stage
from survey.poll.stages import require, stored_id
from survey.staff.models import Account

DOUBTFUL = "?"
CONTROLS = 300  # hidden rows that people decide as well: none wrong means under 1 % at 95 %
CONTROL_SHARE = 0.05  # of accepted marks whose picture is kept to draw the controls from
KEPT_PAGES = 60  # below this many sides every picture is kept
HAND = "hand"
RANDOM = secrets.SystemRandom()


def batch(session: Session, poll: Poll) -> PaperBatch | None:
    """Return the poll's paper batch, if any paper was taken in."""
    return session.get(PaperBatch, poll.id)


def require_batch(session: Session, poll: Poll, *states: BatchState) -> PaperBatch:
    """Return the batch if it stands at one of `states`, else refuse."""
    found = batch(session, poll)
    if found is None:
        raise Missing("paper.no_batch", f"{poll.key} 还没有录入纸质票。")
    if found.state not in states:
        wanted = "或".join(f"“{state.chinese}”" for state in states)
        raise Refused("paper.state", f"纸质票现为“{found.state.chinese}”，只有处于{wanted}时才能办理这一步。")
    return found


def begin(session: Session, poll: Poll) -> PaperBatch:
    """Return the batch of a closed poll, opened at the first sheet that is taken in or accounted for."""
    require(poll, Stage.CLOSED)
    if batch(session, poll) is None:
        session.add(PaperBatch(poll_id=stored_id(poll)))
        session.flush()
    return require_batch(session, poll, BatchState.TAKING)


def sides(session: Session, poll: Poll) -> Sequence[PaperSide]:
    """Return every image taken in, in the order of their random ids."""
    return session.exec(
        select(PaperSide).where(PaperSide.poll_id == poll.id).order_by(col(PaperSide.id))
    ).all()


def known(session: Session, poll: Poll) -> frozenset[str]:
    """Return the digests of the images taken in, so that an interrupted intake goes on where it stopped."""
    return frozenset(session.exec(select(PaperSide.sha256).where(PaperSide.poll_id == poll.id)))


def take_in(session: Session, poll: Poll, found: Iterable[Side], *, by: Account) -> Counter[State]:
    """Keep one portion of read sides; a second scan of a side is a duplicate and counts once."""
    prints.require_hand(by)
    begin(session, poll)
    there = known(session, poll)
    fresh = [side for side in found if side.sha256 not in there or not side.sha256]
    kept = intake.without_repeats(fresh, _taken(session, poll))
    share = 1.0 if len(there) < KEPT_PAGES else CONTROL_SHARE
    for side in kept:
        _keep(session, poll, side, share)
    session.flush()
    counts = Counter(side.state for side in kept)
    detail = {state.value: count for state, count in sorted(counts.items())}
    journal.record(session, by=by.login, act="paper.take_in", subject=poll.key, detail=detail)
    return counts


def _taken(session: Session, poll: Poll) -> set[tuple[str, int]]:
    rows = session.exec(select(PaperSide.token, PaperSide.page).where(PaperSide.poll_id == poll.id))
    return {(token, page) for token, page in rows if token}


def _keep(session: Session, poll: Poll, side: Side, share: float) -> None:
    ours = side.state.ours and bool(side.token)
    held = side.state is not State.READ
    row = PaperSide(
        poll_id=stored_id(poll),
        sha256=side.sha256,
        state=side.state.value,
        layout=side.layout,
        page=side.page,
        token=side.token if ours else None,
        rows=[DOUBTFUL if held or each.doubtful else each.option for each in side.rows] if ours else [],
        holds=[hold.value for hold in side.holds],
        dpi=side.dpi,
    )
    session.add(row)
    session.flush()
    if not ours:
        return
    if side.remark:
        remarks.keep(session, poll, layout=side.layout, page=side.page, jpeg=side.remark)
    for at, (read, picture) in enumerate(zip(side.rows, side.pictures, strict=True)):
        if held or read.doubtful or not read.option or RANDOM.random() < share:
            session.add(PaperPicture(side_id=row.id, row=at, jpeg=picture))
        if read.doubtful and not held:
            _doubt(session, row, at, DoubtKind.DOUBT, read.reasons[0].value)


def _doubt(
    session: Session, side: PaperSide, row: int, kind: DoubtKind, reason: str, machine: str = ""
) -> None:
    session.add(
        PaperDoubt(
            poll_id=side.poll_id, side_id=side.id, row=row, kind=kind, reason=reason, machine=machine
        )
    )  # fmt: skip


def missing_sides(session: Session, poll: Poll) -> list[int]:
    """Return the page of every side that was not scanned though the other side of its sheet was."""
    return sorted(page for _, page in intake.missing(_taken(session, poll)))


def states(session: Session, poll: Poll) -> dict[State, int]:
    """Return how many images are of each state; a missing side counts as one."""
    rows = session.exec(
        select(PaperSide.state, func.count()).where(PaperSide.poll_id == poll.id).group_by(PaperSide.state)
    )
    counts = {State(state): count for state, count in rows}
    lost = len(missing_sides(session, poll))
    return counts | ({State.MISSING_SIDE: lost} if lost else {})


def forgo_missing(session: Session, poll: Poll, *, reason: str, by: Account) -> int:
    """Give up the sides that cannot be scanned any more; their lines are blank, the reason is kept."""
    prints.require_hand(by)
    require_batch(session, poll, BatchState.TAKING)
    if not reason.strip():
        raise Invalid("paper.forgo_reason", "请写明缺面无法补扫的原因。")
    lost = intake.missing(_taken(session, poll))
    for token, page in lost:
        session.add(
            PaperSide(
                poll_id=stored_id(poll), sha256="", state=State.MISSING_SIDE.value, page=page, token=token
            )
        )  # fmt: skip
    session.flush()
    detail = {"sides": len(lost), "reason": reason.strip()}
    journal.record(session, by=by.login, act="paper.forgo", subject=poll.key, detail=detail)
    return len(lost)


def key_sheet(session: Session, poll: Poll, *, sheet: int, layout: str, by: Account) -> list[PaperSide]:
    """Open a sheet that no scan shows for double entry by hand: both people read the paper itself."""
    prints.require_hand(by)
    begin(session, poll)
    form = prints.layouts(session, poll).get(layout)
    if form is None or not 1 <= sheet <= form.sheets:
        raise Missing("paper.no_sheet", "没有这一张票面，请核对批次和张数。")
    token = HAND + qrcode.new_token()
    pages = range(SIDES * (sheet - 1) + 1, SIDES * sheet + 1)
    found = [_keyed(session, poll, form, page, token) for page in pages]
    detail = {"sheet": sheet, "layout": layout}
    journal.record(session, by=by.login, act="paper.key_sheet", subject=poll.key, detail=detail)
    return found


def _keyed(session: Session, poll: Poll, form: Layout, page: int, token: str) -> PaperSide:
    rows = [DOUBTFUL] * len(form.side(page))
    side = PaperSide(
        poll_id=stored_id(poll), sha256="", state=State.READ.value, layout=form.digest, page=page,
        token=token, rows=rows,
    )  # fmt: skip
    session.add(side)
    session.flush()
    for at in range(len(rows)):
        _doubt(session, side, at, DoubtKind.KEYED, HAND)
    session.flush()
    return side


def close_intake(session: Session, poll: Poll, *, config: Config, by: Account) -> PaperBatch:
    """End the intake: fix the images under one root, publish it, lay out doubts, controls and the gallery."""
    prints.require_hand(by)
    found = require_batch(session, poll, BatchState.TAKING)
    if lost := missing_sides(session, poll):
        pages = "、".join(f"第{page}页" for page in sorted(set(lost)))
        raise Refused(
            "paper.missing_side", f"有{len(lost)}张票缺少一面（{pages}），请补扫，或登记无法补扫的原因。"
        )
    taken = sides(session, poll)
    found.root = intake.merkle_root(side.sha256 for side in taken if side.sha256)
    found.state = BatchState.DECIDING
    session.add(found)
    for side in sorted(taken, key=lambda each: (each.sha256, each.id)):
        chain.append(session, poll, {"image": side.sha256, "page": side.page, "rows": side.rows})
    _key_held(session, taken, prints.layouts(session, poll))
    controls = _lay_controls(session, poll, taken)
    gallery.lay_out(session, poll, taken, besides=controls)
    notice = {"poll": poll.key, "images": len(taken), "root": found.root}
    Board(config.board).post(
        "paper", poll.key, json.dumps(notice, sort_keys=True).encode(), "application/json"
    )
    journal.record(session, by=by.login, act="paper.close_intake", subject=poll.key, detail=notice)
    return found


def _key_held(session: Session, taken: Sequence[PaperSide], layouts: dict[str, Layout]) -> None:
    """Lay every row of a held page before two people."""
    for side in taken:
        if side.token and side.state in (State.STREAK, State.UNREADABLE):
            side.rows = [DOUBTFUL] * len(layouts[side.layout].side(side.page))
            session.add(side)
            for at in range(len(side.rows)):
                _doubt(session, side, at, DoubtKind.KEYED, side.state)
    session.flush()


def _lay_controls(session: Session, poll: Poll, taken: Sequence[PaperSide]) -> set[tuple[int, int]]:
    """Hide accepted rows among the doubts, under reasons that the doubts have, and return them."""
    reasons = [
        each.reason
        for each in session.exec(select(PaperDoubt).where(PaperDoubt.poll_id == poll.id))
        if each.kind is DoubtKind.DOUBT
    ]
    marked = gallery.pictured(session, poll, taken, lambda option: option not in ("", DOUBTFUL))
    # The other half stays for the gallery of blanks.
    chosen = RANDOM.sample(marked, min(CONTROLS, len(marked) // 2)) if reasons else []
    by_id = {side.id: side for side in taken}
    for side_id, row in chosen:
        side = by_id[side_id]
        _doubt(session, side, row, DoubtKind.CONTROL, RANDOM.choice(reasons), side.rows[row])
    session.flush()
    return set(chosen)
