"""Paper in the hands of a desk without a scanner: sides as the reader gives them, drawn in a moment."""

import hashlib
import secrets

import cv2
import numpy as np
from sqlmodel import Session

from survey.config import Config
from survey.paper import prints, qrcode, service, sheet
from survey.paper.marks import Reason, Row
from survey.paper.models import PaperPrint
from survey.paper.reading import Side, State
from survey.paper.sheet import Layout
from survey.poll.models import Poll
from survey.staff.models import Account

CELL, HEIGHT = 152, 86  # px of one option cell as the reader cuts it out
ROWS = (Row("A", ()), Row("", ()), Row("", (Reason.UNCERTAIN,)), Row("B", ()), Row("", (Reason.DENSE,)))


def a_print(session: Session, poll: Poll, *, config: Config, by: Account, copies: int) -> Layout:
    """Note a print run as `print_ballots` does, without setting its pages."""
    layout = prints.compose(poll, form=sheet.NORMAL.name, rotation=0)
    prints.mac_key(config, poll)
    run = PaperPrint(
        poll_id=poll.id or 0, form=layout.form.name, rotation=0, layout=layout.digest, copies=copies,
        sheets=layout.sheets, account_id=by.id or 0,
    )  # fmt: skip
    session.add(run)
    session.flush()
    return layout


def sides_of(layout: Layout, ballots: int) -> list[Side]:
    """Return the read sides of some ballots, doubts and comments among them."""
    found = []
    for _ in range(ballots):
        tokens = [qrcode.new_token() for _ in range(layout.sheets)]
        for page in range(1, layout.pages + 1):
            rows = tuple(ROWS[at % len(ROWS)] for at in range(len(layout.side(page))))
            found.append(
                Side(
                    sha256=hashlib.sha256(secrets.token_bytes(8)).hexdigest(),
                    state=State.READ,
                    layout=layout.digest,
                    page=page,
                    token=tokens[(page - 1) // sheet.SIDES],
                    rows=rows,
                    pictures=tuple(a_picture(row) for row in rows),
                    remark=a_remark() if rows else b"",
                    dpi=200.0,
                )
            )
    return found


def a_picture(row: Row) -> bytes:
    """Return three boxes with a tick where the row has one, and a faint line where it is doubtful."""
    image = np.full((HEIGHT, 3 * CELL), 250, np.uint8)
    for option in range(3):
        middle = CELL * option + CELL // 2
        cv2.rectangle(image, (middle - 19, 24), (middle + 19, 62), 40, 2)
        if row.option == "ABC"[option] or (row.doubtful and option == 1):
            grey = 60 if row.option else 190
            points = np.array([[middle - 14, 42], [middle - 3, 56], [middle + 17, 28]])
            cv2.polylines(image, [points], isClosed=False, color=grey, thickness=4)
    return jpeg(image)


def a_remark() -> bytes:
    """Return something like two lines of handwriting."""
    rng = np.random.default_rng(3)
    image = np.full((166, 1339), 250, np.uint8)
    for at in range(40):
        start = np.array([30 + 30 * (at % 20) * 2, 40 + 70 * (at // 20)])
        points = start + rng.integers(-14, 15, (5, 2))
        cv2.polylines(image, [points], isClosed=False, color=50, thickness=3)
    return jpeg(image)


def jpeg(image: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", image)[1].tobytes()


def paper_in_hand(session: Session, poll: Poll, *, config: Config, by: Account, ballots: int = 2) -> Layout:
    """Take some paper of a closed poll in, one side of it missing; return its layout."""
    layout = a_print(session, poll, config=config, by=by, copies=ballots + 1)
    service.take_in(session, poll, sides_of(layout, ballots), by=by)
    return layout
