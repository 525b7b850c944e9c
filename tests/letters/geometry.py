"""Reading positions from a finished letter, in mm from the paper's top left, as one would with a ruler."""

from dataclasses import dataclass
from io import BytesIO

import pdfplumber

MM = 72 / 25.4
ASCENT = 0.88


@dataclass(frozen=True)
class SetRow:
    """One row of glyphs of one size: the top of its em square, its ends, its text."""

    top: float
    left: float
    right: float
    size: float
    text: str


@dataclass(frozen=True)
class Page:
    """The rows and red or black rules of a page, and the box of each drawn curve (the seal's ring)."""

    rows: tuple[SetRow, ...]
    rules: tuple[tuple[float, float, float, float], ...]
    foot: float
    ring: tuple[float, float, float, float] | None
    text: str

    def body(self) -> list[SetRow]:
        """Return the rows set in the body's size."""
        return [row for row in self.rows if abs(row.size - 156 / 28) < 0.01]

    def row(self, start: str) -> SetRow:
        """Return the first row whose text starts with `start`."""
        return next(row for row in self.rows if row.text.startswith(start))


def measure(content: bytes) -> list[Page]:
    """Return every page of a PDF as measured."""
    with pdfplumber.open(BytesIO(content)) as pdf:
        return [_page(page) for page in pdf.pages]


def _page(page: pdfplumber.page.Page) -> Page:
    groups: dict[tuple[int, int], list[dict]] = {}
    for char in page.chars:
        if not char["upright"] or abs(char["matrix"][1]) > 1e-6:
            continue  # the name on the seal's arc
        top = (page.height - char["matrix"][5]) / MM - ASCENT * char["size"] / MM
        groups.setdefault((round(top * 20), round(char["size"] * 100)), []).append({**char, "em_top": top})
    rows = [_row(chars) for _key, chars in sorted(groups.items())]
    rules = {
        tuple(round(value / MM, 3) for value in (rect["x0"], rect["top"], rect["x1"], rect["bottom"]))
        for rect in page.rects
        if rect["width"] > 100 and 1 < rect["height"] < 10
    }
    foot = max((rect["bottom"] / MM for rect in page.rects if rect["width"] > 400), default=0.0)
    circles = [c for c in page.curves if c["width"] > 100]
    ring = None
    if circles:
        widest = max(circles, key=lambda curve: curve["width"])
        ring = tuple(widest[side] / MM for side in ("x0", "top", "x1", "bottom"))
    return Page(tuple(rows), tuple(sorted(rules, key=lambda r: r[1])), foot, ring, page.extract_text())


def _row(chars: list[dict]) -> SetRow:
    chars = sorted(chars, key=lambda char: char["x0"])
    return SetRow(
        top=chars[0]["em_top"],
        left=chars[0]["x0"] / MM,
        right=chars[-1]["x1"] / MM,
        size=chars[0]["size"] / MM,
        text="".join(char["text"] for char in chars),
    )
