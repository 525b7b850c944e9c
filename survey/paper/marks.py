"""Measures to marks: empty, mark or uncertain; which rows are doubts, and why; which pages are held.

The machine accepts a row only when nothing speaks against it: a blackened box is never a vote, and a row
that two readers could see differently is decided by two people (paper.md sections 1 and 4).
"""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from survey.paper import limits, measures, sheet
from survey.paper.ink import K, Strip
from survey.paper.measures import Box, Strokes
from survey.paper.sheet import Form


class State(StrEnum):
    """What a box looks like."""

    EMPTY = "empty"
    MARK = "mark"
    UNCERTAIN = "uncertain"


class Reason(StrEnum):
    """Why two people decide a row; the queue is sorted by it."""

    MULTIPLE = "multiple"
    UNCERTAIN = "uncertain"
    DENSE = "dense"
    THICK = "thick"
    OVERFLOW = "overflow"
    BESIDE = "beside"
    STRAY = "stray"
    LONG = "long"
    JOINED = "joined"
    BLANK = "blank"

    @property
    def chinese(self) -> str:
        """Return the reason in Chinese."""
        return REASONS[self]


REASONS = {
    Reason.MULTIPLE: "勾选多于一个",
    Reason.UNCERTAIN: "笔迹不清",
    Reason.DENSE: "疑似涂改",
    Reason.THICK: "疑似涂黑",
    Reason.OVERFLOW: "笔画出框过多",
    Reason.BESIDE: "框外有笔迹",
    Reason.STRAY: "旁有零散笔迹",
    Reason.LONG: "笔画过长",
    Reason.JOINED: "笔画相连",
    Reason.BLANK: "疑似有淡痕",
}


class Hold(StrEnum):
    """Why a whole page is not read but keyed by two people."""

    BOXES = "boxes"
    RESIDUAL = "residual"
    GROUND = "ground"
    STREAK = "streak"
    PAGE = "page"


@dataclass(frozen=True)
class Row:
    """One read row: the accepted option (A, B, C or empty for 未评价), or the reasons for doubt."""

    option: str
    reasons: tuple[Reason, ...]

    @property
    def doubtful(self) -> bool:
        """Tell whether two people must decide."""
        return bool(self.reasons)


@dataclass(frozen=True)
class Quiet:
    """What an empty box of this page looks like, and how thick a stroke its pen may draw."""

    base: float
    sd: float
    thick: float = limits.THICK


def quiet(boxes: list[list[Box]]) -> Quiet:
    """Return the level and scatter of the faintest boxes."""
    every = np.sort([box.most for row in boxes for box in row])
    low = every[: max(1, round(limits.QUIET_SHARE * len(every)))]
    if not low.size:
        return Quiet(0.0, 0.001)
    base = float(np.median(low))
    return Quiet(base, float(np.quantile(low, limits.QUIET_SD)) - base + 0.001)


def state(box: Box, page: Quiet) -> State:
    """Return what one box looks like."""
    floor = min(limits.EMPTY_MOST, max(limits.EMPTY_LEAST, page.base + limits.EMPTY_SDS * page.sd))
    if box.dark < limits.EMPTY_DARK and box.most < floor:
        return State.EMPTY
    if box.mass >= limits.MARK_MASS and box.extent >= limits.MARK_EXTENT:
        return State.MARK
    return State.UNCERTAIN


def thickest(boxes: list[list[Box]], page: Quiet) -> float:
    """Return the thickness in mm above which a mark looks blackened: a felt pen's ticks are thick as well."""
    marked = [box.thick for row in boxes for box in row if state(box, page) is State.MARK]
    if len(marked) < limits.PEN_MARKS:
        return limits.THICK
    pen = float(np.quantile(marked, limits.PEN_QUARTILE))
    return min(limits.THICK_MOST, max(limits.THICK, limits.THICK_PEN * pen))


def rows(strip: Strip) -> tuple[list[Row], Quiet]:
    """Return every row of a strip, and what its boxes look like."""
    boxes, strokes = measures.boxes(strip), measures.strokes(strip)
    page = quiet(boxes)
    page = replace(page, thick=thickest(boxes, page))
    return [_row(strip, strokes, at, row, page) for at, row in enumerate(boxes)], page


def _row(strip: Strip, strokes: Strokes, at: int, row: list[Box], page: Quiet) -> Row:
    states = [state(box, page) for box in row]
    marked = [option for option, each in enumerate(states) if each is State.MARK]
    found: list[Reason] = []
    if len(marked) > 1:
        found.append(Reason.MULTIPLE)
    if State.UNCERTAIN in states:
        found.append(Reason.UNCERTAIN)
    for option, box in enumerate(row):
        found += _of_mark(box, page) if option in marked else _of_other(box)
    found += _of_strokes(strip, strokes, at, row, marked)
    if all(each is State.EMPTY for each in states):
        found += _of_blank(row, page)
    accepted = sheet.OPTIONS[marked[0]][0] if marked and not found else ""
    return Row(accepted, tuple(dict.fromkeys(found)))


