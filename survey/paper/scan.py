"""A scan to an upright, squared page: its frame, its QR code, streaks, and whether it was grey at all."""

import math
from dataclasses import replace

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from survey.errors import Invalid
from survey.paper import limits, qrcode, sheet, tags
from survey.paper.qrcode import Mark
from survey.paper.tags import Frame, Grey

Box = tuple[float, float, float, float]
QR_CODES = zxingcpp.barcode_formats_from_str("QRCode")


def crop(grey: Grey, frame: Frame, area: Box, scale: float) -> Grey:
    """Return an area (left, top, right, bottom in mm) of the page, squared, at `scale` px/mm."""
    left, top, right, bottom = area
    size = (round((right - left) * scale), round((bottom - top) * scale))
    # From the centre of a pixel of the crop to millimetres.
    place = np.array([[1 / scale, 0, left + 0.5 / scale], [0, 1 / scale, top + 0.5 / scale], [0, 0, 1]])
    way = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    squared = cv2.warpPerspective(
        grey, frame.matrix @ place, size, flags=way, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(squared, np.uint8)


def read_code(grey: Grey, frame: Frame | None) -> Mark | None:
    """Return the sheet's QR code, looked for where it should be, then around, then on the whole scan."""
    left, top, size = sheet.QR
    if frame is not None:
        for margin, scale in limits.QR_CROPS:
            area = (left - margin, top - margin, left + size + margin, top + size + margin)
            if mark := _decoded(crop(grey, frame, area, scale)):
                return mark
    return _decoded(grey)


def _decoded(image: Grey) -> Mark | None:
    for found in zxingcpp.read_barcodes(image, formats=QR_CODES):
        try:
            return qrcode.parse(found.text)
        except Invalid:
            continue
    return None


def strip_area(form: sheet.Form) -> Box:
    """Return the strip of option columns that ink is measured on."""
    return (
        limits.STRIP_LEFT,
        sheet.TOP - limits.STRIP_ABOVE,
        limits.STRIP_RIGHT,
        form.bottom + limits.STRIP_BELOW,
    )


def is_one_bit(grey: Grey, frame: Frame, form: sheet.Form) -> bool:
    """Tell whether the scanner gave black and white only, whatever the file became since.

    On a grey scan the edges of lines have in-between levels; a threshold leaves none.
    """
    left, top, right, bottom = strip_area(form)
    corners = np.array([[(left, top), (right, top), (right, bottom), (left, bottom)]])
    seen = cv2.perspectiveTransform(corners, frame.matrix)[0]
    low = np.maximum(seen.min(axis=0), 0).astype(int)
    high = seen.max(axis=0).astype(int)
    part = grey[low[1] : high[1], low[0] : high[0]]
    if not part.size:
        return False
    # t = (median - g) / (median - black); only eight-bit levels occur, so a histogram holds them all.
    levels = cv2.calcHist([part], [0], None, [256], [0, 256]).ravel()
    middle = float(np.searchsorted(np.cumsum(levels), part.size / 2))
    t = (middle - np.arange(256)) / max(middle - frame.black, 1.0)
    drawn = levels[t > limits.BIT_LIGHT].sum()
    between = levels[(t > limits.BIT_LIGHT) & (t < limits.BIT_DARK)].sum()
    return bool(between < limits.BIT_SHARE * drawn)


def has_streak(grey: Grey, frame: Frame) -> bool:
    """Tell whether a line runs along the paper's way through the scanner, across the options.

    Dirt on the glass draws it straight in the scan, so on a page that lay askew it leans.
    """
    return any(_streaked(grey, replace(frame, matrix=frame.matrix @ lean)) for lean in _leans(frame))


def _leans(frame: Frame) -> list[NDArray[np.float64]]:
    """Return the page as it is, and leaning so that its columns run along the scan's nearer axis."""
    middle = np.array([(sheet.OPTIONS_LEFT + sheet.OPTIONS_RIGHT) / 2, sheet.HEIGHT / 2])
    steps = middle + np.array([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)])
    at, right, down = cv2.perspectiveTransform(steps[None], frame.matrix)[0]
    across = int(abs((down - at)[0]) > abs((down - at)[1]))
    slope = -float((down - at)[across] / (right - at)[across])
    lean = np.array([[1, slope, -slope * middle[1]], [0, 1, 0], [0, 0, 1]])
    return [np.eye(3), lean]


def _streaked(grey: Grey, frame: Frame) -> bool:
    """Tell whether a column of the options is darker than its surroundings over most of a third."""
    area = (sheet.OPTIONS_LEFT, limits.STREAK_TOP, sheet.OPTIONS_RIGHT, limits.STREAK_BOTTOM)
    strip = crop(grey, frame, area, frame.scale).astype(np.float32)
    width = max(3, round(limits.STREAK_MEAN * frame.scale))
    below = cv2.blur(strip, (width, 1), borderType=cv2.BORDER_REPLICATE) - strip > limits.STREAK_LEVELS
    thirds = np.array_split(below, 3)
    return any(float(third.mean(axis=0).max()) > limits.STREAK_SHARE for third in thirds)


def has_remark(ink: NDArray[np.float32]) -> bool:
    """Tell whether something is written in the comment box's ink."""
    return float((ink > limits.DARK).mean()) > limits.REMARK_INK


def remark_area() -> Box:
    """Return the part of the comment box that is for writing."""
    left, top, width, height = sheet.REMARK_READ
    return left, top, left + width, top + height


def find(grey: Grey) -> Frame | None:
    """Return the frame of the page in a scan, or None when too few tags agree."""
    return tags.find(grey)


def fine_enough(frame: Frame) -> bool:
    """Tell whether the scan has the resolution that the reader was measured with."""
    return frame.dpi >= limits.LEAST_DPI * limits.DPI_SLACK and math.isfinite(frame.dpi)
