"""Pens and hands: strokes drawn on a rendered page as ink, and the marks that people make with them.

The generator of paper.md section 9. A page here is a float image at `SCALE` px/mm; everything comes from
one numpy generator, so a seed names a page for good.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from survey.paper import sheet

DPI = 300
SCALE = DPI / 25.4
FINE = 3  # strokes are drawn at three times the page's resolution
OPTIONS = "ABC"


@dataclass(frozen=True)
class Pen:
    width: float  # mm
    alpha: float
    grey: float
    grain: float


PENS = {
    "gel": (Pen(0.50, 0.95, 0.08, 0.05), 3),
    "blue ball": (Pen(0.35, 0.80, 0.28, 0.25), 2),
    "black ball": (Pen(0.38, 0.85, 0.15, 0.20), 2),
    "felt": (Pen(1.00, 0.95, 0.10, 0.03), 1),
    "red": (Pen(0.40, 0.85, 0.38, 0.10), 1),
}
PENCIL = Pen(0.45, 0.50, 0.35, 0.55)
Path = Sequence[tuple[float, float]]


class Hand:
    """One person with one pen at one page; draws in millimetres."""

    def __init__(self, page: np.ndarray, rng: np.random.Generator, pen: Pen | None = None) -> None:
        self.page, self.rng = page, rng
        pens, weights = zip(*PENS.values(), strict=True)
        self.pen = pen or pens[rng.choice(len(pens), p=np.array(weights) / sum(weights))]

    def stroke(self, path: Path, pen: Pen | None = None) -> None:
        """Draw one stroke through `path`, with tremor and changing pressure."""
        pen = pen or self.pen
        points = self._tremor(np.array(path, float))
        pad = 2 * pen.width + 0.6
        low = np.floor((points.min(axis=0) - pad) * SCALE).astype(int)
        high = np.ceil((points.max(axis=0) + pad) * SCALE).astype(int)
        low, high = np.maximum(low, 0), np.minimum(high, self.page.shape[::-1])
        if (high <= low).any():
            return
        cover = self._cover(points, pen, low, high)
        self._lay(cover, pen, low, high)

    def _tremor(self, path: np.ndarray) -> np.ndarray:
        """Return the path sampled every .12 mm; its tremor is a random walk of .01 mm steps."""
        pieces = [path[:1]]
        for start, end in pairwise(path):
            count = max(2, int(np.hypot(*(end - start)) / 0.12))
            pieces.append(start + (end - start) * np.linspace(0, 1, count + 1)[1:, None])
        points = np.concatenate(pieces)
        return points + np.cumsum(self.rng.normal(0, 0.01, points.shape), axis=0)

    def _cover(self, points: np.ndarray, pen: Pen, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        knots = 1 + 0.25 * self.rng.normal(size=5)
        along = np.interp(np.linspace(0, 4, len(points)), range(5), np.clip(knots, 0.4, 1.8))
        size = (high - low) * FINE
        fine = np.zeros((size[1], size[0]), np.uint8)
        pixels = np.round(((points * SCALE) - low) * FINE * 16).astype(int)
        for at in range(len(points) - 1):
            width = max(1, round(pen.width * along[at] * SCALE * FINE))
            cv2.line(fine, pixels[at].tolist(), pixels[at + 1].tolist(), 255, width, cv2.LINE_AA, shift=4)
        area = (int(high[0] - low[0]), int(high[1] - low[1]))
        return cv2.resize(fine, area, interpolation=cv2.INTER_AREA).astype(np.float32) / 255

    def _lay(self, cover: np.ndarray, pen: Pen, low: np.ndarray, high: np.ndarray) -> None:
        alpha = pen.alpha * cover
        if pen.grain:
            alpha = alpha * (1 - pen.grain * self.rng.random(cover.shape, dtype=np.float32))
        part = self.page[low[1] : high[1], low[0] : high[0]]
        part[:] = part * (1 - alpha) + np.minimum(part, 255 * pen.grey) * alpha

    def tick(self, x: float, y: float, size: float | None = None) -> None:
        """√ with its centre near (x, y); large ones measure 6.2 mm."""
        s = size or 4.2 * self.rng.uniform(0.75, 1.45)
        x, y = x + self.rng.normal(0, 0.5), y + self.rng.normal(0, 0.5)
        self.stroke([(x - 0.45 * s, y - 0.05 * s), (x - 0.1 * s, y + 0.38 * s), (x + 0.6 * s, y - 0.5 * s)])

    def cross(self, x: float, y: float) -> None:
        s = 4.0 * self.rng.uniform(0.65, 1.3) / 2
        x, y = x + self.rng.normal(0, 0.4), y + self.rng.normal(0, 0.4)
        self.stroke([(x - s, y - s), (x + s, y + s)])
        self.stroke([(x + s, y - s), (x - s, y + s)])

    def circle(self, x: float, y: float, least: float = 1.1, most: float = 1.7) -> None:
        radius, start = self.rng.uniform(least, most), self.rng.uniform(0, 2 * np.pi)
        turn = np.linspace(start, start + 2 * np.pi * self.rng.uniform(0.95, 1.1), 40)
        wide = radius * self.rng.uniform(0.9, 1.1)
        self.stroke(list(zip(x + wide * np.cos(turn), y + radius * np.sin(turn), strict=True)))

    def blacken(self, x: float, y: float, share: float = 1.0, box: float = 4.8) -> None:
        """Fill a box to `share` of its side with dense strokes to and fro."""
        half = box / 2 * share
        step = self.pen.width * self.rng.uniform(0.5, 0.85)
        lines = np.arange(-half, half + step, step)
        path = [
            (x + (-half if at % 2 else half) * self.rng.uniform(0.85, 1.05), y + line)
            for at, line in enumerate(lines)
        ]
        self.stroke(path)

    def scribble(self, x: float, y: float, half: float = 2.4) -> None:
        turns = self.rng.integers(5, 9)
        path = [
            (x + (-half if at % 2 else half) * self.rng.uniform(0.7, 1.1), y - half + 2 * half * at / turns)
            for at in range(turns + 1)
        ]
        self.stroke(path)

    def double_line(self, x: float, y: float) -> None:
        for off in (-0.5, 0.6):
            lean = self.rng.normal(0, 0.3)
            self.stroke([(x - 3.2, y + off - lean), (x + 3.2, y + off + lean)])

    def dot(self, x: float, y: float) -> None:
        self.stroke([(x, y), (x + self.rng.uniform(0.05, 0.4), y + self.rng.uniform(-0.2, 0.2))])

    def half(self, x: float, y: float) -> None:
        """One stroke that runs 1.6 to 3 mm over the box's edge and hardly in."""
        side = self.rng.choice((-1, 1))
        over = self.rng.uniform(1.6, 3.0)
        start = x + side * (2.4 + over)
        self.stroke(
            [(start, y + self.rng.normal(0, 1)), (start - side * over * 1.6, y + self.rng.normal(0, 1))]
        )

    def note(self, x: float, y: float, letters: int = 4) -> None:
        """Scrawl something like handwriting, about 3 mm high."""
        for at in range(letters):
            left = x + at * 3.2
            for _ in range(3):
                path = self.rng.uniform((left, y - 1.5), (left + 2.6, y + 1.5), (3, 2))
                self.stroke([tuple(point) for point in path])


def box(form: sheet.Form, row: int, option: int) -> tuple[float, float]:
    return sheet.box_centre(form, row, option)
