"""Rendered sides as images, filled and scanned: the pages that tuning and judging read."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pypdfium2

from survey.config import Config
from survey.paper import ink, limits, marks, printing, qrcode, scan, sheet
from survey.paper.marks import Hold, Row
from survey.paper.sheet import Form, Layout
from survey.paper.tags import Frame
from tests.paper.damage import Condition, scanned
from tests.paper.filling import Truth, Voter
from tests.paper.pen import DPI
from tests.paper.slates import HEADING, a_slate

TUNING, JUDGING = 1_000_000, 3_000_000
KEY = b"k" * 32
FONTS = Path(__file__).parents[2] / "instance"


@dataclass(frozen=True)
class Filled:
    """A side as filled in, before it was scanned."""

    page: np.ndarray
    truths: list[Truth]


@lru_cache(maxsize=8)
def rendered(form: Form) -> tuple[Layout, list[np.ndarray]]:
    """Return the layout and its sides at 300 dpi."""
    layout = sheet.compose(a_slate([form.lines_a_sheet - 2]), form)
    config = Config(instance=FONTS, mode="demo", secret_key="x" * 32)
    blank = printing.rendered(layout, HEADING, config=config)
    return layout, images(printing.print_job(blank, layout, key=KEY, copies=1))


def images(pdf: bytes, dpi: int = DPI) -> list[np.ndarray]:
    """Return each page of a PDF as an 8-bit grey image."""
    document = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=dpi / 72, grayscale=True).to_numpy().squeeze().copy() for page in document]


@dataclass(frozen=True)
class Outcome:
    """What the reader made of one scan."""

    frame: Frame | None
    rows: list[Row]
    holds: list[Hold]
    one_bit: bool
    code: qrcode.Mark | None

    @property
    def readable(self) -> bool:
        return self.frame is not None and not self.holds and not self.one_bit


def filled(form: Form, seed: tuple[int, ...], *, clean: float = 0.95, side: int = 0) -> Filled:
    layout, sides = rendered(form)
    page = sides[side].astype(np.float32)
    rng = np.random.default_rng(seed)
    return Filled(page, Voter(page, form, rng, clean=clean).fill(len(layout.sides[side])))


def read(grey: np.ndarray, form: Form, rows: int) -> Outcome:
    """Read one scan as the intake does."""
    frame = scan.find(grey)
    if frame is None:
        return Outcome(None, [], [], one_bit=False, code=None)
    if scan.is_one_bit(grey, frame, form):
        return Outcome(frame, [], [], one_bit=True, code=None)
    squared = scan.crop(grey, frame, scan.strip_area(form), limits.K)
    strip = ink.strip(squared, frame.black, form, rows)
    found, page = marks.rows(strip)
    holds = marks.holds(strip, page, residual=frame.residual)
    if scan.has_streak(grey, frame):
        holds.append(Hold.STREAK)
    return Outcome(frame, found, holds, one_bit=False, code=scan.read_code(grey, frame))


def scan_of(filled: Filled, condition: Condition, seed: tuple[int, ...]) -> np.ndarray:
    return scanned(filled.page, condition, np.random.default_rng((*seed, 7)))
