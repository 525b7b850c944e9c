"""Scanners and mishaps: what becomes of a page between the pen and the file (paper.md section 9)."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from survey.paper import sheet
from tests.paper.pen import DPI, SCALE

Image = np.ndarray


@dataclass(frozen=True)
class Condition:
    """One way of being scanned; lengths in mm, levels of 255, angles in degrees."""

    dpi: int = 200
    turn: float = 0.0  # a further turn, either way
    upside_down: bool = False
    blur: float = 0.5  # px of the scan
    noise: float = 2.0
    jpeg: int = 0
    corners: float = 0.0  # of the page's width; the page is then shrunk by 5 %
    cast: bool = False
    fold: bool = False
    stretch: bool = False
    covered: int = 0  # tags under a disc
    streak: bool = False
    threshold: bool = False


CONDITIONS = {
    "clean 300": Condition(dpi=300),
    "clean 200": Condition(),
    "clean 150": Condition(dpi=150),
    "turned": Condition(turn=5.0),
    "upside down": Condition(upside_down=True),
    "perspective": Condition(corners=0.04, cast=True),
    "blur": Condition(blur=1.5),
    "jpeg 50": Condition(jpeg=50),
    "noise": Condition(noise=15.0),
    "fold": Condition(fold=True),
    "cast": Condition(cast=True),
    "stretch": Condition(stretch=True),
    "tags covered": Condition(covered=2),
    "mixed": Condition(turn=3.0, fold=True, cast=True, noise=5.0, jpeg=70),
}
WORST = Condition(dpi=150, turn=5.0, blur=1.0, corners=0.03, cast=True, noise=8.0, jpeg=50)
STREAK = Condition(streak=True)
ONE_BIT = {
    "1-bit 300": Condition(dpi=300, threshold=True),
    "1-bit 200": Condition(threshold=True),
    "1-bit jpeg": Condition(threshold=True, jpeg=85),
}


def scanned(page: Image, condition: Condition, rng: np.random.Generator) -> Image:
    """Return the 8-bit grey scan of a page drawn at 300 dpi."""
    page = page.copy()
    if condition.fold:
        page = _folded(page, rng)
    if condition.stretch:
        page = _stretched(page, rng)
    for k in rng.permutation(6)[: condition.covered]:
        x, y = sheet.tag_centres()[k]
        level = float(rng.choice((30.0, 150.0, 250.0)))
        cv2.circle(page, (round(x * SCALE), round(y * SCALE)), round(4 * SCALE), level, -1)
    image = _placed(page, condition, rng)
    if condition.cast:
        image = _cast(image, rng)
    return _sensed(image, condition, rng)


def _placed(page: Image, condition: Condition, rng: np.random.Generator) -> Image:
    """Return the page as it lies on the glass, at the scanner's resolution."""
    ratio = condition.dpi / DPI
    size = (round(sheet.WIDTH / 25.4 * condition.dpi), round(sheet.HEIGHT / 25.4 * condition.dpi))
    if ratio < 1:
        page = cv2.resize(page, size, interpolation=cv2.INTER_AREA)
    height, width = page.shape
    angle = rng.normal(0, 0.3)
    if condition.turn:
        angle += rng.choice((-1, 1)) * condition.turn * rng.uniform(0.8, 1.0)
    if condition.upside_down:
        angle += 180
    turn = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), angle, _shrunk(condition)), (0, 0, 1)])
    if condition.corners:
        square = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
        moved = square * 0.95 + np.array((width, height), np.float32) * 0.025
        moved += rng.uniform(-1, 1, (4, 2)).astype(np.float32) * condition.corners / 2 * width
        turn = cv2.getPerspectiveTransform(square, moved.astype(np.float32)) @ turn
    outside = float(rng.choice((245.0, 252.0, 60.0)))
    return cv2.warpPerspective(
        page,
        turn,
        (width, height),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=outside,
    )


def _shrunk(condition: Condition) -> float:
    """A page turned far is scanned a little smaller, or its corners would fall off the glass."""
    return 0.96 if condition.turn else 1.0


