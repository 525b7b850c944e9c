"""Measures and wordings of GB/T 9704-2012: the grid, document numbers, dates, copies, the signature block.

Positions are mm on A4 from the paper's top left; 字 (`ZI`) is a character's width, `PITCH` a row's.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from survey.letters.compose import measure

ZI = 156 / 28
PITCH = (225 - ZI) / 21
GAP = (PITCH - ZI) / 2
RED = "#e60012"
ROWS, COLUMNS = 22, 28
TOP, LEFT, RIGHT, BOTTOM = 37.0, 28.0, 26.0, 35.0
TITLE_SIZE = 22 * 25.4 / 72
TITLE_WIDTH = 19  # characters; 20 fill the type area
SEAL = 45.0
SEAL_TOP = -17.051  # from the top of the last 署名 row: centre 5 mm above the line between name and date
SEAL_LIFT = 7.0  # for each further 署名 row, so that the seal's top stays within one row of the body
MARK_TOP_LETTER, MARK_TOP_ORDINARY = 30.0, 72.0
LETTER_RULE = 1.1
ORDINARY_RULE = 0.5
SEVEN_EIGHTHS = ZI * 7 / 8


def document_number(word: str, year: int, serial: int) -> str:
    """Return 发文字号 (7.2.5): the year in full in hexagonal brackets, no 第, no leading zero."""
    return f"{word}〔{year}〕{serial}号"


def chinese_date(day: dt.date) -> str:
    """Return 成文日期 (7.3.5.4): Arabic figures without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def copies(names: Sequence[str]) -> str:
    """Return the 抄送 line (7.4.2): names joined by commas and closed by a full stop."""
    return f"抄送：{'，'.join(names)}。"


@dataclass(frozen=True)
class Head:
    """Where the head of page 1 stands: the issuer's mark, the red rule, the number, the title's first row."""

    mark_top: float
    mark_size: float
    rule_top: float
    number_top: float
    title_top: float


