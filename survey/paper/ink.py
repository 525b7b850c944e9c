"""How much ink lies where: the option strip without its paper, and the boxes found in it."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from survey.paper import limits, sheet
from survey.paper.sheet import Form
from survey.paper.tags import Grey

Floats = NDArray[np.float32]
K = limits.K


@dataclass(frozen=True)
class Strip:
    """The inked option columns: raw ink, smoothed ink, and each box's centre in strip pixels."""

    form: Form
    raw: Floats
    smooth: Floats
    centres: NDArray[np.float64]  # rows x options x (x, y)
    found: float  # share of boxes whose outline was seen


def ink(grey: Grey, black: float) -> Floats:
    """Return the share of printed black at each pixel, the paper's own shade taken away."""
    step = limits.GROUND_STEP
    size = (max(1, grey.shape[1] // step), max(1, grey.shape[0] // step))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    kernel = np.ones((limits.GROUND_CLOSE, limits.GROUND_CLOSE), np.uint8)
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel)
    blurred = cv2.GaussianBlur(closed.astype(np.float32), (0, 0), limits.GROUND_BLUR)
    ground = cv2.resize(blurred, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    depth = np.maximum(ground - black, limits.LEAST_CONTRAST)
    return np.asarray(np.clip((ground - grey) / depth, 0, limits.MOST_INK), np.float32)


def smoothed(raw: Floats) -> Floats:
    """Return ink blurred to about the width of a stroke."""
    return np.asarray(cv2.GaussianBlur(raw, (0, 0), limits.SMOOTH), np.float32)


def strip(grey: Grey, black: float, form: Form, rows: int) -> Strip:
    """Return the strip with its first `rows` rows of boxes located."""
    raw = ink(grey, black)
    nominal = np.array(
        [[_pixel(sheet.box_centre(form, row, at)) for at in range(len(sheet.OPTIONS))] for row in range(rows)]
    ).reshape(rows, len(sheet.OPTIONS), 2)
    shifts, seen = _shifts(np.minimum(raw, 1), nominal, form)
    return Strip(
        form, raw, smoothed(raw), nominal + _field(shifts, seen), float(seen.mean()) if rows else 1.0
    )


def _pixel(place: tuple[float, float]) -> tuple[float, float]:
    """Return a place in mm as strip pixels; a pixel's centre is a whole number."""
    left, top = limits.STRIP_LEFT, sheet.TOP - limits.STRIP_ABOVE
    return (place[0] - left) * K - 0.5, (place[1] - top) * K - 0.5


@lru_cache(maxsize=4)
def _outline(box: float) -> Floats:
    """Return what an empty box looks like, with zero mean and unit norm."""
    side = round(box * K)
    margin, line = limits.OUTLINE_MARGIN, limits.OUTLINE
    image = np.zeros((side + 2 * margin, side + 2 * margin), np.float32)
    image[margin:-margin, margin:-margin] = 1
    image[margin + line : -margin - line, margin + line : -margin - line] = 0
    blurred = np.asarray(cv2.GaussianBlur(image, (0, 0), limits.OUTLINE_BLUR), np.float32)
    blurred -= blurred.mean()
    return np.asarray(blurred / np.linalg.norm(blurred), np.float32)


def _shifts(
    raw: Floats, nominal: NDArray[np.float64], form: Form
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return each box's distance from its place in print, and whether its outline was seen there."""
    template = _outline(form.box)
    middle = (len(template) - 1) / 2
    size = len(template) + 2 * limits.SEARCH
    shifts, seen = np.zeros_like(nominal), np.zeros(nominal.shape[:2], bool)
    for place in np.ndindex(seen.shape):
        corner = np.rint(nominal[place] - middle).astype(int) - limits.SEARCH
        window = raw[corner[1] : corner[1] + size, corner[0] : corner[0] + size]
        _, peak, _, best = cv2.minMaxLoc(cv2.matchTemplate(window, template, cv2.TM_CCORR))
        seen[place] = peak > limits.FOUND * float(np.linalg.norm(window))
        shifts[place] = corner + np.array(best) + middle - nominal[place]
    return shifts, seen


def _field(shifts: NDArray[np.float64], seen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return where each box stands: its own finding where that agrees with its neighbours', else theirs."""
    field = np.zeros_like(shifts)
    if not seen.any():
        return field
    for row in range(len(shifts)):
        low, high = max(0, row - limits.NEIGHBOURS), row + limits.NEIGHBOURS + 1
        near = shifts[low:high][seen[low:high]]
        field[row] = np.median(near if len(near) else shifts[seen], axis=0)
    rest = shifts - field
    for at in range(shifts.shape[1]):
        if seen[:, at].any():
            field[:, at] += np.median(rest[:, at][seen[:, at]], axis=0)
    own = seen & (np.abs(shifts - field).max(axis=2) <= limits.OWN_SHIFT)
    field[own] = shifts[own]
    return field
