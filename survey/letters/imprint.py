"""What the office adds to a document when it goes out: number, date, code, signature block and seal."""

import datetime as dt
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path

from survey.letters import chop, gb9704, qr, render
from survey.letters.faces import load
from survey.letters.facts import BY_HAND, NO_SIGNATURE, SEALED, UNSEALED, Look
from survey.letters.kinds import Document
from survey.letters.setting import Setter


class Pressed(Enum):
    """The seal of a letter that has no image: a drawn test seal, or room for a real one."""

    SPECIMEN = "specimen"
    BY_HAND = "by hand"


@dataclass(frozen=True, kw_only=True)
class Imprint:
    """The frozen particulars of one letter; `check_url` is what the QR code under it opens.

    `seal` is the organ's own seal image; without one, the test seal (样章) of the demonstration is drawn, or,
    when the seal is pressed by hand, none.
    """

    number: str
    dated: dt.date
    code: str
    check_url: str
    seal: Path | Pressed = Pressed.SPECIMEN

    @property
    def shown_code(self) -> str:
        """Return the verification code in groups of four."""
        return grouped(self.code)


def grouped(code: str) -> str:
    """Return a code in groups of four."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


SIGNATURES = {
    SEALED: gb9704.sealed,
    BY_HAND: gb9704.sealed,
    UNSEALED: gb9704.unsealed,
    NO_SIGNATURE: gb9704.unsigned,
}
"""How each kind is signed (GB/T 9704, 7.3.5): with a seal, without, or by hand on the sheet."""


def _seal(document: Document, seal: Path | Pressed) -> str | None:
    """Return the address of the image to print, None when there is none."""
    if document.SIGNATURE != SEALED or seal is Pressed.BY_HAND:
        return None
    return chop.seal_uri(document.organ) if isinstance(seal, Pressed) else seal.resolve().as_uri()


def printed(document: Document, imprint: Imprint, *, fonts: Path, overlay: str = "") -> bytes:
    """Return the finished letter as PDF/A-3a."""
    advance = partial(Setter(load(fonts)).advance, "FS")
    grid = gb9704.LARGE if getattr(document, "look", None) is Look.LARGE else gb9704.STANDARD
    sign = SIGNATURES[document.SIGNATURE](document.names, imprint.dated, advance, grid)
    context = {
        "doc": document,
        "imprint": imprint,
        "sign": sign,
        "seal": _seal(document, imprint.seal),
        "qr_image": qr.svg_uri(imprint.check_url),
    }
    template, style = f"letters/{document.TEMPLATE}", f"letters/{document.STYLE}"
    return render.pdf(
        template, context, fonts=fonts, dated=imprint.dated, style=style, overlay=overlay, grid=grid
    )
