"""The print job: each side is rendered once, then copied with the QR codes of fresh random tokens.

The codes are drawn as vectors on copies of the page that share its text, fonts and lines. The file joins
the sheets of one ballot by its order: it is deleted after printing, with a record.
"""

import datetime as dt
import io
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pikepdf
import segno

from survey.config import Config
from survey.errors import Invalid
from survey.letters import render
from survey.paper import drawing, qrcode, sheet
from survey.paper.sheet import Layout
from survey.paper.words import words

POINTS = 72 / 25.4
DATED = dt.date(2000, 1, 1)  # the file itself must not tell when the ballots were printed
QR_VERSION, QR_LEVEL, QR_MASK = 3, "q", 3
SHOWN = 16
TITLE_WIDTH, TITLE_SIZE = 142.0, 5.6

Progress = Callable[[int, int], None]


def unwatched(done: int, total: int) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True)
class Heading:
    """What stands on every side beside the rows."""

    title: str
    county: str
    phone: str
    manifest_sha256: str


def rendered(layout: Layout, heading: Heading, *, config: Config) -> bytes:
    """Return one ballot as PDF without QR codes."""
    context: Mapping[str, object] = {
        "s": sheet,
        "form": layout.form,
        "sides": drawing.sides(layout),
        "title": heading.title,
        "title_size": min(TITLE_SIZE, TITLE_WIDTH / max(1, len(heading.title))),
        "county": heading.county,
        "phone": heading.phone,
        "words": words(heading.manifest_sha256),
        "code": " ".join(heading.manifest_sha256[at : at + 4] for at in range(0, SHOWN, 4)),
    }
    return render.pdf(
        "ballots/sheet.html", context, fonts=config.fonts, dated=DATED, style="ballots/sheet.css"
    )


def print_job(
    blank: bytes, layout: Layout, *, key: bytes, copies: int, progress: Progress = unwatched
) -> bytes:
    """Return `copies` ballots as one PDF; both sides of a sheet share a token, no two sheets do."""
    if copies < 1:
        raise Invalid("paper.no_copies", "请填写要印制的份数。")
    with pikepdf.open(io.BytesIO(blank)) as pdf:
        _strip(pdf)
        pages = [page.obj for page in pdf.pages]
        fronts = [_sealed(pdf, page) for page in pages]
        del pdf.pages[:]
        for done in range(copies):
            _append(pdf, pages, fronts, layout, key)
            progress(done + 1, copies)
        out = io.BytesIO()
        pdf.save(out, compress_streams=True, deterministic_id=True)
        return out.getvalue()


def _strip(pdf: pikepdf.Pdf) -> None:
    """Take away the outline of structure, which speaks of one copy only, and all metadata."""
    for name in ("/StructTreeRoot", "/MarkInfo", "/Metadata", "/Outlines", "/PieceInfo"):
        if name in pdf.Root:
            del pdf.Root[name]
    for name in list(pdf.docinfo.keys()):
        del pdf.docinfo[name]


def _sealed(pdf: pikepdf.Pdf, page: pikepdf.Object) -> list[pikepdf.Object]:
    """Return a page's content as streams between q and Q, so that what follows has the page's axes."""
    content = page.Contents
    parts = list(content) if isinstance(content, pikepdf.Array) else [content]
    return [pdf.make_stream(b"q\n"), *parts, pdf.make_stream(b"\nQ\n")]


def _append(
    pdf: pikepdf.Pdf,
    pages: Sequence[pikepdf.Object],
    fronts: Sequence[list[pikepdf.Object]],
    layout: Layout,
    key: bytes,
) -> None:
    """Add one ballot, a fresh token for each sheet of paper."""
    tokens = [qrcode.new_token() for _ in range(layout.sheets)]
    for at, (page, front) in enumerate(zip(pages, fronts, strict=True)):
        text = qrcode.payload(
            key=key, poll=layout.poll, layout=layout.digest, page=at + 1, token=tokens[at // sheet.SIDES]
        )
        copy = pikepdf.Dictionary(dict(page.items()))
        if "/StructParents" in copy:
            del copy["/StructParents"]
        copy.Contents = pikepdf.Array([*front, pdf.make_stream(_drawn(text))])
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(copy)))


def _drawn(text: str) -> bytes:
    """Return a QR code as PDF drawing commands, in millimetres from the sheet's top left."""
    left, top, size = sheet.QR
    code = segno.make_qr(text, version=QR_VERSION, error=QR_LEVEL, mask=QR_MASK, boost_error=False)
    step = size / len(code.matrix)
    rows = [
        _bar(start, y, run)
        for y, row in enumerate(code.matrix)
        for start, run in drawing.runs([bool(v) for v in row])
    ]
    scale = POINTS * step
    origin = f"{scale:.5f} 0 0 {-scale:.5f} {left * POINTS:.4f} {(sheet.HEIGHT - top) * POINTS:.4f} cm"
    return f"q 0 g {origin}\n{''.join(rows)}f Q".encode()


@lru_cache(maxsize=4096)
def _bar(x: int, y: int, run: int) -> str:
    return f"{x} {y} {run} 1 re\n"


def shuffled(count: int) -> list[int]:
    """Return 0 to count-1 in an order of the system's random source."""
    order = list(range(count))
    secrets.SystemRandom().shuffle(order)
    return order
