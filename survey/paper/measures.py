"""What each box and its surroundings hold, in numbers: the measures that the row rules judge."""

from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from survey.paper import limits
from survey.paper.ink import K, Strip
from survey.paper.sheet import BOX_LINE, Form

Bits = NDArray[np.bool_]


@dataclass(frozen=True)
class Box:
    """One box's measures (paper.md section 4): lengths in mm, the rest shares."""

    dark: float
    mass: float
    most: float
    extent: float
    runs: float
    changes: float
    thick: float
    lump: float
    shade: float
    ring: float


@dataclass(frozen=True)
class Strokes:
    """The connected pieces of ink on a strip: a label for each pixel, each piece's extent, boxes it joins."""

    labels: NDArray[np.int32]
    tops: NDArray[np.int32]
    heights: NDArray[np.int32]
    outlines: Counter[int]


def boxes(strip: Strip) -> list[list[Box]]:
    """Return the measures of every box, row by row."""
    return [[_box(strip, tuple(centre)) for centre in row] for row in strip.centres]


def strokes(strip: Strip) -> Strokes:
    """Return the strip's connected pieces of ink."""
    shade = (strip.smooth > limits.SHADE).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(shade, connectivity=8)
    found = np.asarray(labels, np.int32)
    outlined = (_outline(found, tuple(centre), strip.form) for row in strip.centres for centre in row)
    tops, heights = (np.asarray(stats[:, at], np.int32) for at in (cv2.CC_STAT_TOP, cv2.CC_STAT_HEIGHT))
    return Strokes(found, tops, heights, Counter(outlined))


def _outline(labels: NDArray[np.int32], centre: tuple[float, ...], form: Form) -> int:
    """Return the piece of ink that most of a box's printed outline belongs to."""
    half = (form.box - BOX_LINE) / 2
    square = np.asarray(_around(labels, centre, half, half))
    line = np.concatenate([square[0], square[-1], square[:, 0], square[:, -1]])
    return int(np.bincount(line[line > 0]).argmax()) if (line > 0).any() else 0


def inner_half(form: Form) -> float:
    """Return half the side, in mm, of the part of a box that is measured."""
    return form.box / 2 - limits.INSET


def inner(image: NDArray[np.generic], centre: tuple[float, ...], form: Form) -> NDArray[np.generic]:
    """Return the inside of a box as pixels of `image`."""
    return _around(image, centre, inner_half(form), inner_half(form))


@lru_cache(maxsize=4)
def ring_mask(form: Form) -> Bits:
    """Return which pixels of `cell` belong to the ring around a box."""
    width, height = _half_px(limits.RING_HALF), _half_px(form.height / 2 - limits.RING_EDGE)
    gap = _half_px(form.box / 2 + limits.RING_GAP)
    mask = np.ones((2 * height, 2 * width), bool)
    mask[height - gap : height + gap, width - gap : width + gap] = False
    return mask


def cell(image: NDArray[np.generic], centre: tuple[float, ...], form: Form) -> NDArray[np.generic]:
    """Return a box's cell, kept clear of the row lines, as pixels of `image`."""
    return _around(image, centre, limits.RING_HALF, form.height / 2 - limits.RING_EDGE)


def cell_area(form: Form) -> float:
    """Return a cell's area in mm²."""
    return 2 * limits.RING_HALF * (form.height - 2 * limits.RING_EDGE)


def _half_px(length: float) -> int:
    return round(length * K)


def _around(
    image: NDArray[np.generic], centre: tuple[float, ...], half_width: float, half_height: float
) -> NDArray[np.generic]:
    width, height = _half_px(half_width), _half_px(half_height)
    left, top = round(centre[0] + 0.5) - width, round(centre[1] + 0.5) - height
    return image[max(0, top) : top + 2 * height, max(0, left) : left + 2 * width]


def _box(strip: Strip, centre: tuple[float, ...]) -> Box:
    form = strip.form
    raw = np.asarray(inner(strip.raw, centre, form), np.float32)
    smooth = np.asarray(inner(strip.smooth, centre, form), np.float32)
    dark = raw > limits.DARK
    around = np.asarray(cell(strip.smooth, centre, form), np.float32) > limits.SHADE
    mask = ring_mask(form)
    found = Box(
        dark=0.0,
        mass=float(np.maximum(smooth - limits.FAINT, 0).mean()),
        most=_most(smooth),
        extent=0.0,
        runs=0.0,
        changes=0.0,
        thick=0.0,
        lump=_lump(smooth > limits.LUMP_SHADE),
        shade=float((smooth > limits.SHADE).mean()),
        ring=float((around & mask[: around.shape[0], : around.shape[1]]).sum() / mask.size),
    )
    # Two boxes of three have no dark pixel at all.
    return _with_strokes(found, dark) if dark.any() else found


def _with_strokes(found: Box, dark: Bits) -> Box:
    """Return the measures with those of the dark pixels."""
    bridged = _bridged(dark)
    return replace(
        found,
        dark=float(dark.mean()),
        extent=_extent(dark),
        runs=_runs(dark),
        changes=_changes(dark),
        thick=_thick(bridged),
        lump=max(_lump(bridged, dark), found.lump),
    )


def _most(smooth: NDArray[np.float32]) -> float:
    """Return the 98th percentile, between the two nearest ranks; numpy's own takes ten times as long."""
    place = 0.98 * (smooth.size - 1)
    low = int(place)
    ranked = np.partition(smooth, (low, low + 1), axis=None)
    return float(ranked[low] + (ranked[low + 1] - ranked[low]) * (place - low))


def _extent(dark: Bits) -> float:
    """Return the larger extent of dark pixels as a share of the box."""
    spans = [np.flatnonzero(dark.any(axis=axis)) for axis in (0, 1)]
    return max(float(span[-1] - span[0] + 1) if span.size else 0.0 for span in spans) / len(dark)


def _starts(dark: Bits) -> NDArray[np.int64]:
    """Return how many dark runs each row has."""
    edge = np.zeros((len(dark), 1), bool)
    return np.asarray((dark & ~np.hstack([edge, dark[:, :-1]])).sum(axis=1), np.int64)


def _runs(dark: Bits) -> float:
    """Return dark runs a line, over the busier half of lines, in the busier direction."""
    half = len(dark) // 2
    return max(float(np.sort(_starts(way))[half:].mean()) for way in (dark, dark.T))


def _changes(dark: Bits) -> float:
    """Return the changes between dark and light, both ways, per pixel of the box's side."""
    across = (dark[:, 1:] != dark[:, :-1]).sum() + (dark[1:] != dark[:-1]).sum()
    return float(across) / len(dark)


def _bridged(dark: Bits) -> Bits:
    """Return dark pixels with the gaps between close strokes filled."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (limits.BRIDGE, limits.BRIDGE))
    return cv2.morphologyEx(dark.astype(np.uint8), cv2.MORPH_CLOSE, kernel).astype(bool)


def _thick(dark: Bits) -> float:
    """Return the width in mm of the thickest stroke."""
    if not dark.any():
        return 0.0
    bordered = cv2.copyMakeBorder(dark.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return 2 * float(cv2.distanceTransform(bordered, cv2.DIST_L2, cv2.DIST_MASK_5).max()) / K


def _lump(shape: Bits, inked: Bits | None = None) -> float:
    """Return the thickness in mm of ink that is a lump rather than a stroke, else 0."""
    if not shape.any():
        return 0.0
    thick = _thick(shape)
    area = float((shape if inked is None else inked).sum()) / (K * K)
    return thick if area < limits.LUMP * thick * thick else 0.0
