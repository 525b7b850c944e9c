"""What a side shows, ready for the template: tags, boxes, row lines, text that fits its cells."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2

from survey.errors import Invalid
from survey.paper import sheet
from survey.paper.sheet import Form, Layout, Line

FAMILY = cv2.aruco.DICT_APRILTAG_36h11
MODULES = 8
GAP = 1.0  # mm between a column's text and the next column
LEADING = 1.15
NARROW = 0.55  # em of a letter or figure, where a Chinese character takes 1


@dataclass(frozen=True)
class Cell:
    """One text of a row: where it stands and the type size that fits."""

    left: float
    width: float
    size: float
    text: str


@dataclass(frozen=True)
class Row:
    """One printed row."""

    top: float
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Side:
    """One side ready for the template; `boxes` are outlines whose line lies inside."""

    tags: str
    washes: tuple[float, ...]
    rules: tuple[float, ...]
    boxes: tuple[tuple[float, float], ...]
    rows: tuple[Row, ...]
    sheet: int


def sides(layout: Layout) -> list[Side]:
    """Return every side of a layout for the template."""
    return [_side(layout, page) for page in range(1, layout.pages + 1)]


def _side(layout: Layout, page: int) -> Side:
    form, lines = layout.form, layout.side(page)
    tops = [round(sheet.TOP + form.height * row, 3) for row in range(len(lines) + 1)]
    inset = form.box / 2 - sheet.BOX_LINE / 2
    places = (
        sheet.box_centre(form, row, at) for row in range(len(lines)) for at in range(len(sheet.OPTIONS))
    )
    return Side(
        tags="".join(
            _tag(sheet.tag_id(page, k), x - sheet.TAG / 2, y - sheet.TAG / 2)
            for k, (x, y) in enumerate(sheet.tag_centres())
        ),
        washes=tuple(top for top, line in zip(tops, lines, strict=False) if not line.name),
        rules=(sheet.HEAD_TOP, *tops) if lines else (),
        boxes=tuple((round(x - inset, 3), round(y - inset, 3)) for x, y in places),
        rows=tuple(_row(form, at, line) for at, line in enumerate(lines)),
        sheet=sheet.sheet_of(page),
    )


@lru_cache(maxsize=sheet.TAG_IDS)
def tag_rows(number: int) -> tuple[tuple[bool, ...], ...]:
    """Return the black modules of a tag, row by row."""
    image = cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(FAMILY), number, MODULES)
    return tuple(tuple(bool(value == 0) for value in row) for row in image)


def _tag(number: int, left: float, top: float) -> str:
    """Return a tag as one path, a run of black modules a piece."""
    step = sheet.TAG / MODULES
    return "".join(
        f"M{left + step * start:g} {top + step * y:g}h{step * run:g}v{step:g}h{-step * run:g}z"
        for y, row in enumerate(tag_rows(number))
        for start, run in runs(row)
    )


def runs(row: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield the start and length of each run of true values."""
    start = None
    for at, dark in enumerate((*row, False)):
        if dark and start is None:
            start = at
        elif not dark and start is not None:
            yield start, at - start
            start = None


def _row(form: Form, at: int, line: Line) -> Row:
    whole = not line.name
    (_, number), (_, unit), (_, name), (_, post) = sheet.COLUMNS
    right = sheet.OPTIONS_LEFT
    # A row without a person has its text across the columns of name and post.
    places = [(number, unit, str(line.number)), (unit, name, line.unit)]
    places += [(name, right, line.post)] if whole else [(name, post, line.name), (post, right, line.post)]
    cells = tuple(_cell(form, line, *place) for place in places)
    return Row(round(sheet.TOP + form.height * at, 3), cells)


def _cell(form: Form, line: Line, left: float, right: float, text: str) -> Cell:
    width = right - left - GAP
    for size in form.sizes:
        rows = int((form.height - 2 * sheet.LINE) / (size * LEADING))
        if lines_needed(text, width / size) <= rows:
            return Cell(left, width, size, text)
    raise Invalid(
        "paper.text_too_long",
        f"票面第{line.number}号（{line.unit}{line.name}）的文字「{text}」太长，一行排不下，请在名册中缩短。",
    )


def lines_needed(text: str, width: float) -> int:
    """Return the lines that `text` takes in a column of `width` em, breaking anywhere."""
    lines, used = 1, 0.0
    for char in text:
        em = NARROW if char.isascii() else 1.0
        if used + em > width + 1e-9:
            lines, used = lines + 1, 0.0
        used += em
    return lines
