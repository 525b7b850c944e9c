"""The six tags of a side: found in a scan, refined to sub-pixels, and turned into the page's homography."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from survey.paper import limits, sheet
from survey.paper.drawing import FAMILY

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]

SQUARE = 32  # px of a squared tag, 4 a module
BLACK_LINES = [1, 2, 29, 30]


@dataclass(frozen=True)
class Frame:
    """Where a page lies in its scan: `matrix` leads from millimetres to scan pixels."""

    page: int
    tags: int
    matrix: NDArray[np.float64]
    residual: float
    scale: float
    black: float

    @property
    def dpi(self) -> float:
        """Return the scan's true resolution, whatever the file says."""
        return self.scale * 25.4


def find(grey: Grey) -> Frame | None:
    """Return the frame of the page in a scan, or None when too few tags agree."""
    found = _detect(grey, limits.FIRST_SIDE, _first())
    if len(found) < limits.ENOUGH_TAGS:
        second = _detect(grey, limits.SECOND_SIDE, _second())
        found = max(found, second, key=len)
    page = _majority(list(found))
    mine = {number: quad for number, quad in found.items() if number // sheet.TAGS_A_PAGE + 1 == page}
    if len(mine) < limits.LEAST_TAGS:
        return None
    return _frame(grey, page, _refined(grey, mine))


@lru_cache(maxsize=1)
def _first() -> cv2.aruco.ArucoDetector:
    return _detector(limits.FIRST_WINDOW, limits.FIRST_WINDOW, limits.FIRST_PERIMETER)


@lru_cache(maxsize=1)
def _second() -> cv2.aruco.ArucoDetector:
    return _detector(*limits.SECOND_WINDOWS, limits.SECOND_PERIMETER)


def _detector(least: int, most: int, perimeter: tuple[float, float]) -> cv2.aruco.ArucoDetector:
    choice = cv2.aruco.DetectorParameters()
    choice.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    choice.errorCorrectionRate = limits.ERROR_CORRECTION
    choice.adaptiveThreshWinSizeMin, choice.adaptiveThreshWinSizeMax = least, most
    choice.adaptiveThreshWinSizeStep = max(1, most - least)
    choice.minMarkerPerimeterRate, choice.maxMarkerPerimeterRate = perimeter
    return cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(FAMILY), choice)


def _detect(grey: Grey, side: int, detector: cv2.aruco.ArucoDetector) -> dict[int, Floats]:
    """Return the corners of each tag by its id, in pixels of the full scan."""
    scale = min(1.0, side / max(grey.shape))
    size = (round(grey.shape[1] * scale), round(grey.shape[0] * scale))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    quads, ids, _ = detector.detectMarkers(small)
    numbers = [] if ids is None else [int(number) for number in ids.ravel()]
    # Pixel centres lie at half units, so the shift is undone before and after scaling.
    return {
        number: ((quad.reshape(4, 2) + 0.5) / scale - 0.5).astype(np.float32)
        for number, quad in zip(numbers, quads, strict=True)
        if numbers.count(number) == 1
    }


def _majority(numbers: list[int]) -> int:
    pages = [number // sheet.TAGS_A_PAGE + 1 for number in numbers]
    return max(sorted(set(pages)), key=pages.count, default=0)


def _refined(grey: Grey, tags: dict[int, Floats]) -> dict[int, Floats]:
    half = max(2, round(limits.CORNER_WINDOW * max(grey.shape) / sheet.HEIGHT))
    corners = np.concatenate(list(tags.values())).reshape(-1, 1, 2)
    stop = (
        cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, limits.CORNER_STEPS, limits.CORNER_MOVE
    )  # fmt: skip
    better = cv2.cornerSubPix(grey, corners, (half, half), (-1, -1), stop).reshape(-1, 4, 2)
    return dict(zip(tags, better, strict=True))


def _frame(grey: Grey, page: int, tags: dict[int, Floats]) -> Frame | None:
    half = sheet.TAG / 2
    square = np.array([(-half, -half), (half, -half), (half, half), (-half, half)])
    centres = np.array(sheet.tag_centres())
    places = np.concatenate([centres[number % sheet.TAGS_A_PAGE] + square for number in tags])
    seen = np.concatenate(list(tags.values())).astype(np.float64)
    matrix, mask = cv2.findHomography(places, seen, cv2.RANSAC, limits.RANSAC * max(grey.shape))
    if matrix is None or int(mask.sum()) < limits.LEAST_INLIERS:
        return None
    kept = mask.ravel().astype(bool)
    off = cv2.perspectiveTransform(places[None, kept], matrix)[0] - seen[kept]
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
    residual = float(np.sqrt((off**2).sum(axis=1).mean())) / scale
    return Frame(page, len(tags), np.asarray(matrix, np.float64), residual, scale, _black(grey, tags))


def _black(grey: Grey, tags: dict[int, Floats]) -> float:
    """Return the level of printed black: the median of the tags' border modules."""
    corner = SQUARE - 0.5
    target = np.array([(-0.5, -0.5), (corner, -0.5), (corner, corner), (-0.5, corner)], np.float32)
    levels = []
    for quad in tags.values():
        change = cv2.getPerspectiveTransform(quad, target)
        squared = cv2.warpPerspective(grey, change, (SQUARE, SQUARE), flags=cv2.INTER_LINEAR)
        levels.append(float(np.median(squared[BLACK_LINES])))
    return float(np.median(levels))
