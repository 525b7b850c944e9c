"""What the office adds to a document when it goes out: number, date, code, signature block and seal."""

import datetime as dt
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from survey.letters import chop, gb9704, qr, render
from survey.letters.faces import load
from survey.letters.kinds import Document
from survey.letters.setting import Setter


@dataclass(frozen=True, kw_only=True)
class Imprint:
    """The frozen particulars of one letter; `check_url` is what the QR code under it opens."""

    number: str
    dated: dt.date
    code: str
    check_url: str

    @property
    def shown_code(self) -> str:
        """Return the verification code in groups of four."""
        return grouped(self.code)


def grouped(code: str) -> str:
    """Return a code in groups of four."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def printed(document: Document, imprint: Imprint, *, fonts: Path, overlay: str = "") -> bytes:
    """Return the finished letter as PDF/A-3a."""
    advance = partial(Setter(load(fonts)).advance, "FS")
    sign = gb9704.sealed(document.names, imprint.dated, advance) if document.names else None
    context = {
        "doc": document,
        "imprint": imprint,
        "sign": sign,
        "seal": chop.seal_uri(document.organ),
        "qr_image": qr.svg_uri(imprint.check_url),
    }
    template, style = f"letters/{document.TEMPLATE}", f"letters/{document.STYLE}"
    return render.pdf(template, context, fonts=fonts, dated=imprint.dated, style=style, overlay=overlay)
