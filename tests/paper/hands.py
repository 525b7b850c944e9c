"""Ink of human hands: python -m tests.paper.hands DIGITS.csv.gz, the UCI handwritten digits (CC BY 4.0).

1,797 figures that 13 people wrote on paper (E. Alpaydin, 1998; scikit-learn ships them as
sklearn/datasets/data/digits.csv.gz). Each is laid into one box as a mark: right is that option or a doubt.
They are no ticks, and 8 x 8 pixels coarse; they stand for what pens do that the stroke generator does not.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path

import cv2
import numpy as np

from survey.paper.sheet import NORMAL, box_centre
from tests.paper import pages
from tests.paper.damage import CONDITIONS, scanned
from tests.paper.pen import PENS, SCALE

SEED = 5_000_000
SIDE = 8


def figures(path: Path) -> list[tuple[np.ndarray, int]]:
    """Return every figure as the share of ink at each of 8 x 8 places, with what it says."""
    table = np.loadtxt(path, delimiter=",")
    return [(row[:-1].reshape(SIDE, SIDE) / 16, int(row[-1])) for row in table]


def lay(page: np.ndarray, figure: np.ndarray, place: tuple[float, float], rng: np.random.Generator) -> None:
    """Lay a figure around a place with one of the pens' inks, 3.4 to 5.6 mm high."""
    pens = [pen for pen, _ in PENS.values()]
    pen = pens[rng.integers(len(pens))]
    size = round(rng.uniform(3.4, 5.6) * SCALE)
    smooth = cv2.resize(figure.astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC)
    alpha = np.clip((smooth - 0.4) * 6 + 0.5, 0, 1) * pen.alpha
    left, top = (round((at + rng.normal(0, 0.3)) * SCALE) - size // 2 for at in place)
    part = page[top : top + size, left : left + size]
    part[:] = part * (1 - alpha) + np.minimum(part, 255 * pen.grey) * alpha


def judged(marks: list[tuple[np.ndarray, int]], number: int) -> tuple[Counter, list[str]]:
    """Lay one page of figures, scan and read it; return the rows by fate, and the silent errors."""
    name = list(CONDITIONS)[number % len(CONDITIONS)]
    rng = np.random.default_rng((SEED, number))
    page = pages.rendered(NORMAL)[1][0].astype(np.float32)
    options = [int(rng.integers(3)) for _ in marks]
    for row, (figure, _) in enumerate(marks):
        lay(page, figure, box_centre(NORMAL, row, options[row]), rng)
    outcome = pages.read(scanned(page, CONDITIONS[name], rng), NORMAL, len(marks))
    if not outcome.readable:
        return Counter(held=len(marks)), []
    fates: Counter = Counter()
    silent = []
    for row, (_, digit) in enumerate(marks):
        read = outcome.rows[row]
        fates["doubt" if read.doubtful else "read"] += 1
        if not read.doubtful and read.option != "ABC"[options[row]]:
            right = "ABC"[options[row]]
            silent.append(f"{name} page {number} row {row}: {digit} on {right} read {read.option!r}")
    return fates, silent


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("digits", type=Path)
    found = figures(parser.parse_args().digits)
    fates: Counter = Counter()
    silent: list[str] = []
    for number, start in enumerate(range(0, len(found), NORMAL.rows)):
        fate, errors = judged(found[start : start + NORMAL.rows], number)
        fates.update(fate)
        silent += errors
    sys.stdout.write(f"{len(found)} figures of human hands: {dict(fates)}, silent {len(silent)}\n")
    sys.stdout.write("".join(f"  SILENT {error}\n" for error in silent))
    return int(bool(silent))


if __name__ == "__main__":
    sys.exit(main())
