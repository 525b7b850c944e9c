"""The public register of issued letters: who holds a letter can check it; who holds none learns nothing.

The notice "letters" of a round maps the SHA-256 of each verification code to what the letter is (kind,
number, issuing organ, date, whether it stands), never to whom it went or what it says.
"""

import hashlib
import json

from sqlmodel import Session, col, select

from survey.box.board import Board
from survey.config import Config
from survey.letters import kinds
from survey.letters.models import UNISSUED, Letter, LetterState

NOTICE = "letters"


def address(config: Config, letter: Letter) -> str:
    """Return the page that confirms this letter; it stands in the QR code under it."""
    return f"{config.hall_origin}/letter/{letter.round}/{letter.code}"


def entry(letter: Letter) -> dict[str, str]:
    """Return what the public may know of a letter whose code it holds."""
    return {
        "kind": letter.kind,
        "number": letter.number,
        "organ": kinds.read(letter.kind, letter.content).organ,
        "dated": letter.dated.isoformat(),
        "state": "withdrawn" if letter.state is LetterState.WITHDRAWN else "valid",
    }


def post(session: Session, round_: str, *, config: Config) -> None:
    """Put the register of a round on the public board, in place of the one before."""
    query = select(Letter).where(Letter.round == round_, col(Letter.state).not_in(UNISSUED))
    letters = session.exec(query.order_by(col(Letter.code))).all()
    entries = {hashlib.sha256(letter.code.encode()).hexdigest(): entry(letter) for letter in letters}
    content = json.dumps(entries, ensure_ascii=False, sort_keys=True).encode()
    Board(config.board).post(NOTICE, round_, content, "application/json")
