"""Sealing: decided sheets become one shuffled batch for the inspectors; tokens and pictures are gone."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from sqlmodel import Session, col, delete, select

from survey import journal
from survey.box import batch as batches
from survey.box import boxfile, proof, store
from survey.box.batch import Batch
from survey.box.board import Board
from survey.box.manifest import Manifest, canonical
from survey.config import Config
from survey.errors import Invalid, Refused
from survey.paper import chain, deciding, gallery, prints, records, remarks, taking
from survey.paper.models import (
    BatchState,
    DoubtKind,
    PaperAccount,
    PaperBatch,
    PaperDoubt,
    PaperPicture,
    PaperSide,
)
from survey.paper.records import Sheet
from survey.poll import boxes
from survey.poll.models import Poll, Stage
from survey.poll.stages import require, stored_id
from survey.staff.models import Account

RANDOM = secrets.SystemRandom()
MOST_WRONG = 0.01  # of the hidden controls: above, every accepted row is looked at by people


def settle(
    session: Session, poll: Poll, *, sheet: int, returned: int, spoiled: int, unused: int, by: Account
) -> PaperAccount:
    """Keep 印制 = 收回 + 作废 + 未用 for one sheet of the ballot; printed is what the desk printed."""
    prints.require_hand(by)
    if taking.batch(session, poll) is None:
        taking.begin(session, poll)
    taking.require_batch(session, poll, BatchState.TAKING, BatchState.DECIDING)
    printed = sum(run.copies for run in prints.prints(session, poll) if sheet <= run.sheets)
    if not printed or min(sheet, returned, spoiled, unused) < 0:
        raise Invalid("paper.no_sheet", "没有印制过这一张，或数目小于0，请改正。")
    if printed != returned + spoiled + unused:
        raise Invalid(
            "paper.equation",
            f"第{sheet}张印制{printed}张，收回{returned}、作废{spoiled}、未用{unused}合计"
            f"{returned + spoiled + unused}张，对不上，请重新清点。",
        )
    row = session.get(PaperAccount, (poll.id, sheet)) or PaperAccount(
        poll_id=stored_id(poll), sheet=sheet, printed=0, returned=0, spoiled=0, unused=0, account_id=0
    )
    row.printed, row.returned, row.spoiled, row.unused = printed, returned, spoiled, unused
    row.account_id = stored_id(by)
    session.add(row)
    session.flush()
    detail = {"sheet": sheet, "returned": returned, "spoiled": spoiled, "unused": unused}
    journal.record(session, by=by.login, act="paper.settle", subject=poll.key, detail=detail)
    return row


def accounts(session: Session, poll: Poll) -> Sequence[PaperAccount]:
    """Return the paper accounts by sheet."""
    found = select(PaperAccount).where(PaperAccount.poll_id == poll.id).order_by(col(PaperAccount.sheet))
    return session.exec(found).all()


def recheck_all(session: Session, poll: Poll, *, by: Account) -> int:
    """Lay every row that the reader accepted before two people, because the controls were too often wrong."""
    prints.require_hand(by)
    taking.require_batch(session, poll, BatchState.DECIDING)
    there = {(each.side_id, each.row) for each in deciding.doubts(session, poll)}
    count = 0
    for side in taking.sides(session, poll):
        for row in range(len(side.rows) if side.token else 0):
            if (side.id, row) not in there:
                session.add(
                    PaperDoubt(
                        poll_id=side.poll_id, side_id=side.id, row=row, kind=DoubtKind.KEYED, reason="recheck"
                    )
                )  # fmt: skip
                count += 1
    session.flush()
    journal.record(session, by=by.login, act="paper.recheck", subject=poll.key, detail={"rows": count})
    return count


def ready(session: Session, poll: Poll) -> str:
    """Return the sentence that says what is still to be done before sealing, or an empty text."""
    progress = deciding.progress(session, poll)
    if progress.settled < progress.total:
        return f"还有{progress.total - progress.settled}行等待人工认定，请认定完再密封。"
    if open_ := len(gallery.open_pages(session, poll)):
        return f"还有{open_}页空白核对没有完成，请核对完再密封。"
    controls, wrong = deciding.wrong_controls(session, poll)
    everything = _rechecked(session, poll)
    if wrong > MOST_WRONG * controls and not everything:
        return f"暗中核对的{controls}行中有{wrong}行与机读不同，超过1%，须把机读的各行全部转为人工认定。"
    if waiting := remarks.open_(session, poll):
        return f"还有{waiting}条纸面意见没有录入和核对，请办完再密封。"
    return ""


def _rechecked(session: Session, poll: Poll) -> bool:
    found = select(PaperDoubt.id).where(PaperDoubt.poll_id == poll.id, PaperDoubt.reason == "recheck")
    return session.exec(found.limit(1)).first() is not None


def seal(session: Session, poll: Poll, *, config: Config, by: Account, witness: Account) -> PaperBatch:
    """Seal all decided sheets as one shuffled batch for the inspectors, then forget tokens and pictures."""
    prints.require_hand(by)
    prints.require_hand(witness)
    if by.id == witness.id:
        raise Refused("paper.two_sealers", "密封须由两人共同办理，请选择另一人。")
    require(poll, Stage.CLOSED)
    found = taking.require_batch(session, poll, BatchState.DECIDING)
    if sentence := ready(session, poll):
        raise Refused("paper.not_ready", sentence)
    sheets = records.sheets(
        taking.sides(session, poll), deciding.doubts(session, poll), prints.layouts(session, poll)
    )
    _refuse_surplus(session, poll, sheets)
    manifest, slate = Manifest.from_bytes(poll.manifest.encode()), json.loads(poll.slate)
    lines = [records.record(sheet, slate) for sheet in sheets if sheet.marks]
    RANDOM.shuffle(lines)
    header = _header(session, poll, found, sheets, lines) | {"sealed_by": [by.login, witness.login]}
    comments = list(remarks.every(session, poll))
    RANDOM.shuffle(comments)
    texts = [{"line": each.line, "text": each.text} for each in comments if each.text]
    pictures = [base64.b64encode(each.jpeg).decode() for each in comments if each.jpeg]
    raw = batches.close(manifest, Batch(header, lines, texts).content())
    seen = batches.close(manifest, canonical(pictures)) if pictures else b""
    found.digest, found.state = hashlib.sha256(raw).hexdigest(), BatchState.SEALED
    found.header = json.dumps(header, ensure_ascii=False, sort_keys=True)
    session.add(found)
    _forget(session, poll)
    detail = {"digest": found.digest, "records": len(lines), "chain": header["chain"]}
    journal.record(session, by=by.login, act="paper.seal", subject=poll.key, detail=detail)
    _leave(config, poll, {batches.NAME: raw, batches.PICTURES: seen})
    _publish(config, poll, raw, found)
    return found


def _refuse_surplus(session: Session, poll: Poll, sheets: Sequence[Sheet]) -> None:
    """Refuse more sheets than were counted by hand, or than were printed (收回 > 发出)."""
    by_number = {row.sheet: row for row in accounts(session, poll)}
    scanned = [sheet.number for sheet in sheets]
    for number in range(1, 1 + max(run.sheets for run in prints.prints(session, poll))):
        row = by_number.get(number)
        if row is None:
            raise Refused("paper.not_settled", f"请先清点并登记第{number}张的收回、作废和未用张数，再密封。")
        if scanned.count(number) != row.returned:
            raise Refused(
                "paper.surplus",
                f"第{number}张清点收回{row.returned}张，录入{scanned.count(number)}张，对不上，请查明原因。",
            )


def _header(
    session: Session, poll: Poll, found: PaperBatch, sheets: Sequence[Sheet], lines: list[dict[str, Any]]
) -> dict[str, Any]:
    controls, wrong = deciding.wrong_controls(session, poll)
    kinds = [each.kind.value for each in deciding.doubts(session, poll)]
    return {
        "format": batches.FORMAT,
        "poll": poll.key,
        "manifest": poll.manifest_sha256,
        "root": found.root,
        "chain": chain.head(session, poll),
        "records": len(lines),
        "records_sha256": records.digest(lines),
        "sheets": records.account(sheets),
        "carried": records.carried(sheets),
        "void_lines": records.void_lines(sheets),
        "accounts": [row.model_dump(exclude={"poll_id", "account_id"}) for row in accounts(session, poll)],
        "decided": {kind.value: kinds.count(kind.value) for kind in DoubtKind},
        "controls": {"decided": controls, "wrong": wrong},
    }


def _forget(session: Session, poll: Poll) -> None:
    """Delete what joins the sides of a sheet or shows handwriting; readings and decisions stay, chained."""
    remarks.forget(session, poll)
    mine = select(PaperSide.id).where(PaperSide.poll_id == poll.id)
    session.exec(delete(PaperPicture).where(col(PaperPicture.side_id).in_(mine)))
    for side in taking.sides(session, poll):
        side.token = None
        session.add(side)
    session.flush()


def _leave(config: Config, poll: Poll, files: Mapping[str, bytes]) -> None:
    """Write what is sealed beside the box and destroy the poll's MAC key."""
    folder = boxes.folder(config, poll)
    folder.mkdir(parents=True, exist_ok=True)
    for name, raw in files.items():
        if raw:
            fresh = folder / f"{name}.new"
            fresh.write_bytes(raw)
            fresh.replace(folder / name)
            boxfile.date(folder / name)
    boxfile.still(folder)
    with suppress(FileNotFoundError):
        key = prints.key_path(config, poll)
        key.write_bytes(bytes(key.stat().st_size))
        key.unlink()


def _publish(config: Config, poll: Poll, raw: bytes, found: PaperBatch) -> None:
    """Publish the batch's digest, on its own and on board S, which inspectors sign before they open."""
    board = Board(config.board)
    notice = {"poll": poll.key, "root": found.root, "sealed": found.digest}
    board.post("paper", poll.key, json.dumps(notice, sort_keys=True).encode(), boxes.JSON_TYPE)
    sheet = proof.sheet(store.draw_all(boxes.folder(config, poll)), batches.on_board(raw))
    board.post("sealed", poll.key, sheet, boxes.TEXT)


def refuse_unsealed(session: Session, poll: Poll) -> None:
    """Refuse to open a box beside which printed paper is not yet accounted for and sealed."""
    found = taking.batch(session, poll)
    if prints.prints(session, poll) and (found is None or found.state is not BatchState.SEALED):
        raise Refused(
            "paper.unsealed",
            f"{poll.key} 印制过纸质票，须先清点、录入并密封，再开箱；没有收回的也要登记清点后密封。",
        )