@dataclass(frozen=True)
class Grid:
    """The rows and columns of a page, and what follows from their number; all else is as the module says.

    22 rows of 28 are the standard. When the signature would stand on the next page, 7.3.5.5 lets the rows
    move closer together until the page holds it. Large print has fewer of both.
    """

    rows: int = ROWS
    columns: int = COLUMNS

    def __getattr__(self, name: str) -> Any:
        try:
            return globals()[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def ZI(self) -> float:
        """Return the width of a character."""
        return 156 / self.columns

    @property
    def TITLE_SIZE(self) -> float:
        """Return the size of the title, in proportion to the body."""
        return TITLE_SIZE * self.ZI / ZI

    @property
    def PITCH(self) -> float:  # templates know the measures by these names
        """Return the height of a row."""
        return (225 - self.ZI) / (self.rows - 1)

    @property
    def GAP(self) -> float:
        """Return half of the blank between two rows."""
        return (self.PITCH - self.ZI) / 2

    @property
    def lower(self) -> float:
        """Return by how much a row is lower than the standard's."""
        return PITCH - self.PITCH

    def closer(self) -> tuple["Grid", ...]:
        """Return the grids that are tried when the signature would leave its page (7.3.5.5)."""
        return tuple(Grid(self.rows + more, self.columns) for more in (1, 2))

    def letter_head(self, mark: str) -> Head:
        """Return the head of 信函格式 (10.1) for an issuer's mark of this length."""
        size = min(14.0, 170 / len(mark))
        rule = MARK_TOP_LETTER + size + 4
        number = rule + LETTER_RULE + SEVEN_EIGHTHS - self.GAP
        return Head(MARK_TOP_LETTER, size, rule, number, number + 3 * self.PITCH)

    def ordinary_head(self, mark: str) -> Head:
        """Return the red head of the ordinary form (7.2) for an issuer's mark of this length."""
        size = min(20.0, 152 / len(mark))
        number = MARK_TOP_ORDINARY + size + 2 * self.PITCH
        rule = number + self.GAP + ZI + 4
        return Head(MARK_TOP_ORDINARY, size, rule, number, rule + ORDINARY_RULE + 2 * self.PITCH)


STANDARD, LARGE = Grid(), Grid(rows=15, columns=20)
"""The standard's page, and one in 22 pt for weak eyes (适老化通用设计规范: at least 18 pt)."""


@dataclass(frozen=True)
class Signature:
    """署名 and date, in 字 from the right edge of the type area; a seal's right edge and top in mm.

    `seal_top` is measured from the top of the last 署名 row.
    """

    names: tuple[tuple[str, float], ...]
    date: str
    date_right: float
    seal_right: float | None = None
    seal_top: float = SEAL_TOP


def sealed(
    names: Sequence[str], day: dt.date, advance: Callable[[str], float], grid: Grid = STANDARD
) -> Signature:
    """Return the signature block with a seal (7.3.5.1): date right 4, the names centred over it."""
    date = chinese_date(day)
    date_width = measure(date, advance)
    widest = max(measure(name, advance) for name in names)
    # A name wider than the room right of the axis would be clamped off centre: the date moves left instead.
    axis = max(4 + date_width / 2, widest / 2)
    placed = tuple((name, axis - measure(name, advance) / 2) for name in names)
    top = SEAL_TOP - SEAL_LIFT * (len(names) - 1)
    return Signature(placed, date, axis - date_width / 2, axis * grid.ZI - SEAL / 2, top - grid.lower)


def unsealed(
    names: Sequence[str], day: dt.date, advance: Callable[[str], float], _grid: Grid = STANDARD
) -> Signature:
    """Return the signature block without a seal (7.3.5.2): name right 2, date 2 in from the name's start."""
    date = chinese_date(day)
    widest = max(measure(name, advance) for name in names)
    right, date_right = 2.0, widest - measure(date, advance)
    if date_right < 2:
        right, date_right = 4 - date_right, 2.0
    placed = tuple((name, right + (widest - measure(name, advance)) / 2) for name in names)
    return Signature(placed, date, date_right)


def unsigned(
    _names: Sequence[str], _day: dt.date, _advance: Callable[[str], float], _grid: Grid = STANDARD
) -> None:
    """Return no signature block: people sign such a sheet by hand."""


def title_lines(title: str, *, columns: int = TITLE_WIDTH) -> list[str]:
    """Break a title by sense into lines that form a trapezoid or diamond (7.3.1).

    The fewest lines that hold it; between the lawful places the one that best balances the lines, never
    leaving them all equal, and never inside a figure, a quoted name or after an opening mark.
    """
    count = -(-len(title) // columns)
    if count <= 1:
        return [title]
    best = min(_splits(title, count, columns), key=_unrest, default=None)
    return list(best) if best else [title[at : at + columns] for at in range(0, len(title), columns)]


GOOD_BREAKS = ("的", "通报", "情况", "季度", "年度", "测评", "结果")


def _splits(title: str, count: int, columns: int) -> list[tuple[str, ...]]:
    if count == 1:
        return [(title,)] if len(title) <= columns else []
    found = []
    for at in range(max(1, len(title) - columns * (count - 1)), min(columns, len(title) - 1) + 1):
        if _breakable(title, at):
            found += [(title[:at], *rest) for rest in _splits(title[at:], count - 1, columns)]
    return found


def _breakable(title: str, at: int) -> bool:
    before, after = title[at - 1], title[at]
    inside_figure = before.isascii() and after.isascii()
    glued = after in "年月日号》）〕，、的" or before in "《（〔第"
    return not inside_figure and not glued


def _unrest(lines: tuple[str, ...]) -> float:
    lengths = [len(line) for line in lines]
    uneven = max(lengths) - min(lengths)
    equal = 3.0 if uneven == 0 else 0.0
    by_sense = sum(0.0 if line.endswith(GOOD_BREAKS) else 6.0 for line in lines[:-1])
    short_start = 8.0 if lines[0] in {"关于"} else 0.0
    return by_sense + uneven + equal + short_start