def _cast(image: Image, rng: np.random.Generator) -> Image:
    """Grey paper, weak ink, light that falls off to one side."""
    height, width = image.shape
    slopes = rng.uniform(-25, 25, 2)
    x = np.linspace(-0.5, 0.5, width, dtype=np.float32)[None] * slopes[0]
    y = np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None] * slopes[1]
    return 55 + image * ((205 - 55) / 255) + x + y


def _sensed(image: Image, condition: Condition, rng: np.random.Generator) -> Image:
    if condition.blur:
        image = cv2.GaussianBlur(image, (0, 0), condition.blur)
    if condition.streak:
        _streak(image, condition, rng)
    image = image + rng.standard_normal(image.shape, dtype=np.float32) * condition.noise
    if condition.threshold:
        image = np.where(image < rng.uniform(110, 170), 0.0, 255.0)
    grey = np.clip(np.rint(image), 0, 255).astype(np.uint8)
    if condition.jpeg:
        _, code = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, condition.jpeg])
        grey = cv2.imdecode(code, cv2.IMREAD_GRAYSCALE)
    return grey


def _streak(image: Image, condition: Condition, rng: np.random.Generator) -> None:
    scale = condition.dpi / 25.4
    x = rng.uniform(sheet.OPTIONS_LEFT + 2, sheet.OPTIONS_RIGHT - 2) * scale
    width, level = rng.uniform(0.08, 0.30) * scale, rng.uniform(60, 150)
    cover = np.clip(width / 2 + 0.5 - np.abs(np.arange(image.shape[1]) - x), 0, 1).astype(np.float32)
    image *= 1 - cover
    image += cover * level


def _folded(page: Image, rng: np.random.Generator) -> Image:
    """Fold in half twice: kinks of up to .8 and .6 mm, shadows in the creases and beside."""
    height, width = page.shape
    across = height * rng.uniform(0.3, 0.7)
    along = width * rng.uniform(0.4, 0.6)
    down = _kink(np.arange(height), across, rng.uniform(-0.8, 0.8) * SCALE)
    right = _kink(np.arange(width), along, rng.uniform(-0.6, 0.6) * SCALE)
    x = np.tile(np.arange(width, dtype=np.float32), (height, 1)) + right[None] * 0.3 + down[:, None] * 0.3
    y = np.tile(np.arange(height, dtype=np.float32)[:, None], (1, width)) + down[:, None] + right[None] * 0.3
    bent = cv2.remap(page, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    off_y, off_x = np.abs(np.arange(height) - across) / SCALE, np.abs(np.arange(width) - along) / SCALE
    bent -= (60 * np.exp(-((off_y / 0.25) ** 2)) + 20 * np.exp(-off_y / 4)).astype(np.float32)[:, None]
    bent -= (45 * np.exp(-((off_x / 0.25) ** 2))).astype(np.float32)[None]
    return np.maximum(bent, 0)


def _kink(places: Image, at: float, most: float) -> Image:
    """Return a displacement that grows to `most` at the fold and dies away within 40 mm."""
    return (most * np.maximum(0, 1 - np.abs(places - at) / (40 * SCALE))).astype(np.float32)


def _stretched(page: Image, rng: np.random.Generator) -> Image:
    """A feeder that runs .8 % fast and .6 % unevenly."""
    height, width = page.shape
    phase, waves = rng.uniform(0, 2 * np.pi), rng.uniform(1, 3)
    place = np.arange(height, dtype=np.float32)
    uneven = 0.006 * height / (2 * np.pi * waves) * np.sin(2 * np.pi * waves * place / height + phase)
    y = place * (1 + rng.choice((-1, 1)) * 0.008 * 0.5) + uneven
    x = np.arange(width, dtype=np.float32)
    return cv2.remap(
        page, np.tile(x, (height, 1)), np.tile(y.astype(np.float32)[:, None], (1, width)), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip


def with_further(condition: Condition, change: Callable[[Condition], Condition] | None = None) -> Condition:
    """Return a condition changed once more."""
    return change(condition) if change else replace(condition)