def _of_mark(box: Box, page: Quiet) -> list[Reason]:
    found = []
    busy = box.dark > limits.BUSY_DARK and (box.runs > limits.BUSY_RUNS or box.changes > limits.BUSY_CHANGES)
    full = box.dark > limits.FULL_DARK and (box.runs > limits.FULL_RUNS or box.ring > limits.FULL_RING)
    veiled = box.shade > limits.VEIL_SHADE and box.dark < limits.VEIL_DARK * box.shade
    if box.dark > limits.DENSE or busy or full or veiled:
        found.append(Reason.DENSE)
    if box.thick > page.thick or box.lump > limits.LUMP_LEAST:
        found.append(Reason.THICK)
    if box.ring > limits.OVERFLOW:
        found.append(Reason.OVERFLOW)
    return found


def _of_other(box: Box) -> list[Reason]:
    return [Reason.BESIDE] if box.ring > limits.BESIDE else []


def _of_blank(row: list[Box], page: Quiet) -> list[Reason]:
    floor = max(limits.BLANK_LEAST, page.base + limits.BLANK_SDS * page.sd)
    faint = any(box.most > floor or box.ring > limits.BLANK_RING for box in row)
    return [Reason.BLANK] if faint else []


def _of_strokes(strip: Strip, strokes: Strokes, at: int, row: list[Box], marked: list[int]) -> list[Reason]:
    """Return what the pieces of ink around a row say: strays, strokes into other rows, joined marks."""
    form, centres = strip.form, [tuple(centre) for centre in strip.centres[at]]
    owned = {option: _owned(strip, strokes, centres[option]) for option in marked}
    mine: set[int] = set().union(*owned.values())
    found = []
    if _stray(strokes, centres, form, mine) > limits.STRAY * measures.cell_area(form):
        found.append(Reason.STRAY)
    if any(_long(strokes, label, form) for label in mine) or any(
        row[option].runs < limits.SINGLE_RUNS and _crosses(strokes, label, centres[option], form)
        for option, labels in owned.items()
        for label in labels
    ):
        found.append(Reason.LONG)
    if sum(map(len, owned.values())) > len(mine):
        found.append(Reason.JOINED)
    return found


def _long(strokes: Strokes, label: int, form: Form) -> bool:
    """Tell whether a stroke runs from one box into the next: it may belong to either row."""
    return bool(strokes.heights[label] > limits.LONG * form.height * K or strokes.outlines[label] > 1)


def _crosses(strokes: Strokes, label: int, centre: tuple[float, ...], form: Form) -> bool:
    """Tell whether a piece of ink goes well over one of its row's lines."""
    reach = (form.height / 2 + limits.CROSSING) * K
    top = strokes.tops[label]
    return bool(top < centre[1] - reach or top + strokes.heights[label] > centre[1] + reach)


def _owned(strip: Strip, strokes: Strokes, centre: tuple[float, ...]) -> set[int]:
    """Return the pieces of ink that have dark pixels inside a marked box."""
    labels = np.asarray(measures.inner(strokes.labels, centre, strip.form))
    dark = np.asarray(measures.inner(strip.raw, centre, strip.form)) > limits.DARK
    return set(np.unique(labels[dark]).tolist()) - {0}


def _stray(strokes: Strokes, centres: list[tuple[float, ...]], form: Form, mine: set[int]) -> float:
    """Return the area in mm² around a row's boxes that is inked by pieces which no mark owns."""
    mask = measures.ring_mask(form)
    total = 0
    for centre in centres:
        labels = np.asarray(measures.cell(strokes.labels, centre, form))
        counts = np.bincount(labels[mask[: labels.shape[0], : labels.shape[1]]])
        total += int(counts[1:].sum()) - sum(int(counts[label]) for label in mine if label < len(counts))
    return total / (K * K)


def holds(strip: Strip, page: Quiet, *, residual: float) -> list[Hold]:
    """Return why a page's marks may not be trusted as a whole."""
    found = []
    if strip.found < limits.HELD_BOXES:
        found.append(Hold.BOXES)
    if residual > limits.HELD_RESIDUAL:
        found.append(Hold.RESIDUAL)
    if page.base > limits.HELD_GROUND:
        found.append(Hold.GROUND)
    return found
